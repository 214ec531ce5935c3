"""What coordinators see of the subscribers, and do when those ask."""

import csv
import datetime
import io

import pytest
from django.utils import timezone

from newsletter.models import Bounce, Subscriber
from newsletter.models.on_request import AlreadyGone, ComplaintStands, NotBlocked
from newsletter.sending import Drain
from tests.newsletter.factories import make_subscriber, make_subscribers

pytestmark = pytest.mark.django_db
PAGE = "/nyhetsbrev/prenumeranter/"


def shown(client, **query) -> list[str]:
    return [subscriber.email for subscriber in client.get(PAGE, query).context["subscribers"]]


@pytest.fixture
def various(db) -> None:
    make_subscriber("anna@example.org")
    make_subscriber("bo@xn--rksmrgs-5wao1o.example")
    make_subscriber("cecilia@example.org", frequency="monthly", language="en")
    make_subscriber("david@example.org").leave()
    make_subscriber("eva@example.org").erase()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["david", "cecilia", "bo", "anna"]),
        ({"q": "ANNA"}, ["anna"]),
        ({"q": " cecilia@example.org "}, ["cecilia"]),
        ({"q": "räksmörgås"}, ["bo"]),
        ({"q": "bo@räksmörgås.example"}, ["bo"]),
        ({"q": "100%_"}, []),
        ({"q": "eva"}, []),
        ({"state": "unsubscribed"}, ["david"]),
        ({"frequency": "monthly"}, ["cecilia"]),
        ({"language": "en", "state": "active"}, ["cecilia"]),
        ({"state": "nonsense", "page": "x"}, ["david", "cecilia", "bo", "anna"]),
    ],
)
def test_subscribers_are_found_by_address_and_choice(various, coordinator_client, query, found):
    assert [email.partition("@")[0] for email in shown(coordinator_client, **query)] == found


def test_the_address_is_shown_as_its_owner_writes_it(various, coordinator_client):
    assert "bo@räksmörgås.example" in coordinator_client.get(PAGE).content.decode()


def test_the_list_asks_a_constant_number_of_questions(coordinator_client, django_assert_num_queries):
    make_subscribers(1)
    coordinator_client.get(PAGE)
    with django_assert_num_queries(5):
        coordinator_client.get(PAGE)
    make_subscriber("b@example.org", frequency="each")
    make_subscriber("c@example.org", state="pending")
    with django_assert_num_queries(5):
        coordinator_client.get(PAGE)


def test_the_page_of_a_subscriber_tells_state_consent_history_and_deliveries(
    coordinator_client, issue, subscriber, coordinator
):
    subscriber.consents.create(text="Ja tack, gärna.", form="/nyhetsbrev/", language="sv")
    issue.send(by=coordinator)
    Drain(issue.pk).run()
    subscriber.bounce("550 no such user")
    page = coordinator_client.get(subscriber.get_absolute_url()).content.decode()
    for words in ("Ja tack, gärna.", "550 no such user", "Häv spärren", issue.title, "i formuläret /nyhetsbrev/"):
        assert words in page
    assert subscriber.token not in page


def test_the_page_asks_a_constant_number_of_questions(coordinator_client, subscriber, django_assert_num_queries):
    subscriber.consents.create(text="Ja.", form="/nyhetsbrev/", language="sv")
    coordinator_client.get(subscriber.get_absolute_url())
    with django_assert_num_queries(10):
        coordinator_client.get(subscriber.get_absolute_url())
    for _each in range(2):
        subscriber.consents.create(text="Ja.", form="/nyhetsbrev/", language="sv")
        subscriber.record("changed")
    with django_assert_num_queries(10):
        coordinator_client.get(subscriber.get_absolute_url())


def come_back(subscriber, *keys: str) -> None:
    for key in keys:
        Bounce.receive(subscriber, kind="soft", source="dsn", event_key=key, diagnostic="452 Mailbox full")


def test_what_came_back_is_told_in_words(coordinator_client, subscriber):
    come_back(subscriber, "one")
    page = coordinator_client.get(subscriber.get_absolute_url()).content.decode()
    told = page.partition("Det som kom i retur")[2].partition("</section>")[0]
    assert "Brevlådan är full eller ur funktion" in told
    assert "452 Mailbox full" in told
    assert f"{timezone.localtime(subscriber.bounces.get().happened_at):%Y}" in told
    assert f"{subscriber.pk}: soft" not in page


def test_three_that_came_back_take_no_more_questions_than_one(
    coordinator_client, subscriber, django_assert_num_queries
):
    come_back(subscriber, "one")
    coordinator_client.get(subscriber.get_absolute_url())
    with django_assert_num_queries(10):
        coordinator_client.get(subscriber.get_absolute_url())
    come_back(subscriber, "two", "three")
    with django_assert_num_queries(10):
        coordinator_client.get(subscriber.get_absolute_url())


def test_stopping_on_request_notes_who_and_why(coordinator_client, coordinator, subscriber):
    page = f"{subscriber.get_absolute_url()}avslut/"
    assert coordinator_client.get(page).status_code == 200
    assert coordinator_client.post(page, {"because": " "}).status_code == 400
    response = coordinator_client.post(page, {"because": "Ringde från LASARE@example.org."})
    assert (response.status_code, response["Location"]) == (302, subscriber.get_absolute_url())
    subscriber.refresh_from_db()
    event = subscriber.events.get()
    assert (subscriber.state, subscriber.left_because) == ("unsubscribed", "Ringde från ….")
    assert (event.verb, event.actor, event.note) == ("left_on_request", coordinator, "Ringde från ….")
    assert coordinator_client.post(page, {"because": "Igen."}).status_code == 409
    with pytest.raises(AlreadyGone):
        subscriber.leave_on_request(by=coordinator, because="Igen.")


