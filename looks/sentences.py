"""Django's own form errors, said so that they tell what is needed. `LooksConfig.ready()` puts them in place.

Form fields and validators keep their messages in class attributes; changing those reaches every form of the site
without a field class of our own. A message given to one field still wins.
"""

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("Fill this in.")},
    forms.BooleanField: {"required": _("Tick the box to go on.")},
    forms.ChoiceField: {
        "required": _("Choose one of the alternatives."),
        "invalid_choice": _("“%(value)s” is not one of the alternatives. Choose one of those shown."),
    },
    forms.ModelChoiceField: {
        "required": _("Choose one of the alternatives."),
        "invalid_choice": _("What you chose is no longer there. Choose one of the alternatives shown."),
    },
    forms.MultipleChoiceField: {
        "required": _("Choose at least one of the alternatives."),
        "invalid_choice": _("“%(value)s” is not one of the alternatives. Choose among those shown."),
    },
    forms.ModelMultipleChoiceField: {
        "required": _("Choose at least one of the alternatives."),
        "invalid_choice": _("“%(value)s” is no longer there. Choose among the alternatives shown."),
        "invalid_pk_value": _("“%(pk)s” is not one of the alternatives. Choose among those shown."),
    },
    forms.IntegerField: {"invalid": _("Write a whole number with digits, like 12.")},
    forms.DecimalField: {"invalid": _("Write a number with digits, like 12 or 12.5.")},
    forms.FloatField: {"invalid": _("Write a number with digits, like 12 or 12.5.")},
    forms.DateField: {"invalid": _("Write the date as year-month-day, like 2019-06-30.")},
    forms.TimeField: {"invalid": _("Write the time as hours and minutes, like 14:30.")},
    forms.DateTimeField: {"invalid": _("Write date and time like 2019-06-30 14:30.")},
    forms.URLField: {"invalid": _("Write a whole web address, like https://www.example.org.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("No file arrived. Choose it again and send once more."),
        "missing": _("No file arrived. Choose it again and send once more."),
        "empty": _("The file is empty. Choose one with something in it."),
    },
}

VALIDATORS: dict[type[Any], Any] = {
    validators.EmailValidator: _("Write a whole e-mail address, like anna@example.org."),
    validators.URLValidator: _("Write a whole web address, like https://www.example.org."),
    validators.MinValueValidator: _("Write a number that is at least %(limit_value)s. You wrote %(show_value)s."),
    validators.MaxValueValidator: _("Write a number that is at most %(limit_value)s. You wrote %(show_value)s."),
    validators.MinLengthValidator: ngettext_lazy(
        "Write at least %(limit_value)d character; the text has %(show_value)d now.",
        "Write at least %(limit_value)d characters; the text has %(show_value)d now.",
        "limit_value",
    ),
    validators.MaxLengthValidator: ngettext_lazy(
        "Shorten the text to %(limit_value)d character; it has %(show_value)d now.",
        "Shorten the text to %(limit_value)d characters; it has %(show_value)d now.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: _(
        "The text holds an invisible character that cannot be kept. Write it by hand instead of pasting it."
    ),
}


def put_in_place() -> None:
    for field, messages in FIELDS.items():
        # A new dict for each class: a subclass that has none of its own must not write into its parent's.
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **messages}
    for validator, message in VALIDATORS.items():
        validator.message = message
