from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter.forms.moment import MomentField
from newsletter.progress import grouped


class ConfirmedForm(forms.Form):
    """The number of recipients a person has seen and says yes to, in so many words.

    `count` is the number there is now. A yes that was said to another number does not count as one to this, so the
    box is shown empty then.
    """

    audience = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The number of recipients is missing. Look at it once more and confirm."),
            "invalid": _("The number of recipients makes no sense. Look at it once more and confirm."),
            "min_value": _("The number of recipients makes no sense. Look at it once more and confirm."),
        },
    )
    confirmed = forms.BooleanField(
        error_messages={"required": _("Tick the box to say yes to the number of recipients.")}
    )

    def __init__(self, data: Any = None, *, count: int = 0, **kwargs: Any) -> None:
        if data is not None and count and data.get("audience") != str(count):
            data = data.copy()
            data.pop("confirmed", None)
        super().__init__(data, initial={"audience": count} | kwargs.pop("initial", {}), **kwargs)
        self.fields["confirmed"].label = ngettext(
            "Yes, it is to go to %(number)s subscriber", "Yes, it is to go to %(number)s subscribers", count
        ) % {"number": grouped(count)}


class ScheduledForm(ConfirmedForm):
    """The same, with the time of sending."""

    at = MomentField(label=_("Day and time"), error_messages={"required": _("Choose the day and time of sending.")})

    field_order = ["at", "confirmed", "audience"]
