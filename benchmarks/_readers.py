"""Subscribers and an issue for them, made in the database: a quarter of a million take seconds."""

import datetime
import random
from typing import Any

from django.db import connection
from django.utils import timezone

LABS = ("Provlabbet", "Grannlabbet", "Tredje labbet")
# What readers choose: nothing, which is everything, or some of the labs. In two languages these are twelve variants.
CHOICES = ((), (0,), (1,), (2,), (0, 1), (1, 2))
WORDS = (
    "grannar",
    "jobb",
    "möte",
    "trygg",
    "gård",
    "kaffe",
    "språk",
    "praktik",
    "ungdomar",
    "förening",
    "samtal",
    "skola",
)


def make_labs() -> list[Any]:
    from labs.models import Lab

    return [
        Lab.objects.create(
            name=name,
            slug=f"labb-{number}",
            municipality="Norrköping",
            challenge="Få har jobb.",
            description="Vi prövar.",
            starts_on=datetime.date(2018, 1, 1),
        )
        for number, name in enumerate(LABS)
    ]


def make_entries(labs: list[Any], *, each: int, words: int) -> None:
    """So many entries for each lab and for all of them, with so many words in each teaser."""
    from newsletter.models import DiaryEntry

    dice = random.Random(7)  # noqa: S311
    published = timezone.now() - datetime.timedelta(hours=1)
    for lab in (*labs, None):
        for number in range(each):
            lede = " ".join(dice.choices(WORDS, k=words)).capitalize()[:299] + "."
            DiaryEntry.objects.create(
                lab=lab,
                title=f"{lab or 'Alla'} berättar, {number + 1}",
                lede=lede,
                body=f"<p>{lede}</p>",
                state="published",
                published_at=published,
            )


def make_subscribers(number: int, labs: list[Any], *, domains: int = 50) -> None:
    """As many active weekly subscribers as it takes to make so many, their choices and languages mixed evenly, at so
    many mail domains."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO newsletter_subscriber (email, state, frequency, language, token, letters_sent, created_at,
                                               confirmed_at, left_because)
            SELECT 'lasare' || n || '@doman' || n %% %(domains)s || '.example.org', 'active', 'weekly',
                   CASE WHEN n %% 2 = 0 THEN 'sv' ELSE 'en' END,
                   left(translate(encode(sha256(n::text::bytea), 'base64'), '+/=', '-__'), 16), 0, now(), now(), ''
            FROM generate_series(1 + (SELECT count(*) FROM newsletter_subscriber), %(number)s) AS n
            """,
            {"number": number, "domains": domains},
        )
        for index, choice in enumerate(CHOICES):
            for lab in choice:
                cursor.execute(
                    """
                    INSERT INTO newsletter_subscriber_labs (subscriber_id, lab_id)
                    SELECT id, %s FROM newsletter_subscriber WHERE id / 2 %% %s = %s
                    ON CONFLICT DO NOTHING
                    """,
                    [labs[lab].pk, len(CHOICES), index],
                )
        cursor.execute("ANALYZE newsletter_subscriber, newsletter_subscriber_labs")


def make_issue() -> Any:
    """The weekly digest, ordered sent and not yet frozen."""
    from newsletter.models import Issue

    issue = Issue.compose_weekly(until=timezone.now())
    assert issue is not None
    issue.intro = "<p>Hej!</p>"
    issue.save()
    Issue.objects.filter(pk=issue.pk).update(state="freezing")
    issue.refresh_from_db()
    return issue
