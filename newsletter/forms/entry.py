from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models import Goal, Lab, Organisation
from methods.models import Method
from newsletter.models import DiaryEntry
from pictures.fields import PictureField, PicturesFormMixin
from workflow import DOUBLE_CLICK, in_turn


class EntryForm(PicturesFormMixin, forms.ModelForm):
    """What a diary entry says. Staff write for their own labs and methods, coordinators for all."""

    picture = PictureField(
        label=_("Picture"),
        required=False,
        min_width=540,
        crops=True,
        help_text=_("At least 540 pixels wide. Show what happens; ask the people in it first."),
    )
    alt = forms.CharField(
        label=_("What the picture shows"),
        required=False,
        max_length=300,
        help_text=_("For those who cannot see it. One sentence: who does what, where."),
    )

    class Meta:
        model = DiaryEntry
        fields = ["lab", "title", "lede", "body", "language", "focus_areas", "method", "goal", "partner"]
        widgets = {"focus_areas": forms.CheckboxSelectMultiple}
        help_texts = {
            "title": _("What happened, as you would tell a neighbour."),
            "lede": _("Shown in lists and in the newsletter. Leave it empty to show the beginning of the text."),
            "method": _("If the entry is about a method, readers get a link to its report."),
            "goal": _("If the entry is about one of the lab’s goals."),
            "partner": _("Only for partner articles: who is behind the text. It is then marked as a partner article."),
        }

    field_order = [
        "lab",
        "title",
        "lede",
        "body",
        "picture",
        "alt",
        "focus_areas",
        "method",
        "goal",
        "language",
        "partner",
    ]

    def __init__(self, *args: Any, writer: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        picture = instance.picture if instance else None
        kwargs["initial"] = {
            "picture": picture,
            "alt": picture.alt if picture else "",
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.writer = writer
        labs = Lab.objects.staffed_by(writer).alphabetical()
        lab = self._choice("lab", labs, _("The whole innovation lab") if writer.is_coordinator else None)
        lab.required = not writer.is_coordinator
        own = Q(lab__in=labs.order_by())
        self._choice("method", Method.objects.visible_to(writer).filter(own).order_by("title"), _("No method"))
        self._choice("goal", Goal.objects.filter(own).select_related("lab").order_by("lab", "position"), _("No goal"))
        if writer.is_coordinator:
            self._choice("partner", Organisation.objects.alphabetical(), _("Our own text"))
        else:
            del self.fields["partner"]

    def _choice(self, name: str, queryset: Any, empty: Any) -> forms.ModelChoiceField:
        field = cast(forms.ModelChoiceField, self.fields[name])
        field.queryset = queryset
        field.empty_label = empty
        return field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("picture") and not cleaned.get("alt"):
            self.add_error("alt", _("The picture has no description. Say in a sentence what it shows."))
        return cleaned

    def save(self, commit: bool = True) -> DiaryEntry:
        """Store what was written. A new entry sent twice within half a minute is stored once."""
        if self.instance.pk is not None:
            return self._change()
        # In turn, as two entries with one title would take the same address.
        with in_turn("newsletter.entry"):
            return self._stored_just_now() or self._begin()

    @transaction.atomic
    def _change(self) -> DiaryEntry:
        entry: DiaryEntry = self.instance
        self.claim_pictures(label_of(entry))
        said = {name: value for name, value in self.cleaned_data.items() if name != "alt"}
        entry.change(by=self.writer, picture_alt=self.cleaned_data["alt"], **said)
        return entry

    def _stored_just_now(self) -> DiaryEntry | None:
        """What the first of two clicks has stored."""
        said = {name: self.cleaned_data[name] for name in ("lab", "title", "lede", "body")}
        since = timezone.now() - DOUBLE_CLICK
        return DiaryEntry.objects.filter(author=self.writer, created_at__gt=since, **said).first()

    def _begin(self) -> DiaryEntry:
        entry: DiaryEntry = super().save(commit=False)
        entry.author, entry.picture = self.writer, self.cleaned_data.get("picture")
        entry.save()
        self.save_m2m()
        self.claim_pictures(label_of(entry))
        if entry.picture:
            entry.picture.describe(self.cleaned_data["alt"])
        entry.record("created", by=self.writer)
        return entry


def label_of(entry: DiaryEntry) -> str:
    """What the entry's picture is claimed for."""
    return f"newsletter.diaryentry {entry.pk}"
