import logging
import os
import socket
import uuid

from django.db import InterfaceError, OperationalError, connection

from newsletter.models import Delivery, Issue
from newsletter.sending.freeze import IssueFreeze
from newsletter.sending.ledger import DatabaseGone
from newsletter.sending.turn import Turn

logger = logging.getLogger(__name__)


class Drain:
    """Sends what is left of an issue. Any number of drains may run at once, and any may die: rows are the truth.

    Nothing is in a transaction while the mail server is spoken to.
    """

    def __init__(self, issue_id: int) -> None:
        self.issue_id = issue_id
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def run(self) -> bool:
        """Work until nothing is waiting, the server is down or the turn is over; True when there is more to do now."""
        issue = Issue.objects.filter(pk=self.issue_id).first()
        if issue is None:
            return False
        if issue.state == Issue.State.FREEZING:
            IssueFreeze(issue).run()
        Delivery.objects.release_expired()
        more = False
        if issue.state == Issue.State.SENDING:
            try:
                more = Turn(self.issue_id, self.worker).run()
            except DatabaseGone:
                logger.exception("Issue %s is left to other workers", self.issue_id)
                return False
        try:
            issue.finish()
        except (OperationalError, InterfaceError):
            # The database went away at the very end; what is in the books stays there, and the clock closes them.
            logger.warning("The books of issue %s are left to be closed by others", self.issue_id, exc_info=True)
            connection.close()
        return more
