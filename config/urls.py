"""Addresses: Swedish paths without a prefix, the English ones under /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

urlpatterns = [
    path("", include("website.machine_urls")),
    path("", include("newsletter.machine_urls")),
    path("", include("pictures.urls")),
    path("oidc/", include("accounts.oidc_urls")),
    *i18n_patterns(
        path("", include("website.urls")),
        path(_("labs/"), include("labs.urls")),
        path(_("methods/"), include("methods.urls")),
        path("", include("newsletter.urls")),
        path(_("procurement-portal/"), include("procurement_portal.urls")),
        path(_("overview/"), include("overview.urls")),
        path(_("account/"), include("accounts.urls")),
        path(_("account/"), include("accounts.sign_in_urls")),
        prefix_default_language=False,
    ),
]

if "development" in settings.INSTALLED_APPS:
    urlpatterns.insert(0, path("", include("development.urls")))

handler400 = "website.views.errors.bad_request"
handler403 = "website.views.errors.forbidden"
handler404 = "website.views.errors.not_found"
handler500 = "website.views.errors.server_error"
