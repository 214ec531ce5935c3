from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from procurement_portal.models.link import Followable

# What the applicant reads. What is not here stays between the coordinators.
SENTENCES = {
    "submitted": _("You confirmed your e-mail address and the application was sent in."),
    "changed": _("You changed the application."),
    "taken_up": _("A coordinator began to review the application."),
    "complement_requested": _("We asked you for more information."),
    "complemented": _("You sent in more information."),
    "picture_replaced": _("You replaced a picture."),
    "approved": _("We approved the application. The company is listed in the portal."),
    "rejected": _("We decided not to approve the application."),
    "withdrawn": _("You withdrew the application."),
    "takedown_requested": _("You asked us to take the company’s page down."),
}


@dataclass(frozen=True)
class Step:
    at: datetime
    sentence: str | Promise


class Told(Followable):
    """The story of an application, as told to the applicant."""

    class Meta:
        abstract = True

    def timeline(self) -> list[Step]:
        """What has happened, newest first, back to the form. Names no coordinator."""
        events = self.events.filter(verb__in=SENTENCES).order_by("-created_at", "-pk")
        steps = [Step(event.created_at, SENTENCES[event.verb]) for event in events]
        return [*steps, Step(self.created_at, _("You filled in the form."))]
