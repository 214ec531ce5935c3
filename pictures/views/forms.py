from typing import Any

from django.http import HttpRequest

from generic.forms import RefusingFormMixin
from pictures.visitors import Visitor


class PicturesViewMixin(RefusingFormMixin):
    """For form views whose form has PicturesFormMixin: passes the visitor, answers with the right status."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "visitor": Visitor.of(self.request)}  # type: ignore[misc]

    def status_of(self, form: Any) -> int:
        return form.response_status
