"""Loads the diary: older entries with their historical dates, newer ones counted back from today."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from demo import people, pictures
from demo.content.diary import ENTRIES
from labs.models import FocusArea, Lab, Organisation
from methods.models import Method
from newsletter.models import DiaryEntry


def load() -> None:
    """Publish the entries that are not there yet; labs, methods and people must be."""
    for content in ENTRIES:
        if DiaryEntry.objects.filter(slug=content["slug"]).exists():
            continue
        lab = Lab.objects.get(slug=content["lab"]) if content["lab"] else None
        author = people.lead_of(lab) if lab else people.coordinator()
        partner = None
        if "partner_article" in content:
            partner, _created = Organisation.objects.get_or_create(
                name=content["partner_article"], defaults={"kind": "company"}
            )
        day = content.get("on") or timezone.localdate() - timedelta(days=content["days_ago"])
        entry = DiaryEntry.objects.create(
            slug=content["slug"],
            title=content["title"],
            body=content["body"],
            lab=lab,
            author=author,
            partner=partner,
            method=Method.objects.filter(slug=content.get("method")).first(),
            picture=pictures.draw(*content["picture"]),
            # An entry that has a date keeps it when it is published.
            published_at=timezone.make_aware(datetime.combine(day, time(9, 30))),
        )
        entry.focus_areas.set(FocusArea.objects.filter(slug__in=content["focus"]))
        entry.record("created", by=author)
        entry.publish(by=author)
