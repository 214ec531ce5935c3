"""The e-mails about method reports. Called inside the transaction of the deed they tell about."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from mailing.letters import absolute, post

if TYPE_CHECKING:
    from methods.models import Review, Revision


def _path(language: str, name: str, *args: object) -> str:
    with translation.override(language):
        return absolute(reverse(name, args=args))


def changes_requested(revision: "Revision", review: "Review") -> None:
    """Tell the author what a coordinator asks for, section by section."""
    if author := revision.author:
        post(
            template="methods/mail/changes_requested",
            to=author.email,
            language=author.language,
            context={
                "revision": revision,
                "review": review,
                "comments": list(review.comments.all()),
                "url": _path(author.language, "methods:revision", revision.pk),
            },
        )


def published(revision: "Revision") -> None:
    """Tell the author that the report is out."""
    if author := revision.author:
        post(
            template="methods/mail/published",
            to=author.email,
            language=author.language,
            context={"revision": revision, "url": _path(author.language, "methods:detail", revision.method.slug)},
        )
