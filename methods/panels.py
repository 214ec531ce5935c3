"""What the labs' pages show about methods."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from labs.models import Lab
from methods.models import Method, Revision

MOST = 5


def methods_of_lab(lab: Lab, request: HttpRequest) -> str:
    """For everyone, on the lab's page: its newest published methods."""
    found = list(Method.objects.published().filter(lab=lab).newest_first().with_summaries()[: MOST + 1])
    if not found:
        return ""
    context = {"lab": lab, "methods": found[:MOST], "more": len(found) > MOST}
    return render_to_string("methods/_lab_panel.html", context, request)


def reports_of_lab(lab: Lab, request: HttpRequest) -> str:
    """For the lab's people, on their start page: the reports being written, and where to begin one."""
    revisions = Revision.objects.open().filter(method__lab=lab).order_by("-updated_at")
    return render_to_string("methods/_staff_panel.html", {"lab": lab, "revisions": revisions}, request)
