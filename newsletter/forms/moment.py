import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# PostgreSQL keeps times beyond the year 9999, and Python cannot read them back.
TOO_LATE = datetime.datetime(2101, 1, 1, tzinfo=datetime.UTC)


class MomentField(forms.DateTimeField):
    """A day and a time within this century, as the clock shows them in Sweden."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": _("That is not a day and a time. Write them like 2026-11-30 06:00.")}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value >= TOO_LATE:
            raise ValidationError(
                gettext("The year %(year)s is too far away. Choose a day before 2101.") % {"year": value.year}
            )


class MomentForm(forms.Form):
    """When something is to happen."""

    at = MomentField(label=_("Day and time"))
