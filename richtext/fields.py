from typing import Any

from django import forms
from django_prose_editor.fields import ProseEditorField

from richtext.sanitising import sanitise
from richtext.widgets import RichTextarea

MAX_LENGTH = 50_000

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Heading": {"levels": [3, 4]},
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "HardBreak": True,
}


class RichTextField(ProseEditorField):
    """Formatted text: HTML with the tags of `richtext.sanitising.TAGS`, sanitised whenever it is written.

    That holds for forms, `save()`, `bulk_create()` and `update()` alike, so templates may print the stored value with
    `|safe`. `blank` is True unless said otherwise.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", sanitise)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return sanitise(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Sanitise the value on the instance too, so that it reads the same before and after a reload."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = sanitise(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return sanitise(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> forms.Field:
        # Past ProseEditorField: its form field insists on its own widget, which shows HTML to those without JavaScript.
        defaults: dict[str, Any] = {"form_class": RichTextFormField, "widget": RichTextarea}
        return super(ProseEditorField, self).formfield(**defaults | kwargs)


class RichTextFormField(forms.CharField):
    """A form field for formatted text; its cleaned value is sanitised HTML.

    `max_length` counts the characters of the HTML. All the texts of a report together must fit the search index, which
    PostgreSQL limits to a megabyte.
    """

    widget = RichTextarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("strip", True)
        kwargs["max_length"] = kwargs.get("max_length") or MAX_LENGTH
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return sanitise(super().to_python(value) or "")
