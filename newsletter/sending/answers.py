import logging

from newsletter.models import Bounce, Delivery, Issue
from newsletter.models.handling import Begun
from newsletter.sending.in_vain import InVain
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import (
    Accepted,
    Deferred,
    MailboxFull,
    NotForUs,
    Outcome,
    Refused,
    TooFast,
    TooFastForDomain,
    Uncertain,
    Unreachable,
)
from newsletter.sending.pace import FLEET, Pace

logger = logging.getLogger(__name__)

# So many in a row have failed for good or are uncertain, and none was taken: it is hardly about these readers then. A
# person has a look before it has happened to everybody. So many in a row that are to be tried later are told of.
MOST_IN_VAIN = 20


class Answers:
    """What follows from the mail server's answers, beyond what the books say of each delivery."""

    def __init__(self, issue_id: int, ledger: Ledger, pace: Pace) -> None:
        self.issue_id = issue_id
        self.ledger = ledger
        self.pace = pace
        self.in_vain = InVain(issue_id, pace.redis)
        self.number = 0
        self.put_off = 0
        self.halted = False
        # What coordinators are told; None while nobody knows.
        self.trouble: str | None = None

    def take(self, row: Begun, outcome: Outcome) -> None:
        """Raises PaceUnknown when the fleet cannot be told to slow down."""
        self.number += 1
        if isinstance(outcome, Accepted):
            self.put_off = 0
            self.in_vain.not_any_more()
            self.note_trouble("")
        elif isinstance(outcome, Deferred):
            self.put_off += 1
            if self.put_off == MOST_IN_VAIN:
                self.note_trouble(outcome.reply)
        if isinstance(outcome, Unreachable | MailboxFull):
            self._note_bounce(row, outcome)
        elif isinstance(outcome, NotForUs):
            self.halt(outcome.reply)
        # Once it has halted, what is still under way says nothing new, and would count after it goes on.
        in_vain = isinstance(outcome, Refused | Uncertain) and not self.halted
        if in_vain and self.in_vain.one_more() >= MOST_IN_VAIN:
            self.in_vain.begin_anew()
            self.halt(outcome.reply)
        if isinstance(outcome, TooFast):
            domain = row.email.rpartition("@")[2].lower()
            self.pace.slow_down(domain if isinstance(outcome, TooFastForDomain) else FLEET)

    def halt(self, words: str) -> None:
        """Pause the issue until a person has mended what the server says."""
        self.halted = True
        self.ledger.safely(lambda: Issue.objects.get(pk=self.issue_id).halt(words))

    def note_trouble(self, words: str) -> None:
        """Show the coordinators what the mail server says, or that it has come round."""
        if words != self.trouble:
            self.trouble = words
            issue = Issue.objects.filter(pk=self.issue_id, state=Issue.State.SENDING)
            self.ledger.safely(lambda: issue.exclude(trouble=words).update(trouble=words))

    def _note_bounce(self, row: Begun, outcome: Unreachable | MailboxFull) -> None:
        try:
            self.ledger.safely(lambda: bounced(row, outcome))
        except DatabaseGone:
            raise
        except Exception:
            # Others get their mail all the same.
            logger.exception("That delivery %s bounced could not be noted", row.id)


def bounced(row: Begun, outcome: Unreachable | MailboxFull) -> None:
    """The mail server says that there is no such mailbox, and nothing more is sent there; or that it is full."""
    delivery = Delivery.objects.select_related("subscriber").get(pk=row.id)
    kind = Bounce.Kind.HARD if isinstance(outcome, Unreachable) else Bounce.Kind.SOFT
    Bounce.receive(
        delivery.subscriber,
        kind=kind,
        source="smtp",
        # Sent again, a mailbox that was full may be gone.
        event_key=f"{row.id}:{kind}",
        delivery=delivery,
        diagnostic=outcome.reply,
    )
