from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models.event import Event

BY_ITSELF = pgettext_lazy("before a deed of the clock’s", "Automatically:")


class EventsRelation(GenericRelation):
    """Finds an object's events, and leaves them alone when the object is deleted: what happened has happened."""

    def bulk_related_objects(self, objs: Any, using: str = "default") -> models.QuerySet[Event]:
        """What a deletion of `objs` takes along: nothing. (Django's own would delete, which the database refuses.)"""
        return Event.objects.using(using).none()


class Eventful(models.Model):
    """Gives a model `record()` and `events`. `EVENTS` maps each verb to its phrase on screen.

    `WITHOUT_ACCOUNT` stands before the phrase when nobody signed in did it: “The applicant”, or `BY_ITSELF` where only
    the clock can have.
    """

    EVENTS: ClassVar[dict[str, Any]] = {}
    WITHOUT_ACCOUNT: ClassVar[Any] = _("Somebody without an account")

    events = EventsRelation(Event, content_type_field="subject_type", object_id_field="subject_id")

    class Meta:
        abstract = True

    def record(self, verb: str, *, by: Any = None, **particulars: Any) -> Event:
        """Write the event of a deed, in the transaction of the deed. `by` is the user, None for a visitor or the clock.

        Raises ValueError for a verb that `EVENTS` does not name.
        """
        if verb not in self.EVENTS:
            raise ValueError(f"{type(self).__name__}.EVENTS has no verb {verb!r}")
        return Event.objects.create(subject=self, verb=verb, actor=by, particulars=particulars)
