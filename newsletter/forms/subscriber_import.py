from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from newsletter.forms.preferences import RHYTHMS, ChoicesForm
from newsletter.importing.layout import Layout
from newsletter.models import SubscriberImport
from newsletter.models.rhythm import Rhythm
from newsletter.models.subscriber_import import MOST_BYTES
from pictures.numbers import size_in_words

SHORTEST_GROUND = 20


class SubscriberImportForm(forms.Form):
    """A list of addresses, and the ground on which those people get mail from us."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A CSV file of at most 10 MB, with “e-post” above the addresses. It may also have the columns “språk” and "
            "“hur ofta”; other columns are left alone."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    ground = forms.CharField(
        label=_("When and how did these people say yes?"),
        min_length=SHORTEST_GROUND,
        max_length=2_000,
        help_text=_("Where they were asked, when, and in which words. It is kept for each of them and shown to them."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    shown = forms.BooleanField(
        label=_("I can show that each of them has said yes to getting our newsletter by e-mail."),
        error_messages={"required": _("Without that, we may not write to them. Tick it only if it is so.")},
    )
    frequency = forms.ChoiceField(
        label=_("How often, for those whose line does not say"), choices=RHYTHMS, initial=Rhythm.WEEKLY.value
    )
    language = forms.ChoiceField(
        label=_("Language, for those whose line does not say"),
        choices=ChoicesForm.base_fields["language"].choices,  # type: ignore[attr-defined]
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        size = upload.size or 0
        if size > MOST_BYTES:
            raise ValidationError(
                _("The file is %(found)s. It may be at most %(needed)s: divide the list into several files."),
                code="too_large",
                params={"found": size_in_words(size), "needed": size_in_words(MOST_BYTES)},
            )
        self.data_read = upload.read()
        self.layout = Layout.of(self.data_read)
        return upload

    def begin(self, *, by: Any) -> SubscriberImport:
        chosen = self.cleaned_data
        return SubscriberImport.begin(
            self.data_read,
            by=by,
            name=(chosen["file"].name or "")[-120:],
            ground=chosen["ground"],
            ground_language=get_language() or "sv",
            frequency=chosen["frequency"],
            language=chosen["language"],
            encoding=self.layout.encoding,
            delimiter=self.layout.delimiter,
            columns=self.layout.columns,
            has_header=self.layout.has_header,
        )


class ConfirmedImportForm(forms.Form):
    """The number of new addresses a coordinator has seen and said yes to."""

    count = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
