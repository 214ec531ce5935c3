from mailing.models.letter import Letter

__all__ = ["Letter"]
