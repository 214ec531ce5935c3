"""What the newsletter's tests write about; boring on purpose."""

import datetime
from typing import Any

from django.utils import timezone

from methods.models import Evidence, Method, Revision
from newsletter.importing.layout import Layout
from newsletter.models import Delivery, DiaryEntry, Issue, Subscriber, SubscriberImport
from newsletter.tasks import run_import


def make_entry(title: str = "Första mötet", *, lab: Any = None, areas: Any = (), **fields: Any) -> DiaryEntry:
    """A published diary entry, an hour old unless `published_at` says otherwise."""
    fields.setdefault("body", "<p>Tolv grannar kom och kaffet räckte.</p>")
    fields.setdefault("state", DiaryEntry.State.PUBLISHED)
    if fields["state"] == DiaryEntry.State.PUBLISHED:
        fields.setdefault("published_at", timezone.now() - datetime.timedelta(hours=1))
    entry = DiaryEntry.objects.create(title=title, lab=lab, **fields)
    entry.focus_areas.set(areas)
    return entry


def make_draft(title: str = "Ett utkast", **fields: Any) -> DiaryEntry:
    return make_entry(title, state=DiaryEntry.State.DRAFT, **fields)


def make_method(
    title: str = "Språkkafé", *, lab: Any, by: Any, areas: Any = (), published_at: datetime.datetime | None = None
) -> Method:
    """A method with one report, published an hour ago unless `published_at` says otherwise."""
    method = Method.start(lab=lab, title=title, by=by)
    method.evidence = Evidence.objects.create(method=method, level=1, rationale="Beskriven.", signed_by=by)
    Revision.objects.filter(method=method).update(
        state="published",
        published_at=published_at or timezone.now() - datetime.timedelta(hours=1),
        summary="Kaffe och ord.",
    )
    method.published = method.revisions.get()
    method.save()
    method.focus_areas.set(areas)
    return method


def make_subscriber(email: str = "lasare@example.org", *, labs: Any = (), areas: Any = (), **fields: Any) -> Subscriber:
    """An active weekly subscriber with no choices: everything."""
    fields.setdefault("state", Subscriber.State.ACTIVE)
    if fields["state"] == Subscriber.State.ACTIVE:
        fields.setdefault("confirmed_at", timezone.now())
    subscriber = Subscriber.objects.create(email=email, **fields)
    subscriber.labs.set(labs)
    subscriber.focus_areas.set(areas)
    return subscriber


def make_subscribers(number: int, **fields: Any) -> list[Subscriber]:
    """So many active weekly subscribers, lasare0@example.org and on."""
    now = timezone.now()
    return Subscriber.objects.bulk_create(
        Subscriber(email=f"lasare{index}@example.org", state="active", confirmed_at=now, **fields)
        for index in range(number)
    )


def make_issue(**fields: Any) -> Issue:
    """The weekly digest of what the last week brought. There must be something."""
    issue = Issue.compose_weekly(until=timezone.now())
    assert issue is not None
    for name, value in fields.items():
        setattr(issue, name, value)
    if fields:
        issue.save()
    return issue


def make_frozen(subject: str, readers: list[Subscriber], *, state: str = "sending", **fields: Any) -> Issue:
    """A special issue whose recipients are written down, each waiting."""
    now = timezone.now()
    if state == "sent":
        fields.setdefault("sent_at", now)
    issue = Issue.objects.create(
        kind="special", subject=subject, state=state, audience_size=len(readers), frozen_at=now, **fields
    )
    issue.put_in(entries=[make_entry(f"I {subject}")])
    variant = issue.variants.create(items=[issue.items.get().pk], language="sv", subject=subject, text="-", html="-")
    Delivery.objects.bulk_create(
        Delivery(issue=issue, subscriber=reader, variant=variant, not_before=now, changed_at=now) for reader in readers
    )
    return issue


def make_stopped(subject: str = "Pausat") -> Issue:
    return make_frozen(subject, [], state="paused")


def make_uncertain(subject: str = "Osäkert", number: int = 1, **fields: Any) -> Issue:
    """A sent issue with so many recipients of whom nobody knows whether they got it."""
    first = Subscriber.objects.count()
    readers = [make_subscriber(f"osaker{index}@example.org") for index in range(first, first + number)]
    issue = make_frozen(subject, readers, state=fields.pop("state", "sent"), **fields)
    issue.deliveries.update(state="unknown", attempt=1, smtp_reply="SMTPServerDisconnected: gone")
    return issue


def make_import(lines: Any, *, by: Any = None, **fields: Any) -> SubscriberImport:
    """An uploaded list, not checked yet. `lines` is a list of lines under the heading “e-post”, or the whole file."""
    data = lines if isinstance(lines, bytes) else "\n".join(["e-post", *lines]).encode()
    layout = Layout.of(data)
    fields = {
        "name": "lista.csv",
        "ground": "Sa ja på mässan i Norrköping i maj.",
        "ground_language": "sv",
        "frequency": "weekly",
        "language": "sv",
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "columns": layout.columns,
        "has_header": layout.has_header,
        **fields,
    }
    return SubscriberImport.begin(data, by=by, **fields)


def make_checked_import(lines: Any, *, by: Any = None, **fields: Any) -> SubscriberImport:
    """An uploaded list that has been checked and waits for its order."""
    upload = make_import(lines, by=by, **fields)
    run_import(upload.pk)
    upload.refresh_from_db()
    return upload
