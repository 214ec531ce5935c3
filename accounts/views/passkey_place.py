import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest


class PasskeyPlaceMixin:
    """Tells the page when its address is a number: passkeys belong to a name, in development to `localhost`."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = urlsplit(f"//{self.request.get_host()}")
        return {
            # allauth's views drop what they are given, and with it a form that was refused.
            **super().get_context_data(**kwargs),  # type: ignore[misc]
            **kwargs,
            "address_is_a_number": _is_number(place.hostname or ""),
            "named_address": f"{self.request.scheme}://localhost{f':{place.port}' if place.port else ''}/",
        }


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
