"""Addresses for machines: the same in every language, outside the translated ones."""

from django.urls import URLPattern, path

from website.views import machine

urlpatterns: list[URLPattern] = [
    path("healthz", machine.healthz, name="healthz"),
    path("readyz", machine.readyz, name="readyz"),
]
