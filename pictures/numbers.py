"""Numbers in the sentences about pictures, set the way the reader's language sets them."""

from django.utils.formats import number_format


def grouped(number: int) -> str:
    """1234567 as “1 234 567” in Swedish and “1,234,567” in English; spaces do not break."""
    return number_format(number, use_l10n=True, force_grouping=True)


def megabytes(size: int) -> str:
    """`size` bytes in MiB, called MB as people's computers do: one decimal below ten, none above."""
    mebibytes = size / (1024 * 1024)
    places = 1 if mebibytes < 10 else 0
    return number_format(round(mebibytes, places), decimal_pos=places, force_grouping=True)


def size_in_words(size: int) -> str:
    """A file's size for people: “812 kB” or “3,4 MB”."""
    if size < 1024 * 1024:
        return f"{grouped(max(1, round(size / 1024)))}\u00a0kB"
    return f"{megabytes(size)}\u00a0MB"
