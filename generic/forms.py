from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse


class RefusingFormMixin:
    """For form views: a form that is not right is shown again, everything kept, with status 400.

    Django's own form views take PUT for POST; here it is a wrong method, 405, as everywhere else.
    """

    http_method_names: Sequence[str] = ["get", "head", "post", "options"]

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = self.status_of(form)
        return response

    def status_of(self, form: Any) -> int:
        """The status that a form which is not valid is shown again with."""
        return 400
