"""The page one is on, in the site's other languages."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, translate_url
from django.utils.translation import get_language

# Said in the language itself, so that whoever needs it can read it.
NAMES = {"sv": "Svenska", "en": "English"}
HOMES = {"sv": "/", "en": "/en/"}


class Address(NamedTuple):
    code: str
    name: str
    path: str
    current: bool
    exists: bool


def addresses(request: HttpRequest) -> list[Address]:
    """One address per language.

    Where the page has no counterpart (as on a 404), `path` is the home page's and `exists` is False.
    """
    try:
        resolve(request.path_info)
        exists = True
    except Resolver404:
        exists = False
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return [
        Address(
            code=code,
            name=NAMES[code],
            path=translate_url(request.path, code) + query if exists else HOMES[code],
            current=code == get_language(),
            exists=exists,
        )
        for code, _name in settings.LANGUAGES
    ]