def test_a_block_is_lifted_when_the_address_works_again(coordinator_client, coordinator, subscriber):
    page = f"{subscriber.get_absolute_url()}havd-sparr/"
    with pytest.raises(NotBlocked):
        subscriber.lift_block(by=coordinator, because="Inget.")
    subscriber.bounce("550")
    answer = coordinator_client.post(page, {"because": "Servern är lagad."}, follow=True)
    assert "Spärren är hävd. Nästa utskick går dit igen." in answer.content.decode()
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.left_at, subscriber.left_because) == ("active", None, "")
    assert subscriber.events.newest_first()[0].verb == "reached_again"


def test_who_never_confirmed_has_to_sign_up_again_when_the_block_is_lifted(coordinator_client):
    subscriber = make_subscriber(state="pending")
    subscriber.bounce("550")
    page = f"{subscriber.get_absolute_url()}havd-sparr/"
    answer = coordinator_client.post(page, {"because": "Servern är lagad."}, follow=True).content.decode()
    subscriber.refresh_from_db()
    assert subscriber.state == "pending"
    assert "De bekräftade aldrig adressen, så inget utskick går dit: de behöver anmäla sig igen." in answer
    assert "Nästa utskick går dit igen" not in answer


def test_a_complaint_is_lifted_by_nobody_but_the_person(coordinator_client, coordinator, subscriber):
    subscriber.complain()
    answer = coordinator_client.post(f"{subscriber.get_absolute_url()}havd-sparr/", {"because": "De bad om det."})
    assert answer.status_code == 409
    assert "genom att själv anmäla sig" in answer.content.decode()
    with pytest.raises(ComplaintStands):
        subscriber.lift_block(by=coordinator, because="De bad om det.")
    assert subscriber.state == "complained"


def test_erasing_on_request_notes_who_did_it(coordinator_client, coordinator, subscriber):
    page = f"{subscriber.get_absolute_url()}radering/"
    assert coordinator_client.get(page).status_code == 200
    assert coordinator_client.post(page).status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.email, subscriber.events.get().actor) == (None, coordinator)
    assert coordinator_client.get(subscriber.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("left_in_mail_program", "slutade med knappen i e-postprogrammet"),
        ("left_by_mail", "slutade genom att mejla oss"),
        ("left_at_mail_service", "slutade via tjänsten som levererar våra mejl"),
        ("left_by_complaint", "slutade: ett mejl till en tidigare adress anmäldes som skräppost"),
    ],
)
def test_how_somebody_left_is_told_in_words_and_quotes_nobody(coordinator_client, subscriber, verb, words):
    subscriber.leave(verb=verb)
    page = coordinator_client.get(subscriber.get_absolute_url()).content.decode()
    assert f"<strong>Prenumeranten</strong> {words}" in page
    assert "<blockquote>" not in page


def test_the_words_of_somebody_who_left_are_quoted(coordinator_client, subscriber):
    subscriber.leave("Jag hinner inte läsa.")
    page = coordinator_client.get(subscriber.get_absolute_url()).content.decode()
    assert page.count("Jag hinner inte läsa.") == 2


def exported(client, **query) -> list[list[str]]:
    response = client.get(f"{PAGE}export/", query)
    assert response.streaming
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_is_the_list_as_it_is_narrowed(various, coordinator_client, lab):
    cecilia = Subscriber.objects.get(email="cecilia@example.org")
    cecilia.labs.add(lab)
    signed_up, confirmed = (
        f"{timezone.localtime(moment):%Y-%m-%d}" for moment in (cecilia.created_at, cecilia.confirmed_at)
    )
    rows = exported(coordinator_client, frequency="monthly")
    assert rows[0][:4] == ["E-postadress", "Läge", "Hur ofta", "Språk"]
    assert rows[1:] == [["cecilia@example.org", "aktiv", "monthly", "en", "Provlabbet", "", signed_up, confirmed, ""]]
    assert len(exported(coordinator_client)) == 5


def test_no_cell_of_the_export_is_a_formula(coordinator_client, lab):
    for local in ("=1+1", "+46", "-a", "o'brien"):
        make_subscriber(f"{local}@example.org")
    assert [row[0] for row in exported(coordinator_client)[1:]] == [
        "'=1+1@example.org", "'+46@example.org", "'-a@example.org", "o'brien@example.org",
    ]  # fmt: skip


def test_the_export_asks_a_constant_number_of_questions(coordinator_client, lab, django_assert_num_queries):
    make_subscriber(labs=[lab])
    exported(coordinator_client)
    with django_assert_num_queries(5):
        exported(coordinator_client)
    for number in range(2):
        make_subscriber(f"{number}@example.org", labs=[lab])
    with django_assert_num_queries(5):
        exported(coordinator_client)


def test_only_coordinators_come_in(client, member_client, subscriber):
    own = subscriber.get_absolute_url()
    for page in (PAGE, f"{PAGE}export/", own, f"{own}avslut/", f"{own}havd-sparr/", f"{own}radering/"):
        assert client.get(page).status_code == 302
        assert member_client.get(page).status_code == 403
    for page in (f"{own}avslut/", f"{own}havd-sparr/", f"{own}radering/"):
        assert member_client.post(page, {"because": "För att."}).status_code == 403
    subscriber.refresh_from_db()
    assert subscriber.state == "active"


def test_a_pause_and_a_change_of_address_are_seen(coordinator_client, subscriber):
    subscriber.pause(timezone.now() + datetime.timedelta(days=10))
    subscriber.ask_to_move("ny@example.org")
    page = coordinator_client.get(subscriber.get_absolute_url()).content.decode()
    assert "De har pausat till" in page
    assert "ny@example.org" in page
