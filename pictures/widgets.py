from typing import Any

from django import forms
from django.utils.safestring import SafeString

from pictures.limits import MAX_BYTES
from pictures.slots import Held


class PictureInput(forms.Widget):
    """File input, its own upload button, and the picture already stored with buttons to replace or remove it."""

    template_name = "pictures/widget.html"
    needs_multipart_form = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["held"] = value
        context["max_bytes"] = MAX_BYTES
        return context

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: a browser would ask for a file although one is stored. The label says that it is required."""
        return False

    def id_for_label(self, id_: str | None) -> str:
        return id_ or ""


def widget_html(held: Held) -> SafeString:
    """The widget as the upload endpoint hands it back, the same as in the page."""
    return PictureInput().render(held.slot.name, held, {"id": held.slot.id})
