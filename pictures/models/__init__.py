from pictures.models.picture import Picture

__all__ = ["Picture"]
