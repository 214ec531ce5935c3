from typing import Any

from django.views.generic import TemplateView

from website.front_page import FrontPage


class HomeView(TemplateView):
    template_name = "website/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(front=FrontPage(), **kwargs)
