from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """How often a subscriber wants mail, and whom a digest is for."""

    EACH = "each", _("each time something new is published")
    WEEKLY = "weekly", _("once a week")
    MONTHLY = "monthly", _("once a month")
