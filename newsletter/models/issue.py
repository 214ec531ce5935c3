import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from history.models import BY_ITSELF, Event, Eventful
from newsletter.models.clockwork import Clockwork
from newsletter.models.composition import Composable
from newsletter.models.delivery import Delivery
from newsletter.models.dispatch import Dispatchable
from newsletter.models.failure import Failing
from newsletter.models.interruption import Interruptible
from newsletter.models.settlement import Settling
from newsletter.models.uncertainty import Uncertain
from newsletter.models.wording import Wording
from richtext.fields import RichTextField

# An ordered issue with which nothing has happened for so long is told to the coordinators: no worker is there.
STANDS_STILL_AFTER = datetime.timedelta(minutes=5)


class IssueQuerySet(models.QuerySet["Issue"]):
    def sent(self) -> "IssueQuerySet":
        return self.filter(state=Issue.State.SENT)

    def out(self) -> "IssueQuerySet":
        """Issues that go, or have gone, to everybody they are for."""
        return self.filter(state__in=[Issue.State.SENDING, Issue.State.PAUSED, Issue.State.SENT])

    def readable(self) -> "IssueQuerySet":
        """Issues that somebody has a mail of, so that anyone may read them on the web: also one cancelled halfway."""
        mails = Delivery.objects.may_have_arrived().filter(issue=models.OuterRef("pk"))
        return self.out() | self.filter(models.Exists(mails), state=Issue.State.CANCELLED)

    def telling_news(self) -> "IssueQuerySet":
        """Issues that tell something of their own, and not only again what readers who had been away had missed."""
        from newsletter.models.issue_item import IssueItem

        return self.filter(models.Exists(IssueItem.objects.own().filter(issue=models.OuterRef("pk"))))

    def with_own_item_count(self) -> "IssueQuerySet":
        """Adds `own_item_count`: how much each tells of its own; nothing for issues that do not tell news."""
        from newsletter.models.issue_item import IssueItem

        own = IssueItem.objects.own().filter(issue=models.OuterRef("pk")).order_by().values("issue")
        return self.annotate(own_item_count=models.Subquery(own.annotate(number=models.Count("pk")).values("number")))

    def unfinished(self) -> "IssueQuerySet":
        """Issues whose sending has begun, and has neither ended nor been interrupted."""
        return self.filter(state__in=[Issue.State.FREEZING, Issue.State.SENDING])

    def closed_too_early(self) -> "IssueQuerySet":
        """Issues whose books are closed although something still waits; `finish` sees to it."""
        waiting = Delivery.objects.waiting().filter(issue=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting), state__in=[Issue.State.SENT, Issue.State.CANCELLED])

    def due(self, now: datetime.datetime) -> "IssueQuerySet":
        return self.filter(state=Issue.State.SCHEDULED, send_at__lte=now)

    def waiting_for_coordinator(self) -> "IssueQuerySet":
        """Drafts with something in them, oldest first."""
        return self.filter(state=Issue.State.DRAFT).order_by("created_at", "pk")

    def interrupted(self) -> "IssueQuerySet":
        """Issues that are on their way and get nowhere: paused, the mail server does not take anything, or no worker
        is at them."""
        troubled = models.Q(state=Issue.State.SENDING) & ~models.Q(trouble="")
        still = models.Q(pk__in=Issue.objects.standing_still().values("pk"))
        return self.filter(models.Q(state=Issue.State.PAUSED) | troubled | still)

    def standing_still(self) -> "IssueQuerySet":
        """Issues ordered minutes ago with which nothing has happened since, though something was to do: it is not
        prepared, or mails were due and are in nobody's hands."""
        long_ago = Now() - STANDS_STILL_AFTER
        rows = Delivery.objects.filter(issue=models.OuterRef("pk"))
        due = models.Exists(rows.waiting().filter(not_before__lte=long_ago))
        left_lying = models.Exists(rows.filter(lease_until__lte=Now()))
        in_hand = models.Exists(rows.filter(lease_until__gt=Now()))
        moved = models.Exists(rows.filter(changed_at__gt=long_ago))
        # Where nothing waits the books are to be closed.
        nobody_at_it = (due | left_lying | ~models.Exists(rows.waiting())) & ~in_hand & ~moved
        told = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(Issue),
            subject_id=models.OuterRef("pk"),
            created_at__gt=long_ago,
        )
        return self.filter(
            models.Q(state=Issue.State.FREEZING) | models.Q(nobody_at_it, state=Issue.State.SENDING, trouble=""),
            ~models.Exists(told),
            created_at__lte=long_ago,
        )

    def with_uncertain_deliveries(self) -> "IssueQuerySet":
        """Issues with deliveries that a coordinator has to decide about: `uncertain_count`, since `uncertain_since`."""
        uncertain = Delivery.objects.uncertain().filter(issue=models.OuterRef("pk")).order_by().values("issue")
        return self.annotate(
            uncertain_count=models.Subquery(uncertain.annotate(number=models.Count("pk")).values("number")),
            uncertain_since=models.Subquery(uncertain.annotate(first=models.Min("changed_at")).values("first")),
        ).filter(uncertain_count__gt=0)

    def with_latest_event(self) -> "IssueQuerySet":
        """Adds `changed_last_at`: when something last happened with the issue."""
        events = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(Issue), subject_id=models.OuterRef("pk")
        )
        latest = models.Subquery(events.order_by("-created_at").values("created_at")[:1])
        return self.annotate(changed_last_at=Coalesce(latest, "created_at"))

    def held_back(self) -> "IssueQuerySet":
        """Drafts that were ordered sent and could not be, and that nobody has ordered anew."""
        orders = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(Issue),
            subject_id=models.OuterRef("pk"),
            verb__in=[*Issue.SETBACKS, *Issue.ORDERS],
        )
        latest = models.Subquery(orders.order_by("-created_at", "-pk").values("verb")[:1])
        return self.filter(state=Issue.State.DRAFT).alias(latest=latest).filter(latest__in=Issue.SETBACKS)

    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-created_at", "-pk")


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
