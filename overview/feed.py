"""What has happened everywhere: the events of what coordinators look after, with what each is about."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import models

from history.models import Event
from labs.models import Assessment, Goal, Lab, Measurement
from methods.models import Method, Revision
from newsletter.models import DiaryEntry, Issue, Schedule
from procurement_portal.models import Application, ReferralPause, Supplier, Tip

# Each with what its name and address need, so that a page of events costs one query per kind of thing. People and
# subscribers are left out: their events are read on the person.
SUBJECTS: list[models.QuerySet[Any]] = [
    Lab.objects.all(),
    Goal.objects.select_related("lab"),
    Measurement.objects.select_related("goal__lab"),
    Assessment.objects.select_related("goal__lab"),
    Method.objects.select_related("lab"),
    Revision.objects.select_related("method__lab"),
    DiaryEntry.objects.select_related("lab"),
    Issue.objects.all(),
    Schedule.objects.all(),
    Application.objects.all(),
    Supplier.objects.all(),
    Tip.objects.all(),
    ReferralPause.objects.all(),
]


@dataclass(frozen=True)
class Happening:
    """An event as the feed shows it. `url` is empty when what it was about is gone."""

    event: Event
    about: str
    url: str


def events() -> models.QuerySet[Event]:
    """The events of the feed, newest first."""
    types = ContentType.objects.get_for_models(*(subject.model for subject in SUBJECTS)).values()
    return (
        Event.objects.filter(subject_type__in=types)
        .newest_first()
        .select_related("subject_type")
        .prefetch_related(GenericPrefetch("subject", [subject.all() for subject in SUBJECTS]))
    )


def happenings(rows: Any) -> list[Happening]:
    return [Happening(event, about(event.subject), address(event.subject)) for event in rows]


def about(subject: Any) -> str:
    """The name of what an event is about."""
    if isinstance(subject, Measurement):
        return f"{subject.goal.title}, {subject.period}"
    if isinstance(subject, Assessment):
        return subject.goal.title
    if isinstance(subject, Revision):
        return subject.title
    return str(subject) if subject is not None else ""


def address(subject: Any) -> str:
    """Where a coordinator reads about it."""
    if isinstance(subject, Issue):
        return subject.get_desk_url()
    if isinstance(subject, Assessment):
        return subject.goal.get_absolute_url()
    return subject.get_absolute_url() if subject is not None else ""
