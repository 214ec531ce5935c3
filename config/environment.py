"""Reads settings from the environment. What is missing or makes no sense is said in one sentence, by its name."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


class Environment(environ.Env):
    """django-environ's, except that numbers and yes-or-no are checked, and an empty value is no value."""

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **how: Any) -> Any:
        if default is not self.NOTSET and not self.ENVIRON.get(var, "-").strip():
            return default
        return super().get_value(var, cast, default, **how)

    def bool(self, var: str, default: Any = False) -> bool:
        value = self.str(var, default="").strip().lower()
        if value and value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{var} is {value!r}; it needs 1 or 0.")
        return value in TRUE if value else default

    def int(self, var: str, default: Any = 0) -> int:
        value = self.str(var, default="").strip()
        if value and not value.isdecimal():
            raise ImproperlyConfigured(f"{var} is {value!r}; it needs a whole number.")
        return int(value) if value else default

    def positive(self, var: str, *, default: Any) -> Any:
        """A whole number of at least 1."""
        number = self.int(var, default=default)
        if number < 1:
            raise ImproperlyConfigured(f"{var} is {number}; it needs a whole number of at least 1.")
        return number

    def required(self, var: str, needs: str, *, instead: str | None) -> str:
        """The value of `var`, or `instead` when there is none. With neither, says what it `needs`."""
        value = self.str(var, default="") or instead
        if value is None:
            raise ImproperlyConfigured(f"{var} is not set. {needs}")
        return value
