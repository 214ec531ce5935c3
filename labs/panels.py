"""A place on the lab's page for what the floors above know about the lab.

An app above registers a function in its `AppConfig.ready()`:

    from labs import panels

    @panels.register
    def methods_of_lab(lab: Lab, request: HttpRequest) -> str:
        return render_to_string("methods/_lab_panel.html", {"methods": …}, request)

It answers with a whole `<section class="section">…</section>` (safe HTML, its own h2), or "" to stay away. Panels show
in the order of registration, below the goals. Each must do a constant number of queries.
"""

from collections.abc import Callable

from django.http import HttpRequest

from labs.models.lab import Lab

Panel = Callable[[Lab, HttpRequest], str]

_panels: dict[str, Panel] = {}


def register(panel: Panel) -> Panel:
    """Show this panel on every lab's page. Registering the same function again changes nothing."""
    _panels[f"{panel.__module__}.{panel.__qualname__}"] = panel
    return panel


def rendered(lab: Lab, request: HttpRequest) -> list[str]:
    return [html for panel in _panels.values() if (html := panel(lab, request))]
