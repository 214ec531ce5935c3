from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation

Reader = Any  # A Subscriber, which has the fields.


class OwnPages(models.Model):
    """The addresses of a subscriber's own pages, whose key is a token, and of the coordinators' page about them."""

    class Meta:
        abstract = True

    def get_absolute_url(self: Reader) -> str:
        """The coordinators' page about the subscriber."""
        return reverse("newsletter:subscriber", args=[self.pk])

    def address_of(self: Reader, name: str, token: str | None = None) -> str:
        """The full address of one of the subscriber's own pages, in their language; `name` is a URL name."""
        with translation.override(self.language):
            return settings.SITE_URL + reverse(f"newsletter:{name}", args=[token or self.token])

    def page_url(self: Reader, name: str) -> str:
        """The full address of a page for everyone, in the subscriber's language."""
        with translation.override(self.language):
            return settings.SITE_URL + reverse(f"newsletter:{name}")

    @property
    def preferences_path(self: Reader) -> str:
        """The page with the choices, in the language of whoever is looking."""
        return reverse("newsletter:preferences", args=[self.token])

    @property
    def preferences_url(self: Reader) -> str:
        return self.address_of("preferences")

    @property
    def unsubscribe_url(self: Reader) -> str:
        return self.address_of("unsubscribe")

    @property
    def confirmation_url(self: Reader) -> str:
        return self.address_of("confirmation", self.confirmation_token)
