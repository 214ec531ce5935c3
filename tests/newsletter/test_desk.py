"""The coordinators' desk: compose, look, test, send, follow."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailing.models import Letter
from newsletter.models import Bounce, Issue
from newsletter.models.period import SETTLING
from newsletter.views.desk import NEWEST
from tests.newsletter.factories import (
    make_entry,
    make_frozen,
    make_issue,
    make_method,
    make_subscriber,
    make_subscribers,
)

pytestmark = pytest.mark.django_db


PAGES = ["", "forhandsvisning/", "forhandsvisning/mejl/", "sandning/", "installande/", "mottagare/"]


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_for_coordinators(client, lead_client, coordinator_client, desk, page):
    assert client.get(desk + page)["Location"].startswith("/konto/")
    assert lead_client.get(desk + page).status_code == 403
    assert coordinator_client.get(desk + page).status_code == 200
    assert coordinator_client.get(f"/nyhetsbrev/utskick/999999/{page}").status_code == 404
    assert coordinator_client.get(f"/nyhetsbrev/utskick/99999999999999999999/{page}").status_code == 404


@pytest.mark.parametrize("deed", ["", "innehall/", "prov/", "sandning/", "tidpunkt/", "installande/"])
def test_nobody_else_can_do_anything(client, lead_client, issue, desk, deed):
    client.post(desk + deed, {"audience": "1"})
    assert lead_client.post(desk + deed, {"audience": "1"}).status_code == 403
    issue.refresh_from_db()
    assert (issue.state, issue.items.count(), Letter.objects.count()) == ("draft", 1, 0)


def test_a_coordinator_composes_a_weekly_digest(coordinator_client, entry, coordinator):
    response = coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "weekly"})
    issue = Issue.objects.get()
    assert (response["Location"], issue.created_by) == (f"/nyhetsbrev/utskick/{issue.pk}/", coordinator)


def test_with_nothing_new_they_are_told_so(coordinator_client, db):
    response = coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "weekly"}, follow=True)
    assert "Inget har publicerats sedan förra utskicket" in response.content.decode()
    assert coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "hourly"}).status_code == 400


def test_two_clicks_begin_one_special_issue(coordinator_client):
    pages = [coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "special"}) for _click in range(2)]
    issue = Issue.objects.get()
    assert [page.url for page in pages] == [issue.get_desk_url()] * 2


def test_a_special_issue_goes_to_every_active_reader(coordinator_client, entry):
    make_subscriber("a@example.org", frequency="monthly")
    make_subscriber("b@example.org", frequency="each")
    coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "special"})
    issue = Issue.objects.get()
    coordinator_client.post(f"/nyhetsbrev/utskick/{issue.pk}/innehall/", {"news": f"entry-{entry.pk}"})
    assert (issue.items.get().entry, issue.audience_count()) == (entry, 2)


def test_words_are_saved_cleaned_and_on_record(coordinator_client, issue, desk):
    words = {"subject": " Nytt\n här ", "intro": "<p>Hej<script>x</script></p>", "intro-format": "html"}
    words["seen"] = issue.words_mark
    response = coordinator_client.post(desk, {**words, "subject_en": "", "intro_en": ""})
    issue.refresh_from_db()
    assert (response.status_code, issue.subject, issue.intro) == (302, "Nytt här", "<p>Hej</p>")
    assert issue.events.newest_first()[0].verb == "changed"


@pytest.mark.parametrize("subject", ["", "x" * 151, "a\x00b"])
def test_a_bad_subject_is_refused_and_the_rest_kept(coordinator_client, desk, subject):
    response = coordinator_client.post(desk, {"subject": subject, "intro": "Kvar.", "subject_en": "Still here"})
    assert response.status_code == 400
    assert "Still here" in response.content.decode()
    assert "Kvar." in response.content.decode()


def test_items_move_and_leave(coordinator_client, coordinator, lab):
    for title in ("B", "A"):
        make_entry(title)
    make_method("M", lab=lab, by=coordinator)
    issue = make_issue()
    m, a, b = issue.items.all()
    items = f"/nyhetsbrev/utskick/{issue.pk}/innehall/"
    coordinator_client.post(items, {"up": b.pk})
    assert [item.pk for item in issue.items.all()] == [m.pk, b.pk, a.pk]
    coordinator_client.post(items, {"down": m.pk})
    assert [item.pk for item in issue.items.all()] == [b.pk, m.pk, a.pk]
    coordinator_client.post(items, {"remove": m.pk})
    for nonsense in (
        {"up": "x"},
        {"remove": "999999999999999999999"},
        {"down": "\x00"},
        {},
        {"news": "entry-x"},
    ):
        assert coordinator_client.post(items, nonsense).status_code == 302
    assert [item.pk for item in issue.items.all()] == [b.pk, a.pk]


def test_what_was_written_is_kept_when_the_issue_is_no_longer_a_draft(coordinator_client, issue, desk):
    Issue.objects.update(state="scheduled", send_at=timezone.now() + datetime.timedelta(days=1))
    response = coordinator_client.post(desk, {"subject": "Mina ord", "intro": "Långt och fint."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Mina ord" in page
    assert "Långt och fint." in page
    assert "Det du skrev är inte sparat." in page
    assert "Spara texten" not in page


def test_the_preview_line_is_kept_on_one_line(coordinator_client, issue, desk):
    words = {"subject": "Nytt", "preheader": " Vi \n tror ", "preheader_en": "We think", "seen": issue.words_mark}
    assert coordinator_client.post(desk, words).status_code == 302
    issue.refresh_from_db()
    assert (issue.preheader, issue.preheader_in("en")) == ("Vi tror", "We think")
    assert coordinator_client.post(desk, words | {"preheader": "x" * 151}).status_code == 400


def test_the_newest_of_a_long_history_is_shown_and_the_rest_is_a_link_away(
    coordinator_client, coordinator, issue, desk
):
    for number in range(NEWEST):
        issue.record("tested", by=coordinator, number=number)
    page = coordinator_client.get(desk)
    assert (len(page.context["events"]), page.context["more_events"]) == (NEWEST, True)
    assert 'href="?history=all#history"' in page.content.decode()
    page = coordinator_client.get(f"{desk}?history=all")
    assert (len(page.context["events"]), page.context["more_events"]) == (NEWEST + 1, False)
    assert "history=all#history" not in page.content.decode()


@pytest.mark.parametrize(
    ("page", "methods"),
    [("forhandsvisning/", "put"), ("forhandsvisning/mejl/", "post"), ("innehall/", "put"), ("mottagare/", "post"),
     ("sandning/", "delete"), ("tidpunkt/", "get"), ("prov/", "get"), ("installande/", "put")],
)  # fmt: skip
def test_a_wrong_method_is_said_so(coordinator_client, desk, page, methods):
    assert getattr(coordinator_client, methods)(desk + page).status_code == 405


def test_each_recipient_can_be_found(
    coordinator_client, coordinator, entry, mailoutbox, django_capture_on_commit_callbacks
):
    make_subscribers(60)
    issue = make_issue()
    with django_capture_on_commit_callbacks(execute=True):
        issue.send(by=coordinator, audience=60)
    page = f"/nyhetsbrev/utskick/{issue.pk}/mottagare/"
    assert len(coordinator_client.get(page).context["deliveries"]) == 50
    assert len(coordinator_client.get(f"{page}?page=2").context["deliveries"]) == 10
    found = coordinator_client.get(f"{page}?q=LASARE33@").context["deliveries"]
    assert [delivery.subscriber.email for delivery in found] == ["lasare33@example.org"]
    assert len(coordinator_client.get(f"{page}?state=failed").context["deliveries"]) == 0
    for nonsense in ("?q=%00&state=%00", "?state=gone", f"?q={'x' * 999}", "?page=-1", "?page=x"):
        assert coordinator_client.get(page + nonsense).status_code == 200


@pytest.mark.parametrize("page", ["/nyhetsbrev/utskick/", "{desk}", "{desk}forhandsvisning/", "{desk}mottagare/"])
def test_more_items_and_recipients_take_no_more_queries(
    coordinator_client, coordinator, lab, employment, page, mailoutbox
):
    def build(number: int) -> str:
        Issue.objects.update(period_end=timezone.now() - 2 * SETTLING)
        for index in range(number):
            make_entry(f"Inlägg {index}", lab=lab, areas=[employment], published_at=timezone.now() - SETTLING)
            make_method(f"Metod {index}", lab=lab, by=coordinator, areas=[employment])
            make_subscriber(f"{number}-{index}@example.org")
        issue = make_issue()
        issue.put_in(revisions=[method.revisions.get() for method in lab.methods.all()])
        return page.format(desk=f"/nyhetsbrev/utskick/{issue.pk}/")

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert coordinator_client.get(address).status_code == 200
        return len(queries)

    one = build(1)
    count(one)
    few = count(one)
    assert count(build(3)) <= few


def test_the_recipients_show_what_came_back_after_the_mail_server_had_taken_it(coordinator_client, issue, subscriber):
    frozen = make_frozen("Skickat", [subscriber], state="sent")
    delivery = frozen.deliveries.get()
    frozen.deliveries.update(state="accepted", smtp_reply="250 2.0.0 Kept")
    Bounce.receive(subscriber, kind="soft", source="dsn", event_key="1", delivery=delivery, diagnostic="452 4.2.2 full")
    Bounce.receive(subscriber, kind="hard", source="smtp", event_key="2", delivery=delivery, diagnostic="told already")
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{frozen.pk}/mottagare/").content.decode()
    assert "452 4.2.2 full" in page
    assert "told already" not in page
