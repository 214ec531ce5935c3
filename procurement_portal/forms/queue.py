from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from procurement_portal.forms.filters import FilterForm
from procurement_portal.models import Application, Category
from procurement_portal.models.queue import ORDERS

WEEKS = [
    (7, pgettext_lazy("waiting", "More than a week")),
    (14, pgettext_lazy("waiting", "More than two weeks")),
    (30, pgettext_lazy("waiting", "More than 30 days")),
]


class QueueFilter(FilterForm):
    """What coordinators narrow the queue by, and how it is sorted."""

    q = forms.CharField(
        label=_("Company, reference, contact or organisation number"),
        required=False,
        max_length=100,
        widget=forms.SearchInput,
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("applications", "Waiting for us")),
            *(choice for choice in Application.State.choices if choice[0] not in {Application.State.DRAFT}),
            ("all", pgettext_lazy("applications", "All")),
        ],
    )
    holder = forms.ChoiceField(
        label=_("Reviewer"),
        required=False,
        choices=[
            ("", pgettext_lazy("reviewer", "Anybody")),
            ("me", pgettext_lazy("reviewer", "Me")),
            ("nobody", pgettext_lazy("reviewer", "Nobody yet")),
            ("somebody", pgettext_lazy("reviewer", "Somebody")),
        ],
    )
    category = forms.ChoiceField(label=_("What they offer"), required=False)
    waited = forms.TypedChoiceField(
        label=_("Has waited"),
        required=False,
        coerce=int,
        empty_value="",
        choices=[("", pgettext_lazy("waiting", "However long")), *WEEKS],
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", pgettext_lazy("sorted by", "longest waiting first")),
            ("newest", pgettext_lazy("sorted by", "newest first")),
            ("company", pgettext_lazy("sorted by", "company")),
        ],
    )

    def full_clean(self) -> None:
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((category.slug, category.name) for category in Category.objects.all()),
        ]
        super().full_clean()

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out; the order does not."""
        return any(self.chosen(name) for name in self.fields if name != "sort")

    def narrow(self, *, reader: Any) -> QuerySet[Application]:
        """The applications that `reader` asks for, in the order they want."""
        applications = Application.objects.confirmed().search(self.chosen("q"))
        state = self.chosen("state")
        if not state:
            applications = applications.awaiting_coordinator()
        elif state != "all":
            applications = applications.filter(state=state)
        if holder := self.chosen("holder"):
            applications = applications.held_by(holder, reader=reader)
        if slug := self.chosen("category"):
            applications = applications.in_category(slug)
        if days := self.chosen("waited"):
            applications = applications.waiting_longer_than(days=int(days))
        return applications.order_by(*ORDERS[self.chosen("sort")])


class TickedForm(forms.Form):
    """Several of the queue at once."""

    application = forms.ModelMultipleChoiceField(
        queryset=Application.objects.confirmed(),
        error_messages={
            "required": _("Tick at least one application first."),
            "invalid_choice": _("One of those you ticked is not there any more. Tick again."),
            "invalid_pk_value": _("One of those you ticked is not there any more. Tick again."),
        },
    )


class AssignmentForm(forms.Form):
    """Who reviews an application; empty for nobody. `instead_of` is who did when the page was shown."""

    to = forms.ModelChoiceField(
        label=_("Who reviews the application?"),
        required=False,
        queryset=User.objects.none(),
        empty_label=pgettext_lazy("reviewer", "Nobody yet"),
    )
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        kwargs["initial"] = {"to": application.reviewer_id, "instead_of": application.reviewer_id}
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.active().coordinators().alphabetical()  # type: ignore[attr-defined]
