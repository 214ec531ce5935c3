from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from labs.models import FocusArea, Lab
from newsletter.models import Subscriber
from newsletter.models.rhythm import Rhythm

RHYTHMS = [
    (Rhythm.EACH, _("Each time something new is published")),
    (Rhythm.WEEKLY, _("Once a week, on Monday morning")),
    (Rhythm.MONTHLY, _("Once a month")),
]


class ChoicesForm(forms.Form):
    """What a subscriber reads and how often. Nothing chosen among labs or areas means all of them."""

    frequency = forms.ChoiceField(
        label=_("How often"), choices=RHYTHMS, widget=forms.RadioSelect, initial=Rhythm.WEEKLY.value
    )
    labs = forms.ModelMultipleChoiceField(
        Lab.objects.none(),
        label=_("Labs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to read from all of them."),
    )
    focus_areas = forms.ModelMultipleChoiceField(
        FocusArea.objects.none(),
        label=_("Focus areas"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to read about all of them. With both labs and areas chosen, you get what fits both."),
    )
    language = forms.ChoiceField(
        label=_("Language of the e-mails"),
        choices=[("sv", "Svenska"), ("en", "English")],
        widget=forms.RadioSelect,
        help_text=_("Diary entries come in the language they were written in, mostly Swedish."),
        initial=settings.LANGUAGE_CODE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["labs"].queryset = Lab.objects.alphabetical()  # type: ignore[attr-defined]
        self.fields["focus_areas"].queryset = FocusArea.objects.all()  # type: ignore[attr-defined]


class PreferencesForm(ChoicesForm):
    """The choices of a subscriber, to change."""

    def __init__(self, *args: Any, subscriber: Subscriber, **kwargs: Any) -> None:
        self.subscriber = subscriber
        kwargs["initial"] = {
            "frequency": subscriber.frequency,
            "language": subscriber.language,
            "labs": [lab.pk for lab in subscriber.labs.all()],
            "focus_areas": [area.pk for area in subscriber.focus_areas.all()],
        }
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        """Raises NotSubscribing for someone who has left."""
        self.subscriber.choose(**self.cleaned_data)
