import contextlib
import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pictures.header import Header
from pictures.inspection import inspect
from pictures.models.focus import Focus
from pictures.models.rendering import Renderable
from pictures.names import display_name
from pictures.numbers import grouped, size_in_words
from pictures.refusals import NotStored
from workflow import Gone, IllegalTransition, locked

logger = logging.getLogger(__name__)


class AlreadyClaimed(IllegalTransition):
    """The picture is in use elsewhere: one picture belongs to one object."""


class NotReady(IllegalTransition):
    """A rejected picture cannot be shown to anyone."""


class PictureQuerySet(models.QuerySet["Picture"]):
    def unclaimed(self) -> "PictureQuerySet":
        return self.filter(claimed_at=None)

    def checking(self) -> "PictureQuerySet":
        return self.filter(state=Picture.State.CHECKING)

    def hanging(self) -> "PictureQuerySet":
        """Pictures that have been checking for longer than any attempt takes."""
        before = timezone.now() - timedelta(minutes=10)
        return self.checking().filter(
            models.Q(attempted_at=None) | models.Q(attempted_at__lt=before), uploaded_at__lt=before
        )

    def public(self) -> "PictureQuerySet":
        """Those whose renditions anyone may see."""
        return self.filter(public=True, state=Picture.State.READY)


class PictureManager(models.Manager.from_queryset(PictureQuerySet)):  # type: ignore[misc]
    def keep(self, file: File, header: Header, *, name: str) -> "Picture":
        """Store an inspected file as a private original in state `checking`; rendering begins after the transaction.

        Raises NotStored when the storage does not take it.
        """
        picture = self.filed(file, header, name=name)
        picture.enter()
        return picture

    def filed(self, file: File, header: Header, *, name: str) -> "Picture":
        """A picture that is no row yet, whose original is in the storage: a bucket takes its time, and no transaction
        is to be open meanwhile. Raises NotStored.
        """
        picture = self.model(
            name=display_name(name),
            size=file.size,
            width=header.width,
            height=header.height,
            format=header.format,
            orientation=header.orientation,
        )
        file.seek(0)
        try:
            picture.original.save(picture.name, file, save=False)
        except OSError as error:
            logger.exception("An original could not be stored")
            raise NotStored from error
        return picture

    def add(self, content: bytes, *, name: str, label: str, alt: str = "", public: bool = False) -> "Picture":
        """A picture that needs no form, such as one our own code draws: kept, claimed and rendered before this returns.

        Raises a Refusal as for an upload.
        """
        file = ContentFile(content, name=name)
        picture = self.keep(file, inspect(file, name=name), name=name)
        self.filter(pk=picture.pk).update(alt=alt, public=public)
        picture.claim(label)
        picture.render()
        picture.refresh_from_db()
        return picture


def original_path(picture: "Picture", filename: str) -> str:
    """Nothing of the sender's name reaches the disk. The first two digits spread the files over 256 folders."""
    return f"pictures/originals/{picture.pk.hex[:2]}/{picture.pk}.{picture.format}"


