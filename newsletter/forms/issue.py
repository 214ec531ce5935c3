from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsletter.models import Issue
from workflow import locked


class IssueForm(forms.ModelForm):
    """The words around the items of an issue."""

    class Meta:
        model = Issue
        fields = ["subject", "intro", "subject_en", "intro_en"]
        help_texts = {
            "subject": _("The first thing a reader sees. Say what is in it, in at most 60 characters if you can."),
            "subject_en": _("For those who read in English. Empty: they get the Swedish one."),
            "intro_en": _("Empty: they get the Swedish one, marked as Swedish."),
        }

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def clean_subject_en(self) -> str:
        return " ".join(self.cleaned_data["subject_en"].split())

    def save_for(self, issue: Issue, *, by: Any) -> None:
        """Write the words into a draft. Raises NoLongerDraft."""
        with transaction.atomic(), locked(issue):
            issue.check_editable()
            for name in self.Meta.fields:
                setattr(issue, name, self.cleaned_data[name])
            issue.save(update_fields=self.Meta.fields)
            issue.record("changed", by=by, fields=self.changed_data)
