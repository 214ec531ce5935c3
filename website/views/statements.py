from typing import Any

from django.utils.translation import get_language
from django.views.generic import TemplateView


class StatementView(TemplateView):
    """A page of running text, written whole in each language: `templates/website/<name>.<language>.html`."""

    name: str

    def get_template_names(self) -> list[str]:
        return [f"website/{self.name}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(text=f"website/{self.name}.{get_language()}.html", **kwargs)


class AboutView(StatementView):
    name = "about"


class AccessibilityView(StatementView):
    name = "accessibility"


class PrivacyView(StatementView):
    name = "privacy"
