"""Following a sending, pausing it, and deciding about the uncertain."""

import csv
import html
import io
import re
import tracemalloc

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Delivery, Issue
from newsletter.models.address import normalised
from newsletter.progress import progress_of, speed, time_left
from tests.newsletter.factories import make_frozen, make_subscriber, make_subscribers, make_uncertain

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def on_its_way(db) -> Issue:
    """An issue for ten, of whom four have got it."""
    issue = make_frozen("På väg", make_subscribers(10))
    four = list(issue.deliveries.order_by("pk").values_list("pk", flat=True)[:4])
    issue.deliveries.filter(pk__in=four).update(state="accepted")
    return issue


def base(issue: Issue) -> str:
    return f"/nyhetsbrev/utskick/{issue.pk}/"


def test_the_desk_shows_how_far_it_has_come(coordinator_client, on_its_way):
    page = coordinator_client.get(base(on_its_way)).content.decode()
    assert '<progress max="10" value="4"' in page
    assert f'hx-get="{base(on_its_way)}lage/?state=sending&amp;tenth=4" hx-trigger="every 2s"' in page
    assert "40 % klart" in page


def test_the_figures_are_renewed_alone_and_spoken_at_every_tenth_part(coordinator_client, on_its_way):
    same = coordinator_client.get(f"{base(on_its_way)}lage/?state=sending&tenth=4", headers=HTMX)
    assert ("HX-Retarget" in same.headers, "hx-swap-oob" in same.content.decode()) == (False, False)
    assert 'id="figures"' in same.content.decode()
    assert "<button" not in same.content.decode()
    further = coordinator_client.get(f"{base(on_its_way)}lage/?state=sending&tenth=3", headers=HTMX).content.decode()
    assert '<p id="said" hx-swap-oob="innerHTML">40 % klart</p>' in further


@pytest.mark.parametrize("state", ["paused", "sent", "cancelled"])
def test_another_state_renews_the_whole_section(coordinator_client, on_its_way, state):
    Issue.objects.update(state=state, sent_at=on_its_way.frozen_at)
    answer = coordinator_client.get(f"{base(on_its_way)}lage/?state=sending&tenth=4", headers=HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#progress", "outerHTML")
    page = answer.content.decode()
    assert ("hx-trigger" in page) is (state == "paused")
    assert 'id="issue-state" hx-swap-oob="true"' in page
    assert 'id="desk-actions"' in page


def test_a_sending_that_could_not_be_prepared_brings_the_whole_page(coordinator_client, issue):
    answer = coordinator_client.get(f"{base(issue)}lage/?state=freezing&tenth=0", headers=HTMX)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


def test_whoever_comes_without_htmx_is_led_to_the_desk(coordinator_client, on_its_way):
    assert coordinator_client.get(f"{base(on_its_way)}lage/")["Location"] == f"{base(on_its_way)}#progress"


def test_ten_windows_cost_one_count(coordinator_client, on_its_way):
    cache.clear()
    address = f"{base(on_its_way)}lage/?state=sending&tenth=4"
    counted = []
    for _window in range(3):
        with CaptureQueriesContext(connection) as queries:
            coordinator_client.get(address, headers=HTMX)
        counted.append(sum("newsletter_delivery" in query["sql"] for query in queries))
    assert counted == [1, 0, 0]


def test_a_cache_that_is_down_costs_a_count_and_not_the_page(coordinator_client, on_its_way, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert progress_of(on_its_way).sent == 4
    assert progress_of(on_its_way, fresh=True).sent == 4


def test_a_database_that_does_not_answer_is_not_asked_twice(on_its_way, monkeypatch):
    asked = []

    def gone(deliveries):
        asked.append(deliveries)
        raise OperationalError("gone")

    monkeypatch.setattr("newsletter.models.delivery.DeliveryQuerySet.progress", gone)
    with pytest.raises(OperationalError):
        progress_of(on_its_way, fresh=True)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0, ""),
        (0.001, "1 mejl i minuten"),
        (0.5, "30 mejl i minuten"),
        (1, "1 mejl i sekunden"),
        (1234.4, "1\xa0234 mejl i sekunden"),
    ],
)
def test_the_speed_is_said_in_words(rate, words):
    assert speed(rate) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (1, "mindre än en minut kvar"),
        (50, "ungefär 1 minut kvar"),
        (61, "ungefär 2 minuter kvar"),
        (5400, "ungefär 2 timmar kvar"),
        (10**7, "mer än två dygn kvar"),
    ],
)
def test_the_time_left_is_said_in_words(seconds, words):
    assert time_left(seconds) == words


