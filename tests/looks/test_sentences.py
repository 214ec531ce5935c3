"""Django's own errors, as they are said here."""

import pytest
from django import forms
from django.utils.translation import override


def error(field: forms.Field, value: object) -> str:
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("field", "value", "swedish", "english"),
    [
        (forms.CharField(), "", "Fyll i det här.", "Fill this in."),
        (forms.BooleanField(), False, "Kryssa i rutan för att gå vidare.", "Tick the box to go on."),
        (forms.ChoiceField(choices=[]), "", "Välj ett av alternativen.", "Choose one of the alternatives."),
        (
            forms.EmailField(),
            "anna",
            "Skriv en hel e-postadress, till exempel anna@example.org.",
            "Write a whole e-mail address, like anna@example.org.",
        ),
        (
            forms.URLField(assume_scheme="https"),
            "http://",
            "Skriv en hel webbadress, till exempel https://www.example.org.",
            "Write a whole web address, like https://www.example.org.",
        ),
        (
            forms.DateField(),
            "i går",
            "Skriv datumet som år-månad-dag, till exempel 2019-06-30.",
            "Write the date as year-month-day, like 2019-06-30.",
        ),
        (
            forms.CharField(max_length=3),
            "fyra",
            "Korta texten till 3 tecken; nu är det 4.",
            "Shorten the text to 3 characters; it has 4 now.",
        ),
        (
            forms.IntegerField(max_value=10),
            "11",
            "Skriv ett tal som är högst 10. Du skrev 11.",
            "Write a number that is at most 10. You wrote 11.",
        ),
        (
            forms.IntegerField(),
            "tolv",
            "Skriv ett heltal med siffror, till exempel 12.",
            "Write a whole number with digits, like 12.",
        ),
        (
            forms.CharField(),
            "a\x00b",
            (
                "Texten innehåller ett osynligt tecken som inte går att spara. "
                "Skriv den för hand i stället för att klistra in."
            ),
            "The text holds an invisible character that cannot be kept. Write it by hand instead of pasting it.",
        ),
    ],
)
def test_an_error_says_what_is_needed(field, value, swedish, english):
    with override("sv"):
        assert error(field, value) == swedish
    with override("en"):
        assert error(field, value) == english


def test_a_message_given_to_one_field_wins():
    assert error(forms.CharField(error_messages={"required": "Vad heter du?"}), "") == "Vad heter du?"
