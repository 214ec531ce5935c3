"""The identity provider, if there is one. One address in all languages: it is written down at the provider."""

from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.urls import path

urlpatterns = [
    path("<slug:provider_id>/", views.login, name="openid_connect_login"),
    path("<slug:provider_id>/callback/", views.callback, name="openid_connect_callback"),
] * bool(settings.OIDC_SERVER_URL)
