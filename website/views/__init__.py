from website.views.home import HomeView
from website.views.search import SearchView
from website.views.statements import AboutView, AccessibilityView, PrivacyView

__all__ = ["AboutView", "AccessibilityView", "HomeView", "PrivacyView", "SearchView"]
