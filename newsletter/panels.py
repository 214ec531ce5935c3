"""What the labs' own pages show of the diary."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from labs.models import Lab
from newsletter.models import DiaryEntry


def latest_entries(lab: Lab, request: HttpRequest) -> str:
    """The lab's three latest entries, for everyone."""
    entries = list(DiaryEntry.objects.published().for_lab(lab).with_people_and_places().newest_first()[:3])
    if not entries:
        return ""
    return render_to_string("newsletter/_lab_panel.html", {"lab": lab, "entries": entries}, request)


def diary_work(lab: Lab, request: HttpRequest) -> str:
    """For the lab's people: a way to write, and what is not published yet."""
    drafts = DiaryEntry.objects.for_lab(lab).exclude(state=DiaryEntry.State.PUBLISHED).defer("search", "body")
    context = {"lab": lab, "drafts": drafts.order_by("-changed_at")[:5]}
    return render_to_string("newsletter/_staff_panel.html", context, request)
