"""Addresses for machines: the same in every language, outside the translated ones."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from website.sitemaps import SITEMAPS
from website.views import machine
from website.views.robots import robots

urlpatterns: list[URLPattern] = [
    path("healthz", machine.healthz, name="healthz"),
    path("readyz", machine.readyz, name="readyz"),
    path("robots.txt", require_safe(robots), name="robots"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