class Picture(Renderable):
    """An uploaded picture: a private original, and renditions that are public when its owner's object is.

    Width and height are in pixels as the picture is seen, after EXIF orientation. `size` is in bytes.
    """

    class Format(models.TextChoices):
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(gettext_lazy("file name"), max_length=120)
    alt = models.CharField(gettext_lazy("text alternative"), max_length=300, blank=True)
    focus = models.CharField(gettext_lazy("what matters most"), max_length=12, choices=Focus, default=Focus.CENTER)
    original = models.FileField(upload_to=original_path, max_length=200)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=4, choices=Format)
    orientation = models.PositiveSmallIntegerField(default=1)
    public = models.BooleanField(gettext_lazy("public"), default=False)
    claimed_for = models.CharField(gettext_lazy("used for"), max_length=200, blank=True)
    claimed_at = models.DateTimeField(gettext_lazy("in use since"), null=True, blank=True)
    uploaded_at = models.DateTimeField(gettext_lazy("uploaded"), auto_now_add=True)

    objects = PictureManager()

    class Meta:
        verbose_name = gettext_lazy("picture")
        indexes = [
            models.Index(fields=["uploaded_at"], condition=models.Q(claimed_at=None), name="picture_unclaimed"),
            models.Index(fields=["attempted_at"], condition=models.Q(state="checking"), name="picture_checking"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="picture_has_a_size"),
            models.CheckConstraint(condition=models.Q(orientation__range=(1, 8)), name="picture_orientation_in_range"),
            models.CheckConstraint(
                condition=models.Q(state="rejected") ^ models.Q(reason=""), name="picture_rejected_for_a_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | ~models.Q(renditions=[]), name="picture_ready_has_renditions"
            ),
            models.CheckConstraint(condition=models.Q(focus__in=Focus.values), name="picture_focus_is_one_of_nine"),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | ~models.Q(sha256=""), name="picture_ready_has_a_checksum"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The private original, for coordinators."""
        return reverse("pictures:original", args=[self.pk])

    @property
    def summary(self) -> str:
        """What the picture is, in a few words: “1 200 × 800 pixels, 3,4 MB”."""
        return _("%(width)s × %(height)s pixels, %(size)s") % {
            "width": grouped(self.width),
            "height": grouped(self.height),
            "size": size_in_words(self.size),
        }

    def enter(self) -> None:
        """Save a picture that was just filed; it is rendered after the transaction."""
        self.save(force_insert=True)
        transaction.on_commit(self.ask_for_rendering, robust=True)

    def claim(self, label: str) -> None:
        """Mark the picture as used by the object that `label` names; it is no draft any more.

        Doing it again with the same label changes nothing. Raises AlreadyClaimed for another one.
        """
        label = label[:200]
        with locked(self):
            if self.claimed_at is not None:
                if self.claimed_for == label:
                    return
                raise AlreadyClaimed(_("The picture %(name)s is already in use elsewhere.") % {"name": self.name})
            self.claimed_for, self.claimed_at = label, timezone.now()
            self.save(update_fields=["claimed_for", "claimed_at"])
            self.draft_set.all().delete()

    def discard(self) -> bool:
        """Delete a picture that is in no use, with its files. Returns whether it was: one that has been claimed
        meanwhile stays, and one that is gone already is as it should be.
        """
        with contextlib.suppress(Gone), locked(self):
            if self.claimed_at is None:
                self.delete()
                return True
        return False

    def publish(self) -> None:
        """Let anyone see the renditions, now or as soon as they are ready. Raises NotReady for a rejected picture."""
        with locked(self):
            if self.is_rejected:
                raise NotReady(
                    _("The picture %(name)s could not be read and cannot be shown: %(reason)s")
                    % {"name": self.name, "reason": self.reason_sentence}
                )
            self.public = True
            self.save(update_fields=["public"])

    def withdraw(self) -> None:
        """Show the renditions only to staff again."""
        with locked(self):
            self.public = False
            self.save(update_fields=["public"])

    def describe(self, alt: str) -> None:
        """Set the text alternative."""
        self.alt = alt[:300]
        self.save(update_fields=["alt"])

    def focus_on(self, focus: str) -> None:
        """Choose the part that is still seen where the picture is cropped: one of `Focus`."""
        self.focus = Focus(focus)
        self.save(update_fields=["focus"])

    @property
    def stored_files(self) -> Iterable[str]:
        yield str(self.original.name)
        yield from self.rendition_files

    def forget_files(self) -> None:
        """Remove the stored files once the transaction is done; the row is gone or going."""
        storage: Any = self.original.storage
        for name in list(self.stored_files):
            # No functools.partial: when the storage is down, Django logs the function's name, and a partial has none.
            transaction.on_commit(lambda name=name: storage.delete(name), robust=True)  # type: ignore[misc]
