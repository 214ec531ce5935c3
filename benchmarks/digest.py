"""What it takes to choose who gets a digest, and which of its items: `bin/bench digest`.

Fills a database of its own with subscribers of mixed choices, composes a weekly digest, selects its audience as every
look at the desk does, and freezes it: who gets it and what each version says. The last line is JSON: selecting has to
stay under 20 s and freezing under 10 s for 250,000 subscribers, and the memory of the process must not grow with their
number.
"""

import argparse
import datetime
import resource
import sys
import time
from typing import Any

from benchmarks._site import answer, site

LONGEST = 420
ALLOWED_SELECT_S, ALLOWED_FREEZE_S, ALLOWED_GROWTH_MIB = 20, 10, 50

# One in ten reads another rhythm, one in twenty has a pause, one in fifty had been away; most have chosen nothing, some
# labs, some areas, some both.
SUBSCRIBERS = """
INSERT INTO newsletter_subscriber (
    email, state, frequency, language, token, letters_sent, created_at, confirmed_at, left_because, news_from,
    paused_until
)
SELECT 'lasare' || n || '@example.org', 'active', CASE WHEN n %% 10 = 0 THEN 'monthly' ELSE 'weekly' END,
    CASE WHEN n %% 7 = 0 THEN 'en' ELSE 'sv' END, left(md5(n::text), 16), 0, now(), now(), '',
    CASE WHEN n %% 50 = 1 THEN now() - make_interval(days => 8 + n %% 60) END,
    CASE WHEN n %% 20 = 3 THEN now() + interval '1 month' END
FROM generate_series(1, %s) AS n
"""
LABS = """
INSERT INTO newsletter_subscriber_labs (subscriber_id, lab_id)
SELECT s.id, l.id FROM newsletter_subscriber AS s
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM labs_lab) AS l ON (s.id / 3) %% (l.number * 3) = 0
WHERE s.id %% 3 > 0
"""
AREAS = """
INSERT INTO newsletter_subscriber_focus_areas (subscriber_id, focusarea_id)
SELECT s.id, a.id FROM newsletter_subscriber AS s
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM labs_focusarea) AS a ON (s.id / 5) %% (a.number * 2) = 0
WHERE s.id %% 2 > 0
"""


def fill(subscribers: int) -> None:
    """Four labs, forty entries of eight weeks, and the readers."""
    from django.db import connection
    from django.utils import timezone

    from labs.models import FocusArea, Lab
    from newsletter.models import DiaryEntry

    labs = [
        Lab.objects.create(
            name=f"Labb {number}", slug=f"labb-{number}", municipality="Boden", challenge="…", description="…",
            starts_on=datetime.date(2018, 1, 1),
        )
        for number in range(4)
    ]  # fmt: skip
    areas = list(FocusArea.objects.all())
    for number in range(40):
        entry = DiaryEntry.objects.create(
            title=f"Inlägg {number}",
            lab=[*labs, None][number % 5],
            body="<p>Det här hände i veckan.</p>",
            state="published",
            published_at=timezone.now() - datetime.timedelta(days=0.1 if number < 20 else number),
        )
        entry.focus_areas.set(areas[number % 4 : number % 4 + number % 3])
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIBERS, [subscribers])
        cursor.execute(LABS, [])
        cursor.execute(AREAS, [])
        cursor.execute("VACUUM ANALYZE")


def seconds(work: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(subscribers: int) -> dict[str, float]:
    from django.db import connection
    from django.utils import timezone

    from newsletter.audience import Audience
    from newsletter.models import Issue
    from newsletter.sending import IssueFreeze

    print(f"Filling in {subscribers} subscribers …", flush=True)
    fill(subscribers)
    issue, compose_s = seconds(lambda: Issue.compose("weekly", until=timezone.now()))
    before = resident_mib()
    variants, select_s = seconds(lambda: Audience(issue).variants())
    Issue.objects.filter(pk=issue.pk).update(state="freezing")
    _nothing, freeze_s = seconds(lambda: IssueFreeze(issue).run())
    after = resident_mib()
    issue.refresh_from_db()
    selected = sum(count for *_, count in variants)
    if (issue.state, issue.audience_size) != ("sending", selected):
        raise SystemExit(f"Of {selected} selected {issue.audience_size} were written down; the issue is {issue.state}.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT subscriber_id), count(*) FROM newsletter_delivery")
        if cursor.fetchone() != (selected, selected):
            raise SystemExit("The rows do not match the number.")
    connection.close()
    return {
        "subscribers": subscribers,
        "recipients": selected,
        "items": len(issue.items.all()),
        "variants": len(variants),
        "compose_s": round(compose_s, 2),
        "select_s": round(select_s, 2),
        "freeze_s": round(freeze_s, 2),
        "rss_mib": round(after, 1),
        "rss_growth_mib": round(after - before, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench digest", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=250_000, help="how many (default 250000)")
    subscribers = max(1, parser.parse_args().subscribers)
    with site(longest=LONGEST):
        measured = run(subscribers)
    return answer(
        measured,
        {
            f"selected in less than {ALLOWED_SELECT_S} s": measured["select_s"] < ALLOWED_SELECT_S,
            f"prepared in less than {ALLOWED_FREEZE_S} s": measured["freeze_s"] < ALLOWED_FREEZE_S,
            f"grown by less than {ALLOWED_GROWTH_MIB} MiB": measured["rss_growth_mib"] < ALLOWED_GROWTH_MIB,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
