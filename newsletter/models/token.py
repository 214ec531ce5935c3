import secrets


def new_token() -> str:
    """96 random bits in 16 characters: short enough for mail headers, far too many to guess."""
    return secrets.token_urlsafe(12)
