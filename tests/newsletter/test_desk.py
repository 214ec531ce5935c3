"""The coordinators' desk: compose, look, test, send, follow."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailing.models import Letter
from newsletter.models import Bounce, DiaryEntry, Issue, Schedule, Subscriber
from newsletter.models.period import SETTLING
from newsletter.views.desk import NEWEST
from tests.conftest import sign_in
from tests.newsletter.factories import (
    make_entry,
    make_frozen,
    make_issue,
    make_method,
    make_subscriber,
    make_subscribers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(issue) -> str:
    return f"/nyhetsbrev/utskick/{issue.pk}/"


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


@pytest.mark.parametrize("where", ["sandning/", "tidpunkt/"])
def test_whoever_sends_says_yes_to_the_number_in_words(coordinator_client, issue, desk, where):
    assert "Ja, det ska gå till 1 prenumerant" in coordinator_client.get(f"{desk}sandning/").content.decode()
    response = coordinator_client.post(desk + where, {"audience": "1", "at": "2099-01-01T06:00"})
    issue.refresh_from_db()
    page = response.content.decode()
    assert (response.status_code, issue.state) == (400, "draft")
    assert "Kryssa i rutan för att säga ja till antalet mottagare." in page
    assert ('value="2099-01-01T06:00"' in page) is (where == "tidpunkt/")


def test_a_yes_to_another_number_is_no_yes_to_this(coordinator_client, issue, desk):
    make_subscriber("sen@example.org")
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    page = response.content.decode()
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (409, "draft")
    assert page.count("Antalet mottagare har ändrats och är nu 2.") == 1
    assert ("checked" in page, 'value="2099-01-01T06:00"' in page) == (False, True)
    assert 'name="audience" value="2"' in page
    assert "Kryssa i rutan" not in page
    bad_time = coordinator_client.post(f"{desk}tidpunkt/", answer | {"audience": "2", "at": "snart"})
    assert "checked" in bad_time.content.decode()


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


def test_an_issue_that_was_not_sent_at_its_time_says_why(coordinator_client, coordinator, issue, desk):
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    assert "Utskicket skulle ha gått iväg" not in coordinator_client.get(desk).content.decode()
    Issue.objects.update(send_at=timezone.now() - datetime.timedelta(minutes=5))
    assert "Utskicket skulle ha gått iväg" in coordinator_client.get(desk).content.decode()
    issue.hold_back("Klockan stod stilla <i>länge</i>.")
    page = coordinator_client.get(desk).content.decode()
    assert "Utskicket gick inte iväg på utsatt tid." in page
    assert "Klockan stod stilla &lt;i&gt;länge&lt;/i&gt;." in page
    issue.refresh_from_db()
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    issue.unschedule(by=coordinator)
    assert "Utskicket gick inte iväg" not in coordinator_client.get(desk).content.decode()


def test_a_scheduled_digest_into_which_a_cancelled_one_went_says_so(coordinator_client, coordinator, issue, desk):
    first = Issue.objects.create(
        kind="weekly",
        subject="Vecka <i>47</i>",
        period_start=issue.period_start - datetime.timedelta(days=7),
        period_end=issue.period_start,
    )
    issue.schedule(timezone.now() + datetime.timedelta(hours=1), by=coordinator, audience=1)
    first.cancel(by=coordinator)
    page = coordinator_client.get(desk).content.decode()
    assert "”Vecka &lt;i&gt;47&lt;/i&gt;” har ställts in, och det som fanns i det har lagts in här." in page
    assert "Titta igenom det och sätt en tid igen." in page
    assert "gick inte iväg" not in page
    assert not Issue.objects.held_back().exists()
    issue.refresh_from_db()
    issue.schedule(timezone.now() + datetime.timedelta(hours=1), by=coordinator, audience=1)
    assert "har lagts in här" not in coordinator_client.get(desk).content.decode()


def test_sending_asks_for_the_count_that_was_seen(coordinator_client, issue, desk, mailoutbox):
    page = coordinator_client.get(f"{desk}sandning/").content.decode()
    assert "Skicka till 1 prenumerant nu" in page
    make_subscriber("sen@example.org")
    response = coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"})
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (409, "draft")
    assert "Antalet mottagare har ändrats och är nu 2." in response.content.decode()
    assert "Skicka till 2 prenumeranter nu" in response.content.decode()


@pytest.mark.parametrize("audience", ["", "0", "-1", "x", "9" * 400])
def test_a_count_that_makes_no_sense_sends_nothing(coordinator_client, issue, desk, audience):
    status = coordinator_client.post(f"{desk}sandning/", {"audience": audience, "confirmed": "on"}).status_code
    issue.refresh_from_db()
    assert (status in {400, 409}, issue.state) == (True, "draft")


def test_of_two_coordinators_pressing_send_one_sends(
    coordinator_client, other_coordinator, issue, desk, mailoutbox, django_capture_on_commit_callbacks
):
    late = sign_in(Client(), other_coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        assert coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"}).status_code == 302
        refused = late.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"})
    assert refused.status_code == 409
    assert "Kanske hann någon annan före." in refused.content.decode()
    assert len(mailoutbox) == 1
    assert late.get(f"{desk}sandning/").status_code == 409


def test_an_issue_nobody_would_get_cannot_be_sent(coordinator_client, entry):
    issue = make_issue()
    desk = f"/nyhetsbrev/utskick/{issue.pk}/"
    assert "Ingen skulle få det här utskicket" in coordinator_client.get(f"{desk}sandning/").content.decode()
    assert coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"}).status_code == 409


def test_a_set_time_is_kept_by_the_clock_and_can_be_taken_back(
    coordinator_client, issue, desk, django_capture_on_commit_callbacks
):
    from newsletter.tasks import kick_unfinished

    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    assert coordinator_client.post(f"{desk}tidpunkt/", answer).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, timezone.localtime(issue.send_at).isoformat()) == ("scheduled", "2099-01-01T06:00:00+01:00")
    assert coordinator_client.post(desk, {"subject": "x"}).status_code == 409
    coordinator_client.post(f"{desk}tidpunkt/", {"take_back": "1"})
    issue.refresh_from_db()
    assert (issue.state, issue.send_at) == ("draft", None)
    coordinator_client.post(f"{desk}tidpunkt/", answer)
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "scheduled"
    Issue.objects.update(send_at=timezone.now() - datetime.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_the_clock_holds_back_an_issue_nobody_is_left_to_get(issue, subscriber, coordinator):
    from newsletter.tasks import kick_unfinished

    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    subscriber.leave()
    Issue.objects.update(send_at=timezone.now())
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "draft"
    assert issue.events.newest_first()[0].verb == "held_back"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"at": "2001-01-01T06:00"}, 400), ({"at": "snart"}, 400), ({"at": ""}, 400), ({"audience": "7"}, 409)],
)
def test_a_time_or_count_that_will_not_do_is_refused(coordinator_client, issue, desk, fields, status):
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00", **fields}
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (status, "draft")


def test_a_time_that_has_passed_is_asked_for_again_with_what_was_filled_in(coordinator_client, issue, desk):
    answer = {"audience": "1", "confirmed": "on", "at": "2001-01-01T06:00"}
    page = coordinator_client.post(f"{desk}tidpunkt/", answer).content.decode()
    assert page.count("Den tiden har redan passerat. Välj en senare, eller skicka nu.") == 2
    assert ('value="2001-01-01T06:00"' in page, "checked" in page) == (True, True)


def test_a_time_set_for_an_issue_that_has_become_empty_is_kept(coordinator_client, issue, desk):
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    issue.items.all().delete()
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Utskicket är tomt. Lägg något i det först." in page
    assert 'value="2099-01-01T06:00"' in page
    entry = make_entry("Nytt")
    issue.put_in(entries=[entry])
    page = coordinator_client.post(f"{desk}tidpunkt/", {"at": "2099-01-01T06:00"}).content.decode()
    assert ('value="2099-01-01T06:00"' in page, 'name="audience" value="1"' in page) == (True, True)
    issue.items.all().delete()
    response = coordinator_client.post(f"{desk}sandning/", answer)
    assert response.status_code == 409
    assert "Utskicket är tomt. Lägg något i det först." in response.content.decode()


def test_cancelling_says_why_and_cannot_be_done_twice(coordinator_client, issue, desk):
    for unfit in ("Fel\x00 siffror.", "Fel siffror. " * 30):
        response = coordinator_client.post(f"{desk}installande/", {"because": unfit})
        assert (response.status_code, "Fel" in response.content.decode()) == (400, True)
        assert Issue.objects.get().state == "draft"
    assert coordinator_client.post(f"{desk}installande/", {"because": "Fel siffror."}).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.events.newest_first()[0].note) == ("cancelled", "Fel siffror.")
    assert coordinator_client.post(f"{desk}installande/").status_code == 409


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


def test_only_what_comes_again_is_promised_to_come_again(coordinator_client, coordinator, desk):
    again, never = "Det som finns i det kommer med i nästa sammandrag.", "kommer inte med någon annan gång"
    digest = coordinator_client.get(f"{desk}installande/").content.decode()
    special = Issue.begin_special(by=coordinator)
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{special.pk}/installande/").content.decode()
    assert [again in digest, never in digest, again in page, never in page] == [True, False, False, True]


def test_a_test_goes_to_the_coordinator_alone_with_impersonal_links(
    coordinator_client, coordinator, issue, desk, subscriber
):
    coordinator_client.post(f"{desk}prov/", {"language": "en"})
    letter = Letter.objects.get()
    assert (letter.to, letter.language) == (coordinator.email, "en")
    tested = issue.events.newest_first()[0]
    assert (tested.verb, tested.actor) == ("tested", coordinator)
    assert letter.subject == f"Test: {issue.subject_en}"
    for part in (letter.text, letter.html):
        assert "recipient.invalid" not in part
        assert subscriber.token not in part
        assert "Första mötet" in part
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("draft", 0)


def test_the_preview_shows_what_each_group_gets(coordinator_client, lab, other_lab, safety):
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab, areas=[safety])
    make_subscribers(2)
    make_subscriber("labbet@example.org", labs=[lab], language="en")
    issue = make_issue()
    preview = f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/"
    variants = coordinator_client.get(preview).context["variants"]
    assert [(len(each.items), each.language, each.count) for each in variants] == [(2, "sv", 2), (1, "en", 1)]
    narrow = coordinator_client.get(f"{preview}mejl/?language=en&items={variants[1].key}")
    page = narrow.content.decode()
    assert ("Härifrån" in page, "Därifrån" in page, "From the diary" in page) == (True, False, True)
    policy = narrow["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert narrow["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in coordinator_client.get(preview)["Content-Security-Policy"]


def test_the_preview_names_some_of_those_who_get_a_version(coordinator_client, lab, other_lab):
    make_entry("Om jobb", lab=lab)
    make_entry("Om allt")
    make_subscribers(22)
    make_subscriber("granne@example.org", labs=[other_lab])
    issue = make_issue()
    preview = f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/"
    largest, smallest = coordinator_client.get(preview).context["variants"]
    page = coordinator_client.get(f"{preview}?language=sv&items={largest.key}")
    assert [str(each) for each in page.context["some"]] == [f"lasare{number}@example.org" for number in range(20)]
    assert "Det här är de första av dem." in page.content.decode()
    page = coordinator_client.get(f"{preview}?language=sv&items={smallest.key}")
    assert [str(each) for each in page.context["some"]] == ["granne@example.org"]
    assert "Det här är de första av dem." not in page.content.decode()
    assert coordinator_client.get(f"{preview}?language=en&items={smallest.key}").context["some"] == []


@pytest.fixture
def sent(coordinator, lab, other_lab, mailoutbox, django_capture_on_commit_callbacks) -> Issue:
    """Sent to two readers who get both entries, and in English to one who gets the first."""
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab)
    make_subscribers(2)
    make_subscriber("labbet@example.org", labs=[lab], language="en")
    issue = make_issue()
    with django_capture_on_commit_callbacks(execute=True):
        issue.send(by=coordinator, audience=3)
    return issue


def test_once_it_is_sent_the_preview_shows_what_was_sent(coordinator_client, coordinator, sent):
    """Whatever has become of the entries and of the readers since."""
    entry = DiaryEntry.objects.get(title="Härifrån")
    entry.withdraw(by=coordinator)
    DiaryEntry.objects.update(title="Ett annat ord")
    Subscriber.objects.get(email="lasare0@example.org").leave()
    make_subscriber("ny@example.org")
    preview = f"/nyhetsbrev/utskick/{sent.pk}/forhandsvisning/"
    page = coordinator_client.get(f"{preview}?as=text")
    largest, smallest = page.context["variants"]
    assert [(len(each.items), each.language, each.count) for each in (largest, smallest)] == [
        (2, "sv", 2),
        (1, "en", 1),
    ]
    assert [str(each) for each in page.context["some"]] == ["lasare0@example.org", "lasare1@example.org"]
    letter = page.content.decode().partition("<pre")[2].partition("</pre>")[0]
    assert ("Härifrån" in letter, "Därifrån" in letter, "Ett annat ord" in letter) == (True, True, False)
    mail = coordinator_client.get(f"{preview}mejl/?language=en&items={smallest.key}").content.decode()
    assert ("Härifrån" in mail, "Därifrån" in mail, "From the diary" in mail) == (True, False, True)
    assert mail == sent.variants.get(language="en").html
    assert coordinator_client.get(f"{preview}?language=en").context["key"] == smallest.key


def test_once_it_is_sent_there_are_no_other_versions(coordinator_client, sent):
    preview = f"/nyhetsbrev/utskick/{sent.pk}/forhandsvisning/"
    item = sent.items.get(entry__title="Därifrån")
    for page in (preview, f"{preview}mejl/"):
        assert coordinator_client.get(f"{page}?items={item.pk}").status_code == 404
        assert coordinator_client.get(f"{page}?items=x-%00-9999999999999999999").status_code == 404
    assert "Allt som finns i det" not in coordinator_client.get(preview).content.decode()


def test_a_cancelled_issue_is_said_to_go_to_nobody(coordinator_client, coordinator, subscriber, issue, desk):
    issue.cancel(by=coordinator)
    page = coordinator_client.get(f"{desk}forhandsvisning/")
    assert (page.status_code, page.context["variants"], page.context["some"]) == (200, [], [])


def test_the_preview_has_a_form_for_each_way_to_see_it(coordinator_client, subscriber, issue, desk):
    pages = {
        form: coordinator_client.get(f"{desk}forhandsvisning/?as={form}").content.decode()
        for form in ("html", "phone", "text", "source")
    }
    assert [form for form, page in pages.items() if "<iframe" in page] == ["html", "phone"]
    assert "mail-frame--phone" in pages["phone"]
    assert "UR DAGBOKEN" in pages["text"]
    assert "1 prenumerant" in pages["text"]
    source = pages["source"].partition("mail-text--source")[2]
    assert "To: mottagare@example.org" in source
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in source
    assert "/u/EXEMPEL-" in source
    assert [secret for secret in (subscriber.token, subscriber.email, "recipient.invalid") if secret in source] == []


def test_the_preview_writes_nothing(coordinator_client, issue, desk):
    for form in ("html", "source"):
        coordinator_client.get(f"{desk}forhandsvisning/?as={form}")
    assert (Subscriber.objects.count(), Letter.objects.count(), issue.events.count()) == (1, 0, 1)


def test_a_mail_that_gmail_would_cut_off_is_told_about(coordinator_client, issue, desk):
    assert "Gmail" not in coordinator_client.get(f"{desk}forhandsvisning/").content.decode()
    Issue.objects.update(intro="<p>" + "Ord. " * 21000 + "</p>")
    assert "Gmail kortar av" in coordinator_client.get(f"{desk}forhandsvisning/").content.decode()


def test_the_version_that_is_looked_at_is_tested(coordinator_client, lab, other_lab):
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab)
    issue = make_issue()
    desk = f"/nyhetsbrev/utskick/{issue.pk}/"
    item = issue.items.get(entry__title="Härifrån")
    response = coordinator_client.post(f"{desk}prov/", {"language": "sv", "items": f"{item.pk}-x-\x00"})
    assert response["Location"] == f"{desk}forhandsvisning/?language=sv&items={item.pk}"
    letter = Letter.objects.get()
    assert ("Härifrån" in letter.text, "Därifrån" in letter.text) == (True, False)
    coordinator_client.post(f"{desk}prov/", {"language": "sv", "items": "999999"})
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("page", "methods"),
    [("forhandsvisning/", "put"), ("forhandsvisning/mejl/", "post"), ("innehall/", "put"), ("mottagare/", "post"),
     ("sandning/", "delete"), ("tidpunkt/", "get"), ("prov/", "get"), ("installande/", "put")],
)  # fmt: skip
def test_a_wrong_method_is_said_so(coordinator_client, desk, page, methods):
    assert getattr(coordinator_client, methods)(desk + page).status_code == 405


@pytest.mark.parametrize("query", ["as=pdf", "as=%00", "language=tlh", "language=%00"])
def test_a_language_we_do_not_write_is_not_found(coordinator_client, desk, query):
    assert coordinator_client.get(f"{desk}forhandsvisning/?{query}").status_code == 404
    assert coordinator_client.get(f"{desk}forhandsvisning/?items=x-%00-9999999999999999999").status_code == 200


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


def test_the_schedule_is_kept_with_who_changed_it(coordinator_client, lead_client, coordinator):
    assert lead_client.post("/nyhetsbrev/utskick/tidtabell/", {"automatic": "weekly"}).status_code == 403
    assert coordinator_client.post("/nyhetsbrev/utskick/tidtabell/", {"automatic": ["weekly"]}).status_code == 302
    assert (Schedule.is_automatic("weekly"), Schedule.is_automatic("each")) == (True, False)
    assert Schedule.objects.get(rhythm="weekly").changed_by == coordinator
    assert coordinator_client.post("/nyhetsbrev/utskick/tidtabell/", {"automatic": ["hourly"]}).status_code == 400


def test_the_recipients_show_what_came_back_after_the_mail_server_had_taken_it(coordinator_client, issue, subscriber):
    frozen = make_frozen("Skickat", [subscriber], state="sent")
    delivery = frozen.deliveries.get()
    frozen.deliveries.update(state="accepted", smtp_reply="250 2.0.0 Kept")
    Bounce.receive(subscriber, kind="soft", source="dsn", event_key="1", delivery=delivery, diagnostic="452 4.2.2 full")
    Bounce.receive(subscriber, kind="hard", source="smtp", event_key="2", delivery=delivery, diagnostic="told already")
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{frozen.pk}/mottagare/").content.decode()
    assert "452 4.2.2 full" in page
    assert "told already" not in page
