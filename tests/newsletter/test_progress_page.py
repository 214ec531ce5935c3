"""Following a sending, pausing it, and reading how fast it goes."""

import datetime

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from newsletter.models import Issue
from newsletter.progress import progress_of, speed, time_left
from tests.newsletter.factories import make_uncertain
from tests.newsletter.pages import desk_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NEW_PAGES = ["lage/", "mottagare/", "mottagare/logg/", "mottagare/omsandning/"]


def test_the_desk_shows_how_far_it_has_come(coordinator_client, on_its_way):
    page = coordinator_client.get(desk_of(on_its_way)).content.decode()
    assert '<progress max="10" value="4"' in page
    assert f'hx-get="{desk_of(on_its_way)}lage/?state=sending&amp;tenth=4" hx-trigger="every 2s"' in page
    assert "40 % klart" in page


def test_the_figures_are_renewed_alone_and_spoken_at_every_tenth_part(coordinator_client, on_its_way):
    same = coordinator_client.get(f"{desk_of(on_its_way)}lage/?state=sending&tenth=4", headers=HTMX)
    assert ("HX-Retarget" in same.headers, "hx-swap-oob" in same.content.decode()) == (False, False)
    assert 'id="figures"' in same.content.decode()
    assert "<button" not in same.content.decode()
    further = coordinator_client.get(f"{desk_of(on_its_way)}lage/?state=sending&tenth=3", headers=HTMX).content.decode()
    assert '<p id="said" hx-swap-oob="innerHTML">40 % klart</p>' in further


@pytest.mark.parametrize("state", ["paused", "sent", "cancelled"])
def test_another_state_renews_the_whole_section(coordinator_client, on_its_way, state):
    Issue.objects.update(state=state, sent_at=on_its_way.frozen_at)
    answer = coordinator_client.get(f"{desk_of(on_its_way)}lage/?state=sending&tenth=4", headers=HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#progress", "outerHTML")
    page = answer.content.decode()
    assert ("hx-trigger" in page) is (state == "paused")
    assert 'id="issue-state" hx-swap-oob="true"' in page
    assert 'id="desk-actions"' in page


def test_a_sending_that_could_not_be_prepared_brings_the_whole_page(coordinator_client, issue):
    answer = coordinator_client.get(f"{desk_of(issue)}lage/?state=freezing&tenth=0", headers=HTMX)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


def test_whoever_comes_without_htmx_is_led_to_the_desk(coordinator_client, on_its_way):
    assert coordinator_client.get(f"{desk_of(on_its_way)}lage/")["Location"] == f"{desk_of(on_its_way)}#progress"


def test_ten_windows_cost_one_count(coordinator_client, on_its_way, monkeypatch):
    # What has gone out counts as just now, and its count is kept, however long the machine is held up.
    monkeypatch.setattr("newsletter.models.progress.WINDOW", datetime.timedelta(hours=1))
    monkeypatch.setattr("newsletter.progress.KEPT", 3600)
    address = f"{desk_of(on_its_way)}lage/?state=sending&tenth=4"
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
    pause = f"{desk_of(on_its_way)}paus/"
    assert coordinator_client.post(pause)["Location"] == desk_of(on_its_way)
    on_its_way.refresh_from_db()
    assert on_its_way.state == "paused"
    assert coordinator_client.post(pause).status_code == 409
    assert coordinator_client.post(pause, {"take_back": "1"}).status_code == 302
    assert [event.verb for event in on_its_way.events.newest_first()] == ["resumed", "paused"]
    assert coordinator_client.post(pause, {"take_back": "1"}).status_code == 409


def test_the_servers_own_words_are_shown(coordinator_client, on_its_way):
    Issue.objects.update(trouble="454 <b>Vänta</b>")
    page = coordinator_client.get(desk_of(on_its_way)).content.decode()
    assert "454 &lt;b&gt;Vänta&lt;/b&gt;" in page


@pytest.mark.parametrize("page", NEW_PAGES)
def test_following_is_for_coordinators(client, lead_client, coordinator_client, page):
    issue = make_uncertain()
    assert client.get(desk_of(issue) + page)["Location"].startswith("/konto/")
    assert lead_client.get(desk_of(issue) + page).status_code == 403
    assert coordinator_client.get(f"/nyhetsbrev/utskick/999999/{page}").status_code == 404
    assert coordinator_client.put(desk_of(issue) + page).status_code == 405


@pytest.mark.parametrize("deed", ["paus/", "mottagare/avslut/"])
def test_deeds_are_not_pages(coordinator_client, on_its_way, deed):
    assert coordinator_client.get(desk_of(on_its_way) + deed).status_code == 405
