"""The order of names, asked of the database itself."""

import pytest
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Collate

from collation import SwedishOrder
from labs.models import Organisation

pytestmark = pytest.mark.django_db


def in_order(*names: str) -> list[str]:
    """The names as the database sorts them; they come in the wrong order."""
    for name in reversed(names):
        Organisation.objects.create(name=name)
    return list(Organisation.objects.order_by(SwedishOrder("name"), "pk").values_list("name", flat=True))


@pytest.mark.parametrize(
    "names",
    [
        ["Zebra", "Åsa", "Äpple", "Öga"],
        ["zebra", "åsa", "äpple", "öga"],
        ["Zebra", "åsa", "Äpple", "öga"],
        ["al", "Ål", "Äl", "Öl", "ölet"],
        ["Ida", "Idé", "IDÉN", "idétorg", "idf"],
        ["mux", "Müller", "myra", "mz"],
        ["MUX", "MÜLLER", "MYRA", "MZ"],
        ["Xylofon", "Über", "Ylva", "Zebra"],
        ["Ærlig", "Äta", "Østen", "Östra"],
        ["1 maj", "2 juni", "Allé", "Ö"],
    ],
)
def test_names_stand_as_in_a_swedish_dictionary(names):
    assert in_order(*names) == names


def test_capitals_and_small_letters_are_one():
    keys = [Value("ÅÄÖÉÜ Räksmörgås"), Value("åäöéü räksmörgås")]
    capital, small = (key_of(each) for each in keys)
    assert capital == small


def test_a_server_that_knows_only_ascii_letters_sorts_the_same():
    """Under the collation C, lower() leaves Å as it is: like on a server with LC_CTYPE=C."""
    text = "ÅÄÖÉÈÜÆØ Z"
    with connection.cursor() as cursor:
        cursor.execute("""SELECT lower('Å' COLLATE "C")""")
        assert cursor.fetchone() == ("Å",)
    assert key_of(Collate(Value(text), "C")) == key_of(Value(text)) == "{|}eey|} z"


def key_of(expression: models.Expression | models.Value) -> str:
    Organisation.objects.get_or_create(name="Någon")
    return Organisation.objects.values_list(SwedishOrder(expression), flat=True)[0]
