from typing import Any

from django_prose_editor.fields import ProseEditorField


class RichTextField(ProseEditorField):
    """Formatted text, sanitised on the server whenever it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "extensions",
            {
                "Bold": True,
                "Italic": True,
                "BulletList": True,
                "OrderedList": True,
                "ListItem": True,
                "Heading": {"levels": [3, 4]},
                "Blockquote": True,
                "Link": {"enableTarget": False},
                "HardBreak": True,
            },
        )
        kwargs.setdefault("sanitize", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
