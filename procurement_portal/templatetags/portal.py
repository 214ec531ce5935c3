from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from pictures.models import Picture
from procurement_portal.fields import field_labels, national
from procurement_portal.models import ChangeRequest
from procurement_portal.models.states import State

register = template.Library()

THEIRS = {"categories": _("What they offer"), "regions": _("Where they work")}
BADGES = {
    State.SUBMITTED: "sun",
    State.UNDER_REVIEW: "sky",
    State.COMPLEMENT_REQUESTED: "stone",
    State.APPROVED: "pine",
    State.REJECTED: "falu",
    State.WITHDRAWN: "stone",
    ChangeRequest.State.OPEN: "sun",
    ChangeRequest.State.ACCEPTED: "pine",
    ChangeRequest.State.DECLINED: "falu",
    ChangeRequest.State.TAKEN_BACK: "stone",
}

register.filter("national", national)


@register.filter
def bare_address(url: str) -> str:
    """A web address as people say it: without https:// and the last slash."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/") or url


@register.filter
def largest(picture: Picture) -> str:
    """The address of a picture in its widest rendition. Whoever is not let in there gets a 404."""
    return picture.url(picture.sizes[-1].width)


@register.filter
def badge(state: Any) -> str:
    """The colour of a state's badge; the word stands beside it."""
    return BADGES.get(state, "stone")


@register.filter
def field_label(name: str) -> Any:
    """What a field of the application form is called."""
    return field_labels().get(name, name)


@register.filter
def their_label(name: str) -> Any:
    """The same where it is about the company, not to it."""
    return THEIRS.get(name) or field_label(name)
