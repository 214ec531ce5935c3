"""Fields for numbers as people write them, in Swedish or English: 1 234,5 · 1,234.5 · −3 · 80 % · 25 000 kr."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

GROUPS_OF_THREE = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+")


def as_python_writes(text: str) -> str:
    """The number with a point before its decimals and nothing between its thousands.

    Where both signs occur, the last one stands before the decimals. A single kind of sign is read by the language: in
    English “1,234” is a thousand or more, in Swedish little more than one.
    """
    text = re.sub(r"\s|%|kr$|sek$", "", text.strip(), flags=re.IGNORECASE).replace("−", "-")
    if "," in text and "." in text:
        decimal = max(",.", key=text.rfind)
        return text.replace("," if decimal == "." else ".", "").replace(",", ".")
    if get_format("DECIMAL_SEPARATOR") == "." and GROUPS_OF_THREE.fullmatch(text) and "," in text:
        return text.replace(",", "")
    return text.replace(",", ".")


class NumberField(forms.DecimalField):
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("“%(found)s” is not a number. Write it with digits, like 12 or 1234.5."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 2, **kwargs})

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(as_python_writes(value) if isinstance(value, str) else value)
        except ValidationError as error:
            raise unreadable(self, value) from error

    def validate(self, value: Any) -> None:
        if isinstance(value, Decimal) and not value.is_finite():
            raise unreadable(self, value)
        super().validate(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            text = number_format(value.normalize(), use_l10n=True, force_grouping=False)
            return text.replace("\xa0", "")
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class WholeNumberField(forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("“%(found)s” is not a whole number. Write it with digits, like 12."),
    }

    def __init__(self, **kwargs: Any) -> None:
        # The column holds no more than this.
        super().__init__(**{"min_value": 0, "max_value": 2_147_483_647, **kwargs})

    def to_python(self, value: Any) -> int | None:
        try:
            return super().to_python(as_python_writes(value) if isinstance(value, str) else value)
        except ValidationError as error:
            raise unreadable(self, value) from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


def unreadable(field: forms.Field, found: Any) -> ValidationError:
    """The refusal of something that is no number, with what was found, cut short."""
    text = str(found)
    return ValidationError(
        field.error_messages["invalid"],
        code="invalid",
        params={"found": text if len(text) <= 40 else f"{text[:40]}…"},
    )
