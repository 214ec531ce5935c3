from typing import Any

from django.http import HttpResponse

# Errors that say "not now" rather than "not that".
TOO_MANY = {"too_many_login_attempts", "rate_limited"}


class RefusingFormMixin:
    """A form that is refused is shown again with status 400, or 429 when it came too often."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if codes & TOO_MANY else 400
        return response
