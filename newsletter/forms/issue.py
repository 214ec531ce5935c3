from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models import Issue
from newsletter.models.wording import WORDS

ONE_LINE = ("subject", "preheader", "subject_en", "preheader_en")


class IssueForm(forms.ModelForm):
    """The words around the items of an issue. `seen` tells those the page was opened with."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Issue
        fields = WORDS
        help_texts = {
            "subject": _("The first thing a reader sees. Say what is in it, in at most 60 characters if you can."),
            "preheader": _("What the inbox shows after the subject. Empty: the titles of what is in the issue."),
            "subject_en": _("For those who read in English. Empty: they get the Swedish one."),
            "preheader_en": _("Empty: they get the Swedish one."),
            "intro_en": _("Empty: they get the Swedish one, marked as Swedish."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.words_mark
        for name in ONE_LINE:
            field = self.fields[name]
            field.widget.attrs["data-most"] = field.max_length  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # On one line, whatever was pasted: a header has no room for more.
        return cleaned | {name: " ".join(cleaned[name].split()) for name in ONE_LINE if name in cleaned}

    def save_for(self, issue: Issue, *, by: Any) -> None:
        """Write the words into a draft. Raises NoLongerDraft and SavedMeanwhile."""
        words = {name: self.cleaned_data[name] for name in WORDS}
        issue.reword(words, seen=self.cleaned_data["seen"], by=by)

    @property
    def swedish(self) -> list[forms.BoundField]:
        return [self[name] for name in ("subject", "preheader", "intro")]

    @property
    def english(self) -> list[forms.BoundField]:
        return [self[name] for name in ("subject_en", "preheader_en", "intro_en")]
