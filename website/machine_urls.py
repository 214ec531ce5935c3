"""Addresses for machines: the same in every language, outside the translated ones."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, path

from website.sitemaps import SITEMAPS
from website.views import machine
from website.views.robots import robots

urlpatterns: list[URLPattern] = [
    path("healthz", machine.healthz, name="healthz"),
    path("readyz", machine.readyz, name="readyz"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
