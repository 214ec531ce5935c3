from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def newest_first(self) -> "EventQuerySet":
        return self.select_related("actor").order_by("-created_at", "-pk")


class Event(models.Model):
    """Who did what to what, and when. Append-only: the database refuses changes, except forgetting the actor."""

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    particulars = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "-created_at"], name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type.model} {self.subject_id}"

    @property
    def phrase(self) -> str:
        """What happened, in the reader's language: “verified the measurement”."""
        return str(getattr(self.subject_model, "EVENTS", {}).get(self.verb, self.verb))

    @property
    def doer(self) -> str:
        """Who did it, to stand before the phrase: a name, or what the model calls those without an account."""
        return self.actor.name if self.actor else str(getattr(self.subject_model, "WITHOUT_ACCOUNT", ""))

    @property
    def subject_model(self) -> type[models.Model] | None:
        """What kind of thing it was done to. By id, which is remembered: a list of events does not ask for each."""
        return ContentType.objects.get_for_id(self.subject_type_id).model_class()

    @property
    def note(self) -> str:
        """The words the actor gave with the deed, such as a reason; empty when there were none."""
        return str(self.particulars.get("note") or self.particulars.get("because") or "")
