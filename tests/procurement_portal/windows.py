"""The application form as it is used: open in one or several windows of a browser."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from procurement_portal.forms.application import ApplicationForm
from tests.pictures.factories import png_bytes, upload
from tests.procurement_portal.factories import form_data

PICTURES = ("logo", "picture", "contact_picture")


def url(name: str = "apply", *arguments: str) -> str:
    return reverse(f"procurement_portal:{name}", args=arguments)


class Window:
    """A form open in a window of a browser: its fields as a person sees and changes them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.show(client.get(url()))

    def show(self, response: Any) -> Any:
        """Take over what the page has in its fields."""
        form = (response.context or {}).get("form")
        if isinstance(form, ApplicationForm):
            page = response.content.decode()
            self.fields: dict[str, Any] = {}
            for bound in form:
                value = bound.value()
                if bound.name in PICTURES:
                    self.fields[f"{bound.name}-saved"] = value.token
                elif bound.name != "consent":
                    self.fields[bound.name] = value if value is not None else ""
            for name in ("ticket", "seen"):
                self.fields[name] = hidden(page, name)
        return response

    def write(self, **fields: Any) -> "Window":
        self.fields |= fields
        return self

    def autosave(self) -> Any:
        response = self.client.post(url("started"), self.fields, headers={"Accept": "application/json"})
        self.fields |= response.json().get("hidden", {})
        return response

    def save(self, name: str = "started", **more: Any) -> Any:
        return self.show(self.client.post(url(name), {**self.fields, **more}, follow=True))

    def send(self, **more: Any) -> Any:
        return self.show(self.client.post(url(), {**self.fields, "consent": "on", **more}, follow=True))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}"(?: value="([^"]*)")?', page)
    assert found, name
    return found[1] or ""


def complete(**changes: Any) -> dict[str, Any]:
    """What a person writes; no pictures, no hidden fields, no consent."""
    left_out = {"ticket", "nickname", "consent", *PICTURES}
    return {name: value for name, value in form_data(**changes).items() if name not in left_out}


def pictures() -> dict[str, Any]:
    return {
        "logo": upload(png_bytes(200, 100), "logotyp.png"),
        "picture": upload(png_bytes(540, 300), "bild.png"),
        "contact_picture": upload(png_bytes(200, 250), "kontakt.png"),
    }
