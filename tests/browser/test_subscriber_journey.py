"""A reader: asks for the newsletter, says yes, reads an issue in the inbox, chooses anew and leaves by one click.

Mail goes as it does for real: from the site to a queue, to Celery workers in processes of their own, over SMTP. What
counts is what the SMTP server was given.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer, Received
from labs.models import FocusArea, Lab
from newsletter.models import Delivery, Issue, Subscriber
from newsletter.models.period import SETTLING
from newsletter.tasks import drain
from tests.browser.steps import heading, main, order_the_sending
from tests.newsletter.factories import make_entry, make_method, make_subscriber, make_subscribers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried")]

READER, NEIGHBOUR, FAITHFUL = "lasare@example.org", "granne@example.org", "trogen@example.org"
TITLES = ("Språkkafé", "Nio fick jobb", "Gården är ljus", "Till alla", "Ett nytt jobb", "En ny grind", "Sista inlägget")
NewPage = Callable[..., Page]
SignInAs = Callable[[Page, User], None]


@pytest.fixture
def news(lab: Lab, other_lab: Lab, employment: FocusArea, safety: FocusArea, lab_lead: User) -> None:
    """The week that went: a method and an entry about jobs, an entry about safety, and one for all."""
    make_method("Språkkafé", lab=lab, by=lab_lead, areas=[employment])
    make_entry("Nio fick jobb", lab=lab, areas=[employment])
    make_entry("Gården är ljus", lab=other_lab, areas=[safety])
    make_entry("Till alla")


@pytest.fixture
def desk(new_page: NewPage, sign_in_as: SignInAs, coordinator: User) -> Page:
    """The coordinator's window."""
    page = new_page()
    sign_in_as(page, coordinator)
    return page


def test_from_signing_up_to_leaving(
    phone: Page,
    desk: Page,
    new_page: NewPage,
    news: None,
    lab: Lab,
    other_lab: Lab,
    employment: FocusArea,
    safety: FocusArea,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
):
    neighbour = make_subscriber(NEIGHBOUR, labs=[other_lab])
    make_subscriber(FAITHFUL)
    sign_up(phone)
    (question,) = smtp.wait_for(READER)
    assert question.subject == "Vill du ha dagbokens nyhetsbrev?"
    open_like_a_mail_scanner(new_page(javascript=False), question.link("/nyhetsbrev/bekrafta/"))
    say_yes(phone, question.link("/nyhetsbrev/bekrafta/"))

    compose_and_send(desk, recipients=3)
    first = smtp.wait_for(READER, count=2)[-1]
    assert titles_in(first) == {"Språkkafé", "Nio fick jobb", "Till alla"}
    assert titles_in(smtp.wait_for(NEIGHBOUR)[0]) == {"Gården är ljus", "Till alla"}
    assert titles_in(smtp.wait_for(FAITHFUL)[0]) == {"Språkkafé", "Nio fick jobb", "Gården är ljus", "Till alla"}
    see_that_it_was_sent(desk, recipients=3)
    reader = Subscriber.objects.get(email=READER)
    assert_personal(first, reader, others=[neighbour])
    read_it_in_the_archive(phone)

    change_the_choices(phone, first.link("/p/"))
    make_entry("Ett nytt jobb", lab=lab, areas=[employment], published_at=timezone.now() - SETTLING)
    make_entry("En ny grind", lab=other_lab, areas=[safety], published_at=timezone.now() - SETTLING)
    compose_and_send(desk, recipients=3)
    second = smtp.wait_for(READER, count=3)[-1]
    assert titles_in(second) == {"En ny grind"}
    assert titles_in(smtp.wait_for(NEIGHBOUR, count=2)[-1]) == {"En ny grind"}
    assert titles_in(smtp.wait_for(FAITHFUL, count=2)[-1]) == {"Ett nytt jobb", "En ny grind"}

    leave_by_the_button(phone, second.link("/u/"))
    leave_like_a_mail_program(new_page(), smtp.to(NEIGHBOUR)[-1])
    make_entry("Sista inlägget", published_at=timezone.now() - SETTLING)
    compose_and_send(desk, recipients=1)
    assert titles_in(smtp.wait_for(FAITHFUL, count=3)[-1]) == {"Sista inlägget"}
    see_that_it_was_sent(desk, recipients=1)
    assert recipients(smtp) == Counter({READER: 3, NEIGHBOUR: 2, FAITHFUL: 3})


