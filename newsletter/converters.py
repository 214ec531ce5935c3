class TokenConverter:
    """The key in a subscriber's own addresses: what `secrets.token_urlsafe` makes, and nothing else."""

    regex = "[A-Za-z0-9_-]{16,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
