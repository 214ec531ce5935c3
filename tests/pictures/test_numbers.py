import pytest
from django.utils import translation

from pictures.numbers import grouped, size_in_words


@pytest.mark.parametrize(
    ("size", "swedish", "english"),
    [
        (0, "1\xa0kB", "1\xa0kB"),
        (1_024, "1\xa0kB", "1\xa0kB"),
        (831_488, "812\xa0kB", "812\xa0kB"),
        (3_565_158, "3,4\xa0MB", "3.4\xa0MB"),
        (209_715_200, "200\xa0MB", "200\xa0MB"),
        (2_000 * 1024 * 1024, "2\xa0000\xa0MB", "2,000\xa0MB"),
    ],
)
def test_sizes_are_set_as_the_reader_sets_them(size, swedish, english):
    assert size_in_words(size) == swedish
    with translation.override("en"):
        assert size_in_words(size) == english


def test_thousands_never_break_over_a_line():
    assert grouped(209_715_200) == "209\xa0715\xa0200"
