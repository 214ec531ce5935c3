from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core import signing
from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from pictures import quota
from pictures.inspection import inspect
from pictures.models.picture import Picture

if TYPE_CHECKING:
    from pictures.visitors import Visitor

signer = signing.Signer(salt="pictures.draft")


def _signed(token: str) -> str | None:
    try:
        return signer.unsign(token)
    except signing.BadSignature:
        return None


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, visitor: "Visitor") -> "DraftQuerySet":
        """The drafts this visitor uploaded; none for one who has uploaded nothing."""
        return self.filter(visitor=visitor.digest) if visitor.digest else self.none()


class DraftManager(models.Manager.from_queryset(DraftQuerySet)):  # type: ignore[misc]
    def store(self, file: File, *, name: str, visitor: "Visitor", min_width: int = 1) -> "Draft":
        """Inspect an upload and keep it for the visitor until a form claims it. Raises a Refusal."""
        quota.spend(visitor)
        header = inspect(file, name=name, min_width=min_width)
        picture = Picture.objects.filed(file, header, name=name)
        with transaction.atomic():
            picture.enter()
            return self.create(picture=picture, visitor=visitor.remember())

    def carried(self, token: str, visitor: "Visitor") -> "Draft | None":
        """The visitor's own draft that a form carried as `token`. A forged, claimed or foreign one is as if absent."""
        pk = _signed(token)
        if pk is None:
            return None
        return self.of(visitor).select_related("picture").filter(picture_id=pk).first()

    def behind(self, tokens: Iterable[str]) -> DraftQuerySet:
        """The drafts of tokens that the caller has kept, whoever's they are. Not for tokens that a request brings."""
        return self.filter(picture_id__in=[pk for token in tokens if (pk := _signed(token))])

    def hand_over(self, tokens: Iterable[str], *, to: "Visitor", until: datetime) -> None:
        """Make kept drafts another visitor's own, and keep them from the sweep `until` then."""
        self.behind(tokens).update(visitor=to.remember(), kept_until=until)


class Draft(models.Model):
    """A stored picture that no form has been sent in with yet. Swept after seven days, or when `kept_until` is over."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE)
    visitor = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    kept_until = models.DateTimeField(null=True, blank=True)

    objects = DraftManager()

    class Meta:
        verbose_name = _("uploaded picture")
        constraints = [models.UniqueConstraint(fields=["picture"], name="draft_one_for_a_picture")]

    def __str__(self) -> str:
        return str(self.picture)

    @property
    def token(self) -> str:
        """The signed id that a form carries. Only useful together with the session that uploaded it."""
        return signer.sign(str(self.picture_id))