def test_a_sending_is_paused_and_resumed(coordinator_client, coordinator, on_its_way):
    pause = f"{base(on_its_way)}paus/"
    assert coordinator_client.post(pause)["Location"] == base(on_its_way)
    on_its_way.refresh_from_db()
    assert on_its_way.state == "paused"
    assert coordinator_client.post(pause).status_code == 409
    assert coordinator_client.post(pause, {"take_back": "1"}).status_code == 302
    assert [event.verb for event in on_its_way.events.newest_first()] == ["resumed", "paused"]
    assert coordinator_client.post(pause, {"take_back": "1"}).status_code == 409


def test_the_servers_own_words_are_shown(coordinator_client, on_its_way):
    Issue.objects.update(trouble="454 <b>Vänta</b>")
    page = coordinator_client.get(base(on_its_way)).content.decode()
    assert "454 &lt;b&gt;Vänta&lt;/b&gt;" in page


NEW_PAGES = ["lage/", "mottagare/", "mottagare/logg/", "mottagare/omsandning/"]


@pytest.mark.parametrize("page", NEW_PAGES)
def test_following_is_for_coordinators(client, lead_client, coordinator_client, page):
    issue = make_uncertain()
    assert client.get(base(issue) + page)["Location"].startswith("/konto/")
    assert lead_client.get(base(issue) + page).status_code == 403
    assert coordinator_client.get(f"/nyhetsbrev/utskick/999999/{page}").status_code == 404
    assert coordinator_client.put(base(issue) + page).status_code == 405


@pytest.mark.parametrize("deed", ["paus/", "mottagare/avslut/", "mottagare/omsandning/"])
def test_deciding_is_for_coordinators(client, lead_client, coordinator_client, deed):
    issue = make_uncertain()
    client.post(base(issue) + deed, {"all": "1", "number": "1"})
    assert lead_client.post(base(issue) + deed, {"all": "1", "number": "1"}).status_code == 403
    assert coordinator_client.post(f"/nyhetsbrev/utskick/999999/{deed}").status_code == 404
    assert coordinator_client.delete(base(issue) + deed).status_code == 405
    assert issue.deliveries.uncertain().count() == 1


@pytest.mark.parametrize("deed", ["paus/", "mottagare/avslut/"])
def test_deeds_are_not_pages(coordinator_client, on_its_way, deed):
    assert coordinator_client.get(base(on_its_way) + deed).status_code == 405


def test_one_those_ticked_or_all_are_left_as_they_are(coordinator_client, coordinator):
    issue = make_uncertain(number=5)
    closure = f"{base(issue)}mottagare/avslut/"
    first, second, third, *_rest = issue.deliveries.order_by("pk").values_list("pk", flat=True)
    coordinator_client.post(closure, {"only": first, "delivery": [second]})
    assert issue.deliveries.uncertain().count() == 4
    coordinator_client.post(closure, {"delivery": [second, third]})
    assert issue.deliveries.uncertain().count() == 2
    coordinator_client.post(closure, {"all": "1", "number": "2"})
    assert issue.deliveries.filter(state="unknown", closed_by=coordinator).count() == 5
    assert coordinator_client.post(closure, {"all": "1", "number": "0"}).status_code == 409


def test_sending_again_is_explained_first_and_then_done(coordinator_client):
    issue = make_uncertain(number=3)
    resending = f"{base(issue)}mottagare/omsandning/"
    one = issue.deliveries.order_by("pk")[0]
    page = coordinator_client.get(f"{resending}?only={one.pk}").content.decode()
    assert "Den som ändå har fått det får det två gånger" in page
    assert str(one.subscriber) in page
    assert issue.deliveries.uncertain().count() == 3
    assert coordinator_client.post(resending, {"delivery": one.pk})["Location"] == base(issue)
    issue.refresh_from_db()
    one.refresh_from_db()
    assert (one.state, issue.state, issue.deliveries.uncertain().count()) == ("pending", "sending", 2)
    assert coordinator_client.post(resending, {"delivery": one.pk}).status_code == 409


