from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models import Delivery
from newsletter.models.delivery import DeliveryQuerySet


class RecipientsForm(forms.Form):
    """What a coordinator looks for among the recipients of an issue."""

    q = forms.CharField(
        label=_("E-mail address"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Delivery.State.choices]
    )

    def narrow(self, deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
        self.is_valid()
        if self.cleaned_data.get("q"):
            deliveries = deliveries.filter(subscriber__email__icontains=self.cleaned_data["q"])
        if self.cleaned_data.get("state"):
            deliveries = deliveries.filter(state=self.cleaned_data["state"])
        return deliveries
