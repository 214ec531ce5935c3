from typing import Any

from django.http import HttpRequest, HttpResponse

from pictures.visitors import Visitor


class PicturesViewMixin:
    """For form views whose form has PicturesFormMixin: passes the visitor, answers with the right status."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "visitor": Visitor.of(self.request)}  # type: ignore[misc]

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=form.response_status)  # type: ignore[attr-defined]