def test_the_mark_to_look_for_in_the_mail_servers_log_stands_with_each_uncertain_one(coordinator_client):
    issue = make_uncertain(number=3)
    first, second, third = issue.deliveries.order_by("pk")
    issue.deliveries.filter(pk=third.pk).update(state="accepted")

    def marks(page: str) -> list[str]:
        content = html.unescape(coordinator_client.get(f"{base(issue)}mottagare/{page}").content.decode())
        return re.findall(r"<code[^>]*>(<[0-9a-f]{32}@[^>]+>)</code>", content)

    assert marks("") == [first.message_id, second.message_id]
    assert marks("?state=accepted") == []
    assert marks(f"omsandning/?only={second.pk}") == [second.message_id]


def test_who_decides_about_two_does_not_decide_about_those_that_came_since(coordinator_client):
    issue = make_uncertain(number=3)
    resending = f"{base(issue)}mottagare/omsandning/"
    response = coordinator_client.post(resending, {"all": "1", "number": "2"})
    assert response.status_code == 409
    assert "Antalet osäkra mottagare har ändrats och är nu 3." in response.content.decode()
    for wish in ({"all": "1", "number": "2"}, {"all": "1", "number": "x"}, {"all": "1"}):
        response = coordinator_client.post(f"{base(issue)}mottagare/avslut/", wish)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Antalet osäkra mottagare har ändrats och är nu 3." in page
        assert page.count('name="number" value="3"') == 1
        assert f'href="{base(issue)}mottagare/?state=open"' in page
    assert issue.deliveries.uncertain().count() == 3
    assert coordinator_client.post(resending, {"all": "1", "number": "3"}).status_code == 302
    assert issue.deliveries.uncertain().count() == 0


@pytest.mark.parametrize("deed", ["avslut/", "omsandning/"])
def test_one_that_turns_uncertain_while_all_are_decided_about_is_not_among_them(coordinator_client, monkeypatch, deed):
    issue = make_uncertain(number=3)
    late = issue.deliveries.order_by("pk")[0]
    issue.deliveries.filter(pk=late.pk).update(state="accepted")
    real = Issue._uncertain

    def just_then(self, only):
        issue.deliveries.filter(pk=late.pk).update(state="unknown")
        return real(self, only)

    monkeypatch.setattr(Issue, "_uncertain", just_then)
    response = coordinator_client.post(f"{base(issue)}mottagare/{deed}", {"all": "1", "number": "2"})
    assert response.status_code == 409
    assert "Antalet osäkra mottagare har ändrats och är nu" in response.content.decode()
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.filter(state="pending").count()) == ("sent", 0)
    assert issue.deliveries.filter(closed_at__isnull=False).count() == 0


def test_nothing_of_a_cancelled_issue_is_sent_again(coordinator_client):
    issue = make_uncertain(state="cancelled")
    resending = f"{base(issue)}mottagare/omsandning/"
    assert coordinator_client.get(f"{resending}?all=1").status_code == 409
    assert coordinator_client.post(resending, {"all": "1", "number": "1"}).status_code == 409
    assert "Skicka igen" not in coordinator_client.get(f"{base(issue)}mottagare/").content.decode()
    assert coordinator_client.post(f"{base(issue)}mottagare/avslut/", {"all": "1", "number": "1"}).status_code == 302


@pytest.mark.parametrize("deed", ["avslut/", "omsandning/"])
@pytest.mark.parametrize(
    "wish", [{}, {"delivery": ["x", "²", "\x00", "9" * 400]}, {"only": ""}, {"number": "x", "delivery": "-1"}]
)
def test_nothing_ticked_is_said_so(coordinator_client, deed, wish):
    issue = make_uncertain()
    response = coordinator_client.post(f"{base(issue)}mottagare/{deed}", wish, follow=True)
    assert "Kryssa först i de mottagare du bestämmer om." in response.content.decode()
    assert issue.deliveries.uncertain().count() == 1


def test_a_delivery_of_another_issue_is_not_touched(coordinator_client):
    issue, other = make_uncertain("Ett"), make_uncertain("Två")
    pk = other.deliveries.get().pk
    for deed in ("avslut/", "omsandning/"):
        assert coordinator_client.post(f"{base(issue)}mottagare/{deed}", {"delivery": pk}).status_code == 409
    assert coordinator_client.get(f"{base(issue)}mottagare/omsandning/?delivery={pk}").status_code == 409
    assert other.deliveries.uncertain().count() == 1


