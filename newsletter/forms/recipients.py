from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.forms.ids import ids_in
from newsletter.models import Delivery, Subscriber
from newsletter.models.delivery import DeliveryQuerySet

WAITING, OPEN_UNCERTAIN = "waiting", "open"


class RecipientsForm(forms.Form):
    """What a coordinator looks for among the recipients of an issue; what makes no sense is left out."""

    q = forms.CharField(
        label=_("E-mail address"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            (Delivery.State.ACCEPTED, Delivery.State.ACCEPTED.label),
            (WAITING, pgettext_lazy("delivery", "waiting")),
            (Delivery.State.FAILED, Delivery.State.FAILED.label),
            (Delivery.State.SKIPPED, Delivery.State.SKIPPED.label),
            (Delivery.State.UNKNOWN, Delivery.State.UNKNOWN.label),
            (OPEN_UNCERTAIN, pgettext_lazy("delivery", "uncertain, and nobody has decided")),
        ],
    )

    def narrow(self, deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
        self.is_valid()
        if words := self.cleaned_data.get("q"):
            deliveries = deliveries.filter(subscriber__in=Subscriber.objects.matching(words))
        match self.cleaned_data.get("state"):
            case "" | None:
                return deliveries
            case "waiting":
                return deliveries.open()
            case "open":
                return deliveries.uncertain()
            case state:
                return deliveries.filter(state=state)


class NumberForm(forms.Form):
    """How many recipients somebody says yes to."""

    number = forms.IntegerField(min_value=1)


class ChosenForm(forms.Form):
    """Which uncertain deliveries are meant: those ticked, or the one whose own button was pressed, or all of them.

    `number` is how many there were when all were chosen: who decides about 3 does not decide about the 300 that have
    come since.
    """

    number = forms.IntegerField(required=False, min_value=1)

    @property
    def for_all(self) -> bool:
        return "all" in self.data

    @property
    def ids(self) -> list[int]:
        """Of a page at most."""
        data = cast(QueryDict, self.data)
        words = data.getlist("only") or data.getlist("delivery")
        return ids_in(words, most=200)

    def chosen(self, uncertain: Any) -> Any:
        """The deliveries meant, among the uncertain ones of an issue."""
        return uncertain if self.for_all else uncertain.filter(pk__in=self.ids)
