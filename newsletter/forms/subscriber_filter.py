from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from newsletter.forms.preferences import ChoicesForm
from newsletter.models import Subscriber
from newsletter.models.rhythm import Rhythm
from newsletter.models.subscriber import SubscriberQuerySet


class SubscriberFilterForm(forms.Form):
    """What a coordinator looks for among the subscribers. What makes no sense is left out: a list never answers 400."""

    q = forms.CharField(
        label=_("E-mail address"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Subscriber.State.choices]
    )
    frequency = forms.ChoiceField(
        label=_("How often"), required=False, choices=[("", _("All rhythms")), *Rhythm.choices]
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("Both languages")), *ChoicesForm.base_fields["language"].choices],  # type: ignore[attr-defined]
    )

    def __init__(self, query: QueryDict, **kwargs: Any) -> None:
        super().__init__(query, **kwargs)
        self.is_valid()

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)

    def narrow(self, subscribers: SubscriberQuerySet) -> SubscriberQuerySet:
        if self.cleaned_data.get("q"):
            subscribers = subscribers.matching(self.cleaned_data["q"])
        for name in ("state", "frequency", "language"):
            if self.cleaned_data.get(name):
                subscribers = subscribers.filter(**{name: self.cleaned_data[name]})
        return subscribers