def sign_up(page: Page) -> None:
    page.goto("/nyhetsbrev/")
    page.get_by_label("E-postadress").fill(READER)
    expect(page.get_by_label("En gång i veckan, på måndag morgon")).to_be_checked()
    page.get_by_label("Provlabbet").check()
    page.get_by_label("Ökad sysselsättning").check()
    page.get_by_role("button", name="Prenumerera").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Vi behöver ditt ja.")
    expect(page.get_by_label("Provlabbet")).to_be_checked()
    page.get_by_label("Ja, skicka mig dagbokens nyhetsbrev").check()
    page.get_by_role("button", name="Prenumerera").click()
    expect(heading(page, "Titta i din inkorg")).to_be_visible()


def open_like_a_mail_scanner(page: Page, link: str) -> None:
    """What opens every link in a mail says yes to nothing."""
    assert page.request.head(link).ok
    page.goto(link)
    expect(heading(page, "Ett klick kvar")).to_be_visible()
    expect(main(page)).to_contain_text(f"Ska dagbokens nyhetsbrev gå till {READER}?")
    assert Subscriber.objects.get(email=READER).state == "pending"


def say_yes(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Ja, jag vill ha nyhetsbrevet").click()
    expect(heading(page, "Välkommen! Du är med")).to_be_visible()
    expect(page.get_by_label("Provlabbet")).to_be_checked()
    expect(page.get_by_label("Grannlabbet")).not_to_be_checked()
    page.goto(link)
    expect(heading(page, "Länken är förbrukad")).to_be_visible()


def compose_and_send(page: Page, *, recipients: int) -> None:
    page.goto("/oversikt/")
    page.get_by_role("link", name="Utskick", exact=True).click()
    expect(page.get_by_label("Typ")).to_have_value("weekly")
    page.get_by_role("button", name="Gör i ordning").click()
    expect(heading(page, "I utskicket", level=2)).to_be_visible()
    expect(main(page).get_by_text("Utkast", exact=True)).to_be_visible()
    order_the_sending(page, recipients)


def see_that_it_was_sent(page: Page, *, recipients: int) -> None:
    sent = main(page).locator("dl > div").filter(has=page.get_by_text("Skickade", exact=True))
    deadline = monotonic() + 30
    while not main(page).get_by_text("Skickat", exact=True).is_visible():
        assert monotonic() < deadline, "the page never said that it was sent"
        page.reload()
    expect(sent.get_by_role("definition")).to_have_text(str(recipients))


def assert_personal(letter: Received, subscriber: Subscriber, *, others: list[Subscriber]) -> None:
    """The links in the mail and its headers are the subscriber's own, in one piece in the bytes."""
    leave = subscriber.unsubscribe_url
    head = re.sub(rb"\r\n[ \t]+", b" ", letter.raw.partition(b"\r\n\r\n")[0]).decode("ascii").splitlines()
    assert [line for line in head if line.lower().startswith("list-unsubscribe")] == [
        f"List-Unsubscribe: <{leave}>, <mailto:innovationslabb@example.org?subject=unsubscribe%20{subscriber.token}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]
    assert f"<{leave}>".encode() in letter.raw
    assert (letter.link("/u/"), letter.link("/p/")) == (leave, subscriber.preferences_url)
    assert f'href="{leave}"' in letter.body("html")
    for other in others:
        assert other.token not in letter.body() + letter.body("html")


def read_it_in_the_archive(page: Page) -> None:
    page.goto("/nyhetsbrev/arkiv/")
    main(page).get_by_role("link", name=re.compile("^Innovationslabbets dagbok, vecka")).click()
    for title in ("Språkkafé", "Nio fick jobb", "Gården är ljus", "Till alla"):
        expect(main(page).get_by_role("link", name=title)).to_be_visible()
    shown = page.content()
    assert [trace for trace in (READER, NEIGHBOUR, "/p/", "/u/") if trace in shown] == []


def change_the_choices(page: Page, link: str) -> None:
    page.goto(link)
    expect(heading(page, "Ditt nyhetsbrev")).to_be_visible()
    page.get_by_label("Provlabbet").uncheck()
    page.get_by_label("Ökad sysselsättning").uncheck()
    page.get_by_label("Trygghet").check()
    page.get_by_role("button", name="Spara mina val").click()
    expect(page.get_by_role("status").first).to_contain_text("Sparat. Nästa mejl följer dina nya val.")
    expect(page.get_by_label("Trygghet")).to_be_checked()
    expect(page.get_by_label("Provlabbet")).not_to_be_checked()


def leave_by_the_button(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Avsluta nyhetsbrevet").click()
    expect(heading(page, "Nyhetsbrevet är avslutat")).to_be_visible()
    expect(main(page)).to_contain_text(f"Inget mer går till {READER}.")
    page.goto(link.replace("/u/", "/p/"))
    expect(main(page)).to_contain_text("Den här adressen får inget nyhetsbrev just nu.")


def leave_like_a_mail_program(page: Page, letter: Received) -> None:
    """RFC 8058: a POST to the address in the header, from one who brings no cookie and has seen no page."""
    (address,) = re.findall(r"<(https?://[^>]+)>", letter.message["List-Unsubscribe"])
    assert page.context.cookies() == []
    answer = page.request.post(address, form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
    assert answer.status == 200
    page.goto(address.replace("/u/", "/p/"))
    expect(main(page)).to_contain_text("Den här adressen får inget nyhetsbrev just nu.")


def test_someone_who_asks_to_be_forgotten_is(page: Page, desk: Page, news: None, smtp: CollectingServer):
    make_subscriber(FAITHFUL)
    reader = make_subscriber(READER)
    page.goto(reader.preferences_url)
    main(page).get_by_role("link", name="Glöm mig").click()
    expect(main(page)).to_contain_text(f"Vi raderar {READER}, dina val och det du samtyckt till.")
    page.get_by_role("button", name="Radera allt om mig").click()
    expect(heading(page, "Vi har glömt dig")).to_be_visible()
    gone = page.goto(reader.preferences_url)
    assert gone
    assert gone.status == 404
    assert not Subscriber.objects.filter(email=READER).exists()
    compose_and_send(desk, recipients=1)
    assert recipients(smtp) == Counter({FAITHFUL: 1})


def test_two_workers_at_once_and_the_task_again_and_again_mail_each_exactly_once(
    desk: Page, news: None, smtp: CollectingServer, start_celery_worker: Callable[[], WorkerProcess]
):
    make_subscribers(450)
    hold_the_first_mail_until_both_workers_have_come(smtp)
    start_celery_worker()
    start_celery_worker()
    compose_and_send(desk, recipients=450)
    issue = Issue.objects.get()
    for _again in range(3):
        drain.delay(issue.pk)
    see_that_it_was_sent(desk, recipients=450)
    drain.delay(issue.pk)
    assert recipients(smtp) == Counter({f"lasare{number}@example.org": 1 for number in range(450)})
    processes = {name.split(":")[1] for name in issue.deliveries.values_list("worker", flat=True)}
    assert len(processes) == 2


def hold_the_first_mail_until_both_workers_have_come(smtp: CollectingServer) -> None:
    take = smtp.handle_DATA

    def both_have_come() -> bool:
        try:
            return Delivery.objects.filter(lease_until__isnull=False).values("worker").distinct().count() > 1
        finally:
            connection.close()

    async def wait_for_both(server: Any, session: Any, envelope: Any) -> str:
        for _moment in range(0 if smtp.received else 200):
            if await asyncio.to_thread(both_have_come):
                break
            await asyncio.sleep(0.05)
        return await take(server, session, envelope)

    smtp.handle_DATA = wait_for_both  # type: ignore[method-assign]


def titles_in(letter: Received) -> set[str]:
    """What the issue holds; the text and the HTML say the same."""
    text, page = ({title for title in TITLES if title in letter.body(kind)} for kind in ("plain", "html"))
    assert text == page
    return text


def recipients(smtp: CollectingServer) -> Counter[str]:
    return Counter(recipient for received in smtp.received for recipient in received.recipients)
