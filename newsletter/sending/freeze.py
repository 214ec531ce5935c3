import logging

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.audience import Audience
from newsletter.models import Issue, IssueItem, Variant
from newsletter.sending.bulk import BulkMail
from newsletter.sending.rendering import Words, render
from workflow import locked

logger = logging.getLogger(__name__)


class IssueFreeze:
    """Fixes who gets an issue and what it says, once; after it the issue is being sent.

    First every mail is written out, which takes longest and holds no reader up; then, in one transaction, who gets
    which. If anything goes wrong, nothing has happened and no mail has gone out: the issue is a draft again, with the
    reason.
    """

    def __init__(self, issue: Issue) -> None:
        self.issue = issue

    def run(self) -> None:
        try:
            self._write_ahead()
            self._freeze()
        except (OperationalError, InterfaceError):
            # The database went away. Nothing is wrong with the issue, and the clock has it tried again.
            raise
        except Exception:
            logger.exception("Issue %s could not be frozen", self.issue.pk)
            self.issue.unfreeze(
                because=_("The mails could not be put together. Tell those who run the site: its log says more.")
            )

    def _write_ahead(self) -> None:
        """Write out what readers would get at this moment. Another worker may be at it as well: they take turns."""
        issue = self.issue
        with locked(issue):
            if issue.state != Issue.State.FREEZING or issue.variants.exists():
                return
            audience = Audience(issue)
            for items, language, _count in audience.variants():
                self._write_out(Variant(issue=issue, items=list(items), language=language), audience)

    def _freeze(self) -> None:
        issue = self.issue
        with locked(issue):
            if issue.state != Issue.State.FREEZING:
                # Another worker was first.
                return
            audience = Audience(issue)
            recipients = audience.freeze()
            # Somebody has come or chosen anew since the mails were written out.
            for variant in issue.variants.filter(html="").iterator():
                self._write_out(variant, audience)
            self._drop_unwanted()
            issue.state = Issue.State.SENDING
            issue.audience_size = recipients
            issue.frozen_at = timezone.now()
            issue.save(update_fields=["state", "audience_size", "frozen_at"])
            issue.record("frozen", recipients=recipients)
            # Now it is known how many can help.
            issue.kick()

    def _drop_unwanted(self) -> None:
        """Forget mails that nobody gets any more. Asked first: PostgreSQL looks through all deliveries there ever
        were for each that is deleted."""
        wanted = self.issue.deliveries.order_by().values_list("variant_id", flat=True).distinct()
        unwanted = self.issue.variants.exclude(pk__in=set(wanted))
        if unwanted.exists():
            unwanted.delete()

    def _write_out(self, variant: Variant, audience: Audience) -> None:
        items: dict[int, IssueItem] = {item.pk: item for item in audience.items}
        words = render(self.issue, [items[pk] for pk in variant.items], variant.language)
        # Whatever is wrong with one of the mails is found before the first of them goes out.
        BulkMail(Words(variant.language, words.subject, words.text, words.html))
        variant.subject, variant.text, variant.html = words.subject, words.text, words.html
        variant.save()
