"""What search engines may find, in both languages with their counterparts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from labs.models import Lab
from methods.models import Method
from newsletter.models import DiaryEntry
from procurement_portal.models import Supplier


class Translated(Sitemap):
    i18n = True
    alternates = True
    limit = 5_000


class Pages(Translated):
    NAMES = (
        "website:home",
        "methods:list",
        "labs:list",
        "newsletter:diary",
        "newsletter:subscribe",
        "newsletter:archive",
        "procurement_portal:home",
        "website:about",
        "website:accessibility",
        "website:privacy",
    )

    def items(self) -> Sequence[str]:
        return self.NAMES

    def location(self, item: str) -> str:
        return reverse(item)


class Labs(Translated):
    def items(self) -> Any:
        return Lab.objects.visible_to(AnonymousUser()).order_by("pk")


class Methods(Translated):
    def items(self) -> Any:
        return Method.objects.published().select_related("published").order_by("pk")

    def lastmod(self, item: Method) -> datetime | None:
        return item.published.published_at if item.published else None


class Diary(Translated):
    def items(self) -> Any:
        return DiaryEntry.objects.published().order_by("pk")

    def lastmod(self, item: DiaryEntry) -> datetime:
        return item.changed_at


class Suppliers(Translated):
    def items(self) -> Any:
        return Supplier.objects.listed().order_by("pk")


SITEMAPS = {"pages": Pages, "labs": Labs, "methods": Methods, "diary": Diary, "suppliers": Suppliers}
