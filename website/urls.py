from django.urls import path
from django.utils.translation import gettext_lazy as _

from website import views

app_name = "website"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path(_("search/"), views.SearchView.as_view(), name="search"),
    path(_("about/"), views.AboutView.as_view(), name="about"),
    path(_("accessibility/"), views.AccessibilityView.as_view(), name="accessibility"),
    path(_("privacy/"), views.PrivacyView.as_view(), name="privacy"),
]
