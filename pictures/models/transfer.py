import contextlib
import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING

from django.core.files.base import File
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pictures import quota
from pictures.arriving import Arriving, NotYet
from pictures.inspection import inspect, inspect_announced
from pictures.limits import MAX_BYTES, TRANSFER_DAYS
from pictures.models.draft import Draft
from pictures.models.picture import Picture
from pictures.names import display_name
from pictures.partial import Gone, Overtaken, Partial, held
from pictures.refusals import NotStored, Refusal
from pictures.uploads import spool_dir

if TYPE_CHECKING:
    from pictures.body import Body
    from pictures.visitors import Visitor

logger = logging.getLogger(__name__)

LOOKED_AT = 20 * 1024 * 1024
"""Bytes within which the header is looked for while they come: a JPEG's chain of segments ends there at the latest. One
that stands later is read when all has come."""

LOOKED_EACH = 64 * 1024
"""Bytes that are to have come before it is looked for anew."""

TOUCHED_EACH = timedelta(minutes=10)
"""How exactly it is known when something last came."""


class TransferQuerySet(models.QuerySet["Transfer"]):
    def of(self, visitor: "Visitor") -> "TransferQuerySet":
        """The transfers this visitor began; none for one who has uploaded nothing."""
        return self.filter(visitor=visitor.digest) if visitor.digest else self.none()

    def unfinished(self) -> "TransferQuerySet":
        return self.filter(draft=None)

    def idle(self) -> "TransferQuerySet":
        """Those to which nothing has come for a day."""
        return self.filter(touched_at__lt=timezone.now() - timedelta(days=TRANSFER_DAYS))


class TransferManager(models.Manager.from_queryset(TransferQuerySet)):  # type: ignore[misc]
    def begin(
        self, visitor: "Visitor", *, name: str, length: int, min_width: int = 1, metadata: str = ""
    ) -> "Transfer":
        """Make room for a file of `length` bytes. Raises a Refusal when its name or length already tells."""
        inspect_announced(name, length)
        quota.spend(visitor)
        with transaction.atomic():
            transfer = self.create(
                visitor=visitor.remember(),
                name=display_name(name),
                length=length,
                min_width=min_width,
                metadata=metadata,
            )
            try:
                transfer.partial.create()
            except OSError as error:
                logger.exception("No room for a transfer in %s", spool_dir())
                raise NotStored from error
        return transfer


class Transfer(models.Model):
    """A picture on its way in, a piece at a time. Once all of it has come it is a draft, and gone when that is.

    The pieces are in a file on the disk of one host; how much of it has come is the file's size and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=120)
    length = models.PositiveIntegerField()
    min_width = models.PositiveIntegerField()
    metadata = models.TextField(blank=True)
    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = TransferManager()

    class Meta:
        verbose_name = _("picture being uploaded")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(length__range=(1, MAX_BYTES)), name="transfer_length_within_the_limit"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def partial(self) -> Partial:
        return Partial(spool_dir() / f"{self.pk}.partial")

    @property
    def offset(self) -> int:
        """Bytes that have come. Raises Gone when they are not here."""
        return self.length if self.draft_id else self.partial.size

    @property
    def expires_at(self) -> datetime:
        return self.touched_at + timedelta(days=TRANSFER_DAYS)

    def receive(self, body: "Body", *, offset: int) -> None:
        """Append what the body brings, which begins at `offset`; what came is kept whatever happens.

        No transaction is open meanwhile. Raises Overtaken when the file does not end at `offset`, Gone, BrokeOff, and a
        Refusal as soon as the header tells: then the transfer is deleted, unless we could not store.
        """
        if offset != self.offset:
            raise Overtaken
        if not body.left:
            return
        try:
            with self.partial.opened() as file:
                self._append(file, body, offset)
        finally:
            self.touch()

    def _append(self, file: IO[bytes], body: "Body", position: int) -> None:
        decided, look_at = False, 0
        for piece in body.pieces():
            try:
                position = Partial.append(file, piece, position)
            except OSError as error:
                logger.exception("A transfer could not be written to %s", spool_dir())
                raise NotStored from error
            if not decided and (position >= look_at or not body.left):
                look_at = position + LOOKED_EACH
                decided = position > LOOKED_AT or self._look(file, here=position)

    def _look(self, file: IO[bytes], *, here: int) -> bool:
        """Whether enough has come to tell what it is. Raises a Refusal."""
        arriving = Arriving(file, here=here, size=self.length)
        with contextlib.suppress(NotYet), self._ending_if_refused():
            inspect(File(arriving, name=self.name), name=self.name, min_width=self.min_width)  # type: ignore[arg-type]
            return True
        return False

    def finish(self) -> Draft:
        """The draft that a wholly received transfer becomes, once: asked again, it is the same one.

        Raises Refusal, Busy and Gone. A storage in trouble costs no bytes: asking again later tries again.
        """
        if self.draft:
            return self.draft
        with self.partial.opened() as file, held(file):
            try:
                self.refresh_from_db()
            except Transfer.DoesNotExist:
                raise Gone from None
            if self.draft is None:
                with self.partial.as_upload(self.name) as upload:
                    with self._ending_if_refused():
                        header = inspect(upload, name=self.name, min_width=self.min_width)
                    picture = Picture.objects.filed(upload, header, name=self.name)
                with transaction.atomic():
                    picture.enter()
                    self.draft = Draft.objects.create(picture=picture, visitor=self.visitor)
                    self.save(update_fields=["draft"])
            self.partial.forget()
        assert self.draft is not None  # noqa: S101 — just kept, or found
        return self.draft

    def touch(self) -> None:
        """Put off the day it is swept. Not with each piece: a line in the database waits for the disk."""
        now = timezone.now()
        if now - self.touched_at >= TOUCHED_EACH:
            self.touched_at = now
            Transfer.objects.filter(pk=self.pk).update(touched_at=now)

    def end(self) -> None:
        """Give the transfer up, with its bytes and the draft it may have become meanwhile. Raises Busy."""
        with contextlib.suppress(Gone), self.partial.opened() as file, held(file):
            self._give_up()
            return
        self._give_up()

    def _give_up(self) -> None:
        draft = Draft.objects.filter(transfer=self).select_related("picture").first()
        if draft is not None:
            draft.picture.discard()
        else:
            self._drop()

    def _drop(self) -> None:
        partial = self.partial
        self.delete()
        partial.forget()

    @contextlib.contextmanager
    def _ending_if_refused(self) -> Iterator[None]:
        try:
            yield
        except Refusal:
            self._drop()
            raise

    def forget_files(self) -> None:
        """Remove the bytes once the transaction is done; the row is gone or going."""
        transaction.on_commit(self.partial.forget, robust=True)