def test_recipients_are_narrowed_by_what_became_of_them(coordinator_client, coordinator, on_its_way):
    rows = list(on_its_way.deliveries.order_by("pk"))
    Delivery.objects.filter(pk__in=[rows[5].pk, rows[6].pk]).update(state="unknown")
    on_its_way.close_uncertain(by=coordinator, only=[rows[5].pk])
    page = f"{base(on_its_way)}mottagare/"

    def found(query: str) -> int:
        return len(coordinator_client.get(page + query).context["deliveries"])

    counts = {state: found(f"?state={state}") for state in ("accepted", "waiting", "unknown", "open", "failed")}
    assert counts == {"accepted": 4, "waiting": 4, "unknown": 2, "open": 1, "failed": 0}
    assert "avslutat av Demo Samordnare" in coordinator_client.get(f"{page}?state=unknown").content.decode()


@pytest.mark.parametrize("domain", ["räksmörgås.example", "☕.example"])
def test_a_domain_with_letters_of_its_own_is_found_as_it_is_written(coordinator_client, domain):
    ulla = make_subscriber(normalised(f"ulla@{domain}"))
    issue = make_frozen("Till alla", [ulla, make_subscriber()])
    page = coordinator_client.get(f"{base(issue)}mottagare/", {"q": f"ulla@{domain}"})
    assert [row.subscriber for row in page.context["deliveries"]] == [ulla]


def test_more_recipients_take_no_more_queries(coordinator_client):
    def queries(issue: Issue) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(f"{base(issue)}mottagare/").status_code == 200
        return len(captured)

    one, three = make_uncertain("Ett"), make_uncertain("Tre", 3)
    queries(one)
    assert queries(three) == queries(one)


def log(client, issue: Issue, *, english: bool = False) -> list[list[str]]:
    """The rows of the log, the headings first."""
    address = f"/en/newsletter/issues/{issue.pk}/deliveries/log/" if english else f"{base(issue)}mottagare/logg/"
    content = b"".join(client.get(address).streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    delimiter = "," if english else ";"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_the_log_says_what_became_of_each(coordinator_client, coordinator):
    issue = make_uncertain("Osäkert", 2)
    first = issue.deliveries.order_by("pk")[0]
    issue.close_uncertain(by=coordinator, only=[first.pk])
    heading, one, two = log(coordinator_client, issue)
    assert heading == [
        "E-postadress",
        "Språk",
        "Innehåll",
        "Läge",
        "Försök",
        "När",
        "E-postserverns svar",
        "Message-ID",
    ]
    assert one[:5] == [str(first.subscriber), "Svenska", "I Osäkert", "osäkert, avslutat", "1"]
    assert (two[3], two[6]) == ("osäkert", "Förbindelsen bröts.")
    assert [one[7], two[7]] == [delivery.message_id for delivery in issue.deliveries.order_by("pk")]


def test_the_log_is_in_the_readers_language(coordinator_client):
    issue = make_uncertain()
    heading, row = log(coordinator_client, issue, english=True)
    assert (heading[0], row[1], row[3]) == ("E-mail address", "Swedish", "uncertain")


def test_no_cell_of_the_log_is_a_formula(coordinator_client):
    issue = make_uncertain()
    issue.deliveries.update(smtp_reply="=1+1")
    assert log(coordinator_client, issue)[1][6] == "'=1+1"


def test_an_address_that_begins_like_a_formula_is_text(coordinator_client):
    issue = make_frozen("Till alla", [make_subscriber("=cmd@example.org")])
    assert log(coordinator_client, issue)[1][0] == "'=cmd@example.org"


def test_a_longer_log_takes_no_more_memory(coordinator_client, monkeypatch):
    monkeypatch.setattr("newsletter.delivery_log.CHUNK", 100)

    def measure(issue: Issue) -> int:
        """The most bytes that Python held while the file was read."""
        response = coordinator_client.get(f"{base(issue)}mottagare/logg/")
        tracemalloc.start()
        lines = sum(1 for _line in response.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == issue.audience_size + 1
        return peak

    readers = make_subscribers(3000)
    few, many = make_frozen("Få", readers[:300]), make_frozen("Många", readers)
    measure(few)
    assert measure(many) < measure(few) * 1.3


def test_the_file_is_named_after_the_issue(coordinator_client):
    issue = make_uncertain()
    response = coordinator_client.get(f"{base(issue)}mottagare/logg/")
    name = f"utskick-{issue.pk}-{timezone.localdate(issue.frozen_at):%Y-%m-%d}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
