import logging

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from newsletter.audience import Audience
from newsletter.models import Issue, IssueItem, Variant
from newsletter.sending.bulk import BulkMail
from newsletter.sending.rendering import Words, render
from workflow import locked

logger = logging.getLogger(__name__)


class IssueFreeze:
    """Fixes who gets an issue and what it says, once and in one transaction; after it the issue is being sent.

    If anything goes wrong, nothing has happened and no mail has gone out: the issue is a draft again, with the reason.
    """

    def __init__(self, issue: Issue) -> None:
        self.issue = issue

    def run(self) -> None:
        try:
            self._freeze()
        except (OperationalError, InterfaceError):
            # The database went away. Nothing is wrong with the issue, and the clock has it tried again.
            raise
        except Exception as error:
            logger.exception("Issue %s could not be frozen", self.issue.pk)
            self.issue.unfreeze(because=f"{type(error).__name__}: {error}"[:300])

    def _freeze(self) -> None:
        issue = self.issue
        with locked(issue):
            if issue.state != Issue.State.FREEZING:
                # Another worker was first.
                return
            audience = Audience(issue)
            recipients = audience.freeze()
            items = {item.pk: item for item in audience.items}
            for variant in issue.variants.all():
                self._write_out(variant, items)
                # Whatever is wrong with one of the mails is found before the first of them goes out.
                BulkMail(Words(variant.language, variant.subject, variant.text, variant.html))
            issue.state = Issue.State.SENDING
            issue.audience_size = recipients
            issue.frozen_at = timezone.now()
            issue.save(update_fields=["state", "audience_size", "frozen_at"])
            issue.record("frozen", recipients=recipients)
            # Now it is known how many can help.
            issue.kick()

    def _write_out(self, variant: Variant, items: dict[int, IssueItem]) -> None:
        words = render(self.issue, [items[pk] for pk in variant.items], variant.language)
        variant.subject, variant.text, variant.html = words.subject, words.text, words.html
        variant.save(update_fields=["subject", "text", "html"])
