from typing import Any

from django import forms


class DayField(forms.DateField):
    """A date in the browser's own calendar, typed as 2019-06-30 where there is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"], **kwargs})
