"""Places on the labs' pages for what the floors above know about a lab.

An app above registers functions in its `AppConfig.ready()`:

    from labs import panels

    panels.lab_page.register(methods_of_lab)      # for everyone, below the goals on the lab's own page
    panels.staff_page.register(drafts_of_lab)     # for the lab's people, on labs:mine, under each of their labs

    def methods_of_lab(lab: Lab, request: HttpRequest) -> str:
        return render_to_string("methods/_lab_panel.html", {"methods": …}, request)

A panel answers with a whole `<section class="section">…</section>` (safe HTML, its own h2 on the lab's page and its own
h3 on the staff page), or "" to stay away. Panels show in the order of registration. Each must do a constant number of
queries for a lab.
"""

from collections.abc import Callable

from django.http import HttpRequest

from labs.models.lab import Lab

Panel = Callable[[Lab, HttpRequest], str]


class Place:
    """Somewhere panels show."""

    def __init__(self) -> None:
        self._panels: dict[str, Panel] = {}

    def register(self, panel: Panel) -> Panel:
        """Show this panel here. Registering the same function again changes nothing."""
        self._panels[f"{panel.__module__}.{panel.__qualname__}"] = panel
        return panel

    def rendered(self, lab: Lab, request: HttpRequest) -> list[str]:
        return [html for panel in self._panels.values() if (html := panel(lab, request))]


lab_page = Place()
staff_page = Place()
