from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.models import FocusArea, Lab
from newsletter.models.diary_entry import DiaryEntryQuerySet


class DiaryFilterForm(forms.Form):
    """What a reader narrows the diary by; what makes no sense is left out rather than refused."""

    q = forms.CharField(
        label=_("Search the diary"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    lab = forms.ModelChoiceField(
        Lab.objects.alphabetical(), label=_("Lab"), to_field_name="slug", required=False, empty_label=_("All labs")
    )
    area = forms.ModelChoiceField(
        FocusArea.objects.all(),
        label=_("Focus area"),
        to_field_name="slug",
        required=False,
        empty_label=_("All focus areas"),
    )

    def narrow(self, entries: DiaryEntryQuerySet) -> DiaryEntryQuerySet:
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("lab"):
            entries = entries.for_lab(chosen["lab"])
        if chosen.get("area"):
            entries = entries.for_area(chosen["area"])
        if chosen.get("q"):
            return entries.search(chosen["q"])
        return entries.newest_first()

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.values())

    @property
    def feed_address(self) -> str:
        """Where a feed reader follows what is chosen; words are not part of it."""
        lab, area = self.cleaned_data.get("lab"), self.cleaned_data.get("area")
        if lab and area:
            return f"{reverse('newsletter:feed')}?lab={lab.slug}&area={area.slug}"
        if lab:
            return reverse("newsletter:lab_feed", args=[lab.slug])
        return reverse("newsletter:area_feed", args=[area.slug]) if area else reverse("newsletter:feed")

    @property
    def feed_title(self) -> str:
        chosen = [str(self.cleaned_data[name]) for name in ("lab", "area") if self.cleaned_data.get(name)]
        return gettext("The diary: %(what)s") % {"what": ", ".join(chosen)} if chosen else gettext("Diary")
