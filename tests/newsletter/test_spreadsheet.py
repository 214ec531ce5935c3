import csv
import io

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from newsletter.spreadsheet import download

WORD = gettext_lazy("Subscriber")


def read(response, *, delimiter: str) -> list[list[str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def table(*things: object):
    return download("tabell.csv", [WORD, "Antal"], things, lambda thing: [str(WORD), thing])


@pytest.mark.parametrize(("language", "word", "delimiter"), [("sv", "Prenumerant", ";"), ("en", "Subscriber", ",")])
def test_a_table_is_in_the_language_it_was_asked_for_in_whatever_is_active_when_it_is_read(language, word, delimiter):
    with translation.override(language):
        response = table(1, None)
    with translation.override("en" if language == "sv" else "sv"):
        rows = read(response, delimiter=delimiter)
    assert rows == [[word, "Antal"], [word, "1"], [word, ""]]


def test_reading_a_table_leaves_the_threads_language_alone():
    with translation.override("en"):
        response = table(1, 2, 3)
    for _line in response.streaming_content:
        assert translation.get_language() == "sv"


@pytest.mark.parametrize("words", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(words):
    assert read(table(words), delimiter=";")[1][1] == f"'{words}"


def test_a_table_is_kept_by_no_cache_and_has_a_name():
    response = table()
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'attachment; filename="tabell.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
