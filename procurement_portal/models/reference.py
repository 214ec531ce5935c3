import secrets

# Crockford's alphabet without the letters that are taken for digits, so that it can be read out on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A number to refer to an application by, like `IP-7K3M-9QXD`. Says nothing of how many there are."""
    first, second = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))
    return f"IP-{first}-{second}"
