from typing import Any

from generic.forms import RefusingFormMixin

# Errors that say "not now" rather than "not that".
TOO_MANY = {"too_many_login_attempts", "rate_limited"}


class RateLimitedFormMixin(RefusingFormMixin):
    """A form that is refused is shown again with status 400, or 429 when it came too often."""

    def status_of(self, form: Any) -> int:
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        return 429 if codes & TOO_MANY else 400
