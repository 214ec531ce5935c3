import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from history.models import BY_ITSELF, Event, Eventful
from newsletter.models.clockwork import Clockwork
from newsletter.models.composition import Composable
from newsletter.models.dispatch import Dispatchable
from newsletter.models.failure import Failing
from newsletter.models.interruption import Interruptible
from newsletter.models.issue_queryset import IssueQuerySet
from newsletter.models.settlement import Settling
from newsletter.models.uncertainty import Uncertain
from newsletter.models.wording import Wording
from richtext.fields import RichTextField


class Issue(Composable, Clockwork, Dispatchable, Interruptible, Settling, Uncertain, Failing, Wording, Eventful):
    """One newsletter: a digest for a rhythm and period, or a special that goes to every active subscriber."""

    class Kind(models.TextChoices):
        EACH = "each", _("as it happens")
        WEEKLY = "weekly", _("weekly digest")
        MONTHLY = "monthly", _("monthly digest")
        SPECIAL = "special", _("special issue")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("issue", "draft")
        SCHEDULED = "scheduled", pgettext_lazy("issue", "scheduled")
        FREEZING = "freezing", pgettext_lazy("issue", "being prepared")
        SENDING = "sending", pgettext_lazy("issue", "being sent")
        PAUSED = "paused", pgettext_lazy("issue", "paused")
        SENT = "sent", pgettext_lazy("issue", "sent")
        CANCELLED = "cancelled", pgettext_lazy("issue", "cancelled")

    EDITABLE = (State.DRAFT,)

    # Verbs that order the sending, or take the order back; what makes an ordered issue a draft again as it could not be
    # sent; and what does so before its time has come.
    ORDERS = ("scheduled", "unscheduled", "sending_ordered")
    SETBACKS = ("held_back", "unfrozen")
    PULLED_BACK = "pulled_back"

    WITHOUT_ACCOUNT = BY_ITSELF
    EVENTS = {
        "composed": _("composed the issue"),
        "composed_late": _("composed the issue so late that somebody has to say whether it is still to be sent"),
        "taken_over": _("put in what a cancelled issue held"),
        "changed": _("changed the issue"),
        "tested": _("sent a test"),
        "scheduled": _("set a time for sending"),
        "unscheduled": _("took back the set time"),
        "sending_ordered": _("ordered the sending"),
        "held_back": _("could not send the issue at the set time and made it a draft again"),
        "pulled_back": _("made the issue a draft again, as what a cancelled one held was put in"),
        "frozen": _("fixed content and recipients"),
        "unfrozen": _("could not prepare the issue and made it a draft again"),
        "paused": _("paused the sending"),
        "halted": _("paused the sending, as the mail server takes nothing"),
        "resumed": _("resumed the sending"),
        "sent": _("sent everything"),
        "reopened": _("found something left to send"),
        "cancelled": _("cancelled the issue"),
        "uncertain_closed": _("closed uncertain deliveries"),
        "uncertain_sent_again": _("ordered uncertain deliveries sent again"),
        "failed_sent_again": _("ordered failed deliveries sent again"),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.WEEKLY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    subject = models.CharField(_("subject in Swedish"), max_length=150)
    subject_en = models.CharField(_("subject in English"), max_length=150, blank=True)
    # What inboxes show after the subject. Empty: the titles of what is in the issue.
    preheader = models.CharField(_("preview line in Swedish"), max_length=150, blank=True)
    preheader_en = models.CharField(_("preview line in English"), max_length=150, blank=True)
    intro = RichTextField(_("introduction in Swedish"))
    intro_en = RichTextField(_("introduction in English"))
    period_start = models.DateTimeField(_("new since"), null=True, blank=True)
    period_end = models.DateTimeField(_("new until"), null=True, blank=True)
    # Where what it holds for readers who had been away begins. Empty: it holds nothing from before `period_start`.
    reaches_back_to = models.DateTimeField(null=True, blank=True)
    # When a later digest took over what this cancelled one held.
    handed_on_at = models.DateTimeField(null=True, blank=True)
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    audience_size = models.PositiveIntegerField(_("number of recipients"), null=True, blank=True)
    # What the mail server last said when it would not take anything; empty when all goes well.
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    # Only on issues asked for with `with_own_item_count`, `with_latest_event` and `with_uncertain_deliveries`.
    own_item_count: int
    changed_last_at: datetime.datetime
    uncertain_count: int
    uncertain_since: datetime.datetime

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter issue")
        constraints = [
            # Two digests of one kind may never begin or end at the same moment: composing twice gives one issue.
            models.UniqueConstraint(
                fields=["kind", "period_start"],
                condition=~models.Q(state="cancelled"),
                name="issue_one_per_kind_and_start",
            ),
            models.UniqueConstraint(
                fields=["kind", "period_end"],
                condition=~models.Q(state="cancelled"),
                name="issue_one_per_kind_and_end",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="special", period_start__isnull=True, period_end__isnull=True)
                | (~models.Q(kind="special") & models.Q(period_start__lt=models.F("period_end"))),
                name="issue_digest_has_period",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(send_at__isnull=False),
                name="issue_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["sending", "paused", "sent"])
                | models.Q(frozen_at__isnull=False, audience_size__isnull=False),
                name="issue_sending_is_frozen",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="issue_sent_has_time"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["draft", "scheduled", "freezing", "sending", "paused", "sent", "cancelled"]
                ),
                name="issue_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["scheduled", "freezing", "sending"]),
                name="issue_unfinished",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The page in the archive, which is there once the issue is sent."""
        return reverse("newsletter:issue", args=[self.pk, slugify(self.subject)[:60] or "utskick"])

    def get_desk_url(self) -> str:
        """Where a coordinator works with the issue."""
        return reverse("newsletter:desk", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def setback(self) -> Event | None:
        """What made an ordered issue a draft again, with its reason; None when nobody waits for it to be sent."""
        if self.state != self.State.DRAFT:
            return None
        setbacks = [*self.SETBACKS, self.PULLED_BACK]
        latest = self.events.filter(verb__in=[*setbacks, *self.ORDERS]).newest_first().first()
        return latest if latest and latest.verb in setbacks else None

    @property
    def is_overdue(self) -> bool:
        """Whether the set time has passed by more than the minute within which the clock comes round."""
        late = timezone.now() - datetime.timedelta(minutes=2)
        return self.state == self.State.SCHEDULED and self.send_at is not None and self.send_at < late

    @property
    def is_under_way(self) -> bool:
        """Whether its sending has been ordered and is not over."""
        return self.state in {self.State.FREEZING, self.State.SENDING, self.State.PAUSED}

    @property
    def news_since(self) -> datetime.datetime | None:
        """When the issue before of the same kind ended: what was published later is news. None: there was none."""
        if self.period_start is not None:
            return self.period_start
        earlier = type(self).objects.filter(kind=self.kind, frozen_at__isnull=False).exclude(pk=self.pk)
        return earlier.aggregate(latest=models.Max("frozen_at"))["latest"]

    def subject_in(self, language: str) -> str:
        return self.subject_en if language == "en" and self.subject_en else self.subject

    def preheader_in(self, language: str) -> str:
        return self.preheader_en if language == "en" and self.preheader_en else self.preheader

    def intro_in(self, language: str) -> str:
        return self.intro_en if language == "en" and self.intro_en else self.intro

    def intro_language_in(self, language: str) -> str:
        """The language the introduction is really in, for a reader of `language`."""
        return "en" if language == "en" and self.intro_en else "sv"

    @property
    def title(self) -> str:
        """The subject in the reader's language, as far as there is one."""
        return self.subject_in(get_language() or "sv")
