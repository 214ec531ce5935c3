import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

# No lab looks further back or ahead; and near the ends of the calendar there is no next period to suggest.
FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2100, 12, 31)
OUT_OF_REACH = _("%(show_value)s is too far away. Choose a day between 1900 and 2100.")


class DayField(forms.DateField):
    """A date in the browser's own calendar, typed as 2019-06-30 where there is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(FIRST_DAY, OUT_OF_REACH), MaxValueValidator(LAST_DAY, OUT_OF_REACH)]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"], **kwargs})
