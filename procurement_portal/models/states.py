from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where an application is. Linear but for the loop through a complement."""

    DRAFT = "draft", pgettext_lazy("application", "waiting for the e-mail address to be confirmed")
    SUBMITTED = "submitted", pgettext_lazy("application", "sent in")
    UNDER_REVIEW = "under_review", pgettext_lazy("application", "under review")
    COMPLEMENT_REQUESTED = "complement_requested", pgettext_lazy("application", "waiting for more information")
    APPROVED = "approved", pgettext_lazy("application", "approved")
    REJECTED = "rejected", pgettext_lazy("application", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")


# Named groups. A coordinator has the move, the applicant may change it, nobody has decided yet.
AWAITING_COORDINATOR = (State.SUBMITTED, State.UNDER_REVIEW)
MENDABLE = (State.SUBMITTED, State.COMPLEMENT_REQUESTED)
OPEN = (State.SUBMITTED, State.UNDER_REVIEW, State.COMPLEMENT_REQUESTED)
DECIDED = (State.APPROVED, State.REJECTED)
