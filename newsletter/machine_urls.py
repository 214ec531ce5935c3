"""Addresses for machines, the same in every language."""

from django.urls import path

from newsletter.views.webhooks import service_events

urlpatterns = [path("anymail/<slug:service>/tracking/", service_events, name="service_events")]
