import datetime
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives

from newsletter.models import Delivery, Subscriber
from newsletter.models.handling import Begun
from newsletter.sending.bulk import BulkMail
from newsletter.sending.message import message_for
from newsletter.verp import bounce_address


@dataclass(frozen=True, slots=True)
class Parcel:
    """One begun delivery with the mail it is about: all that a connection needs, and no database."""

    begun: Begun
    mail: BulkMail
    issue_id: int

    @property
    def sender(self) -> str:
        """The envelope's sender, to whom mail servers return what they cannot deliver."""
        return bounce_address(self.begun.id)

    @property
    def recipient(self) -> str:
        return self.begun.email

    @property
    def message_id(self) -> str:
        return Delivery.message_id_of(self.issue_id, self.begun.subscriber_id)

    def content(self) -> bytes:
        """The mail as it goes over the wire. Raises ValueError when this recipient's cannot be written."""
        return self.mail.to(
            self.begun.email, self.begun.token, message_id=self.message_id, at=datetime.datetime.now(datetime.UTC)
        )

    def message(self) -> EmailMultiAlternatives:
        """The same for Django's other mail backends."""
        reader = Subscriber(email=self.begun.email, token=self.begun.token, language=self.mail.words.language)
        return message_for(reader, self.mail.words, message_id=self.message_id)
