import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Optional

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from antispam.limits import within
from mailing.models import Letter
from merging import Merge, Seen, Values
from pictures.models import Draft
from procurement_portal.models.continuation import Continuable, ContinuationQuerySet
from procurement_portal.models.enclosures import SLOT_NAMES
from procurement_portal.models.refusals import AlreadySent, TooManyStarted, TooMuchToKeep
from workflow import in_turn

if TYPE_CHECKING:
    from pictures.visitors import Visitor

KEPT = timedelta(days=30)
# Characters in all; the form has room for 4,000 or so.
MOST_WRITTEN = 40_000


class StartedApplicationQuerySet(ContinuationQuerySet):
    def first_of(self, keys: Iterable[uuid.UUID | None]) -> Optional["StartedApplication"]:
        """The first of these forms that something is kept of."""
        wanted = [key for key in keys if key]
        found = {each.form_key: each for each in self.filter(form_key__in=wanted)} if wanted else {}
        return next((found[key] for key in wanted if key in found), None)

    def left_too_long(self) -> "StartedApplicationQuerySet":
        return self.filter(saved_at__lt=timezone.now() - KEPT)


class StartedApplication(Continuable):
    """An application that somebody is filling in: what stands in its fields, as it was typed, right or wrong.

    Nobody reads it but who writes it. It is gone when the application is sent in, and 30 days after it was last saved.
    """

    # The form's own key: the application that is sent in takes it over, however many windows send it.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Pictures by the tokens of their drafts. Never the consent: that is given when the application is sent in.
    values = models.JSONField(default=dict)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    # Whose the pictures are; see pictures.visitors.
    visitor = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = StartedApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("started application")
        indexes = [models.Index(fields=["saved_at"], name="started_application_saved_at")]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def keep(
        cls,
        *,
        form_key: uuid.UUID,
        sent: Values,
        seen: Seen | None,
        visitor: "Visitor",
        network: str = "",
        language: str = "sv",
    ) -> tuple[Optional["StartedApplication"], Merge]:
        """Keep what a window holds, put together with what others have written. None while all fields are empty.

        Raises AlreadySent, TooMuchToKeep, and TooManyStarted for a network that begins very many.
        """
        with in_turn(turn_of(form_key)):
            cls._refuse_if_sent(form_key)
            started = cls.objects.select_for_update().filter(form_key=form_key).first()
            kept: Values = started.values if started else {}
            merge = Merge.of({**sent, **same_pictures(sent, kept)}, kept, seen)
            if started is None:
                if not merge.values:
                    return None, merge
                cls._refuse_if_many(network)
                started = cls(form_key=form_key)
            if sum(len(each) for written in merge.values.values() for each in written) > MOST_WRITTEN:
                raise TooMuchToKeep(gettext("This is more text than we can keep. Shorten it to go on."))
            started.values, started.language, started.saved_at = merge.values, language, timezone.now()
            started._bring_pictures(visitor)
            started.save()
        return started, merge

    @property
    def company(self) -> str:
        """As far as it is written; it may be empty."""
        return (self.values.get("company") or [""])[0]

    @property
    def pictures(self) -> list[str]:
        """The tokens of its pictures."""
        return [token for name in SLOT_NAMES for token in self.values.get(name, [])]

    def is_elsewhere(self, visitor: "Visitor") -> bool:
        """Whether it was last gone on with in another browser, which has its pictures."""
        return bool(self.pictures) and self.visitor != visitor.digest

    def go_on_in(self, visitor: "Visitor") -> None:
        """The applicant goes on in another browser: the pictures come along."""
        if self.is_elsewhere(visitor):
            with transaction.atomic():
                self._bring_pictures(visitor)
                type(self).objects.filter(pk=self.pk).update(visitor=self.visitor)

    def discard(self) -> None:
        """Delete what was written, the letters with a link to it and the pictures, also those that another window has
        brought in this moment.
        """
        with in_turn(turn_of(self.form_key)):
            # Sent in meanwhile? Then there is nothing left to delete.
            for started in type(self).objects.filter(pk=self.pk):
                for draft in Draft.objects.behind(started.pictures).select_related("picture"):
                    draft.picture.discard()
                Letter.objects.holding(started.form_key.hex).delete()
                started.delete()

    @classmethod
    def sweep(cls) -> int:
        """Forget what nobody has gone on with in 30 days. Returns how many."""
        swept = 0
        for started in cls.objects.left_too_long():
            with in_turn(turn_of(started.form_key)):
                # Saved in this very moment? Then it stays.
                if cls.objects.select_for_update().left_too_long().filter(pk=started.pk).exists():
                    started.discard()
                    swept += 1
        return swept

    def _bring_pictures(self, visitor: "Visitor") -> None:
        self.visitor = visitor.remember()
        if self.pictures:
            Draft.objects.hand_over(self.pictures, to=visitor, until=self.saved_at + KEPT)

    @staticmethod
    def _refuse_if_sent(form_key: uuid.UUID) -> None:
        from procurement_portal.models.application import Application

        if Application.objects.filter(form_key=form_key).exists():
            raise AlreadySent(gettext("This application has already been sent in, so it cannot be changed here."))

    @staticmethod
    def _refuse_if_many(network: str) -> None:
        if network and not within("started-application", network, most=settings.STARTED_APPLICATIONS_PER_HOUR):
            raise TooManyStarted(
                gettext("Very many applications have been started from your network. We can keep yours in an hour.")
            )


def turn_of(form_key: uuid.UUID) -> str:
    """What all that is done to one form waits its turn for, from the first word until it is sent in."""
    return f"application {form_key}"


def same_pictures(sent: Values, kept: Values) -> Values:
    """The kept pictures that were uploaded once more: two clicks on a form with files are no two opinions.

    Told by what is known at once, and by the sha256 where both have it: that comes with the renditions.
    """
    same: Values = {}
    for name in SLOT_NAMES:
        tokens = {*sent.get(name, []), *kept.get(name, [])}
        if len(tokens) == 2:
            about = ("picture__sha256", "picture__name", "picture__size", "picture__width", "picture__height")
            files = Draft.objects.behind(tokens).values_list(*about)
            checksums, seen = {file[0] for file in files} - {""}, {file[1:] for file in files}
            if len(files) == 2 and len(checksums) <= 1 and len(seen) == 1:
                same[name] = kept[name]
    return same
