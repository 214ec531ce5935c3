"""The part of a picture's life that happens in the background."""

import logging
from typing import TYPE_CHECKING, NamedTuple, cast

from django.core.files.base import File
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pictures.limits import MAX_ATTEMPTS
from pictures.rendering import CouldNotRender, Rendering, rendered
from pictures.signals import picture_ready, picture_rejected
from workflow import locked

if TYPE_CHECKING:
    from pictures.models.picture import Picture

logger = logging.getLogger(__name__)


class Rendition(NamedTuple):
    """One public copy's size in pixels."""

    width: int
    height: int


class Renderable(models.Model):
    """Gives a picture `render()`, its renditions, and what happens when it cannot be read.

    `sha256` is the original's, counted here because the worker reads the whole file anyway; a web process never does.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        READY = "ready", _("ready")
        REJECTED = "rejected", pgettext_lazy("picture", "rejected")

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("the file is damaged or not what it says it is")
        TOO_HEAVY = "too_heavy", _("it took too much memory or time to read")
        LOST = "lost", _("the stored file could not be found")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKING)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    renditions = models.JSONField(default=list, blank=True)
    fallback = models.CharField(max_length=3, choices=[("jpg", "JPEG"), ("png", "PNG")], default="jpg")
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_rejected(self) -> bool:
        return self.state == self.State.REJECTED

    @property
    def reason_sentence(self) -> str:
        return str(self.Reason(self.reason).label) if self.reason else ""

    @property
    def sizes(self) -> list[Rendition]:
        """The renditions, narrowest first; empty until the picture is ready."""
        return [Rendition(*pair) for pair in self.renditions]

    @property
    def widths(self) -> list[int]:
        return [size.width for size in self.sizes]

    @property
    def rendition_files(self) -> list[str]:
        return [self.rendition_file(size.width, ext) for size in self.sizes for ext in ("webp", self.fallback)]

    def rendition_file(self, width: int, extension: str) -> str:
        """The storage name of one rendition."""
        return f"pictures/renditions/{self.pk.hex[:2]}/{self.pk}/{width}.{extension}"

    def url(self, width: int, extension: str = "") -> str:
        """The address of one rendition; who may fetch it is decided there."""
        return reverse("pictures:rendition", args=[self.pk, width, extension or self.fallback])

    def ask_for_rendering(self) -> None:
        from pictures.tasks import render

        # Without a broker the sweep asks again.
        render.apply_async((str(self.pk),), retry=False)

    def render(self) -> None:
        """Make the renditions in a child process and become ready, or be rejected with a reason.

        Safe to run twice, also at once: the later one finds the picture no longer checking and leaves it.
        """
        if not self._begin_attempt():
            return
        try:
            with rendered(cast("Picture", self)) as rendering:
                self._take(rendering)
        except FileNotFoundError:
            self.reject(self.Reason.LOST)
        except OSError:
            # Our disk or store, not the picture: the sweep asks again, as often as it takes.
            logger.exception("Picture %s could not be read or its renditions not be stored", self.pk)
            type(self)._default_manager.filter(pk=self.pk).update(attempts=F("attempts") - 1)
        except CouldNotRender as failure:
            logger.warning("Picture %s could not be rendered: %s", self.pk, failure)
            self.reject(self.Reason.TOO_HEAVY if failure.heavy else self.Reason.UNREADABLE)

    def reject(self, reason: str) -> None:
        """Give a checking picture up for a reason, and tell whoever owns it."""
        with locked(self):
            if self.state != self.State.CHECKING:
                return
            self.state, self.reason = self.State.REJECTED, reason
            self.save(update_fields=["state", "reason"])
            transaction.on_commit(lambda: picture_rejected.send_robust(type(self), picture=self))

    def _begin_attempt(self) -> bool:
        """Count an attempt before it can kill us: a picture that takes its worker down is not tried for ever."""
        mine = type(self)._default_manager.filter(pk=self.pk, state=self.State.CHECKING)
        if mine.filter(attempts__gte=MAX_ATTEMPTS).exists():
            self.reject(self.Reason.TOO_HEAVY)
            return False
        return bool(mine.update(attempts=F("attempts") + 1, attempted_at=timezone.now()))

    def _take(self, rendering: Rendering) -> None:
        storage = self.original.storage  # type: ignore[attr-defined]
        with locked(self):
            if self.state != self.State.CHECKING:
                return
            self.renditions, self.fallback = [list(size) for size in rendering.sizes], rendering.fallback
            self.sha256, self.state = rendering.sha256, self.State.READY
            for size in self.sizes:
                for extension in ("webp", self.fallback):
                    name = self.rendition_file(size.width, extension)
                    storage.delete(name)
                    with rendering.open(size.width, extension) as file:
                        storage.save(name, File(file))
            self.save(update_fields=["renditions", "fallback", "sha256", "state"])
            transaction.on_commit(lambda: picture_ready.send_robust(type(self), picture=self))
