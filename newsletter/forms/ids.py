def ids_in(words: list[str], *, most: int) -> list[int]:
    """Those of the first `most` words that are ids; nonsense is passed over."""
    return [int(word) for word in words[:most] if word.isascii() and word.isdecimal() and len(word) < 19]
