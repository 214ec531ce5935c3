from collections.abc import Mapping
from typing import Any

from django import forms

from richtext.plain import to_html, to_plain
from richtext.sanitising import sanitise


class RichTextarea(forms.Textarea):
    """A textarea that becomes an editor.

    Without JavaScript it shows and takes plain text (`richtext.plain`); with it, the `<rich-text>` element around it
    loads the editor, which works on HTML. A hidden companion field says which of the two was sent. The widget brings
    its own script and style, so a form needs nothing in the page's head.
    """

    template_name = "richtext/textarea.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 8, **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        value = data.get(name)
        if not isinstance(value, str):
            return None
        return value if data.get(f"{name}-format") == "html" else to_html(value)

    def format_value(self, value: Any) -> str:
        return sanitise(str(value)) if value else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        html = context["widget"]["value"]
        context["widget"] |= {"html": html, "plain": to_plain(html) if html else ""}
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        # The browser would refuse to send a hidden required textarea, without a word about why.
        return False
