"""A coordinator brings a list of 2,503 lines, mends what was wrong, and does what subscribers ask for; a subscriber has
the confirmation sent again and moves to another address. Mail and lists go through Celery workers, as they do for real.
"""

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from newsletter.models import ImportContent, ImportRow, Subscriber, SubscriberImport
from newsletter.tasks import run_import
from tests.browser.steps import heading, main
from tests.newsletter.factories import make_subscriber

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried")]

READER, NEW = "lasare@example.org", "ny.adress@example.org"
GROUND = "Kryssade i rutan för nyhetsbrevet på mässan i Norrköping, maj 2019."
NewPage = Callable[..., Page]
SignInAs = Callable[[Page, User], None]


@pytest.fixture
def desk(new_page: NewPage, sign_in_as: SignInAs, coordinator: User) -> Page:
    page = new_page()
    sign_in_as(page, coordinator)
    return page


@pytest.fixture
def list_of_people(tmp_path: Path) -> Path:
    """As a spreadsheet program in Sweden saves it: semicolons and the encoding of Windows."""
    lines = ["Namn;E-post;Hur ofta", *(f"Person {number};person{number}@example.org;" for number in range(2_497))]
    lines += [
        "Åsa;åsa@example.org;varje vecka", "Bo;bo@räksmörgås.example;varje månad", "Redan;LASARE@example.org;",
        "Lämnat;lamnat@example.org;", "Två gånger;Person1@example.org;", "<b>Fel</b>;<b>fel</b>;",
    ]  # fmt: skip
    path = tmp_path / "mässan.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def test_a_list_is_checked_mended_and_imported(
    desk: Page,
    list_of_people: Path,
    celery_worker_process: WorkerProcess,
    smtp: CollectingServer,
    axe: Callable[[Page], None],
):
    make_subscriber(READER)
    make_subscriber("lamnat@example.org").leave()
    go_to_imports(desk)
    desk.get_by_role("button", name="Kontrollera listan").click()
    expect(main(desk).get_by_role("alert")).to_contain_text("Välj en fil.")
    axe(desk)
    fill_in(desk, list_of_people)
    desk.get_by_role("button", name="Kontrollera listan").click()
    order = main(desk).get_by_role("button", name=re.compile(r"^Importera 2\s498 adresser$"))
    expect(order).to_be_visible(timeout=30_000)
    for name, number in {
        "Nya adresser": "2 498",
        "Prenumererar redan": "1",
        "Står i listan mer än en gång": "1",
        "Rader som inte går att använda": "2",
    }.items():
        fact = main(desk).locator("dl > div").filter(has=desk.get_by_text(name, exact=True))
        expect(fact.get_by_role("definition")).to_have_text(re.compile(number.replace(" ", r"\s")))
    see_the_lines_that_are_wrong(desk)
    axe(desk)
    assert Subscriber.objects.count() == 2
    order.click()
    expect(main(desk).get_by_text(re.compile(r"^2\s498 adresser importerades\."))).to_be_visible(timeout=30_000)
    expect(main(desk)).to_contain_text("Den uppladdade listan är raderad.")
    axe(desk)
    assert (ImportContent.objects.count(), ImportRow.objects.count()) == (0, 0)
    assert Subscriber.objects.active().count() == 2_499
    assert smtp.received == []
    look_one_of_them_up(desk)


def go_to_imports(page: Page) -> None:
    page.goto("/oversikt/")
    page.get_by_role("link", name="Utskick", exact=True).click()
    main(page).get_by_role("link", name="Importera en lista").click()
    expect(heading(page, "Importera en lista")).to_be_visible()


def fill_in(page: Page, path: Path) -> None:
    page.get_by_label("Fil").set_input_files(path)
    page.get_by_label("När och hur sa de här personerna ja?").fill(GROUND)
    page.get_by_label("Jag kan visa att var och en av dem har sagt ja").check()


def see_the_lines_that_are_wrong(page: Page) -> None:
    rows = main(page).get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(re.compile(r"2\s499"))
    expect(rows.first).to_contain_text("åsa@…")
    expect(rows.last).to_contain_text("”<b>fel</b>” är ingen e-postadress.")
    with page.expect_download() as download:
        main(page).get_by_role("link", name="Ladda ner alla som CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "åsa" in Path(download.value.path()).read_text(encoding="utf-8-sig")


def look_one_of_them_up(page: Page) -> None:
    main(page).get_by_role("link", name="Se prenumeranterna").click()
    page.get_by_label("E-postadress").fill("räksmörgås")
    page.get_by_role("button", name="Visa").click()
    expect(main(page).get_by_text("1 prenumerant", exact=True)).to_be_visible()
    main(page).get_by_role("link", name="bo@räksmörgås.example").click()
    expect(heading(page, "bo@räksmörgås.example")).to_be_visible()
    expect(main(page)).to_contain_text(GROUND)
    expect(main(page)).to_contain_text("importerades från en lista")
    expect(main(page)).to_contain_text("En gång i månaden")


def test_without_javascript_the_page_is_read_again_by_hand(
    new_page: NewPage, sign_in_as: SignInAs, coordinator: User, list_of_people: Path, monkeypatch: pytest.MonkeyPatch
):
    # No worker: the test takes its place, so that the page can be seen while one is at it.
    monkeypatch.setattr("newsletter.tasks.enqueue_import", lambda pk: None)
    page = new_page(width=390, javascript=False)
    sign_in_as(page, coordinator)
    page.goto("/nyhetsbrev/prenumeranter/import/")
    fill_in(page, list_of_people)
    page.get_by_role("button", name="Kontrollera listan").click()
    expect(main(page)).to_contain_text(re.compile(r"Rad 0 av 2\s504 är kontrollerad\."))
    upload = SubscriberImport.objects.get()
    run_import(upload.pk)
    main(page).get_by_role("link", name="Se hur långt det har kommit").click()
    page.get_by_role("button", name=re.compile(r"^Importera 2\s500 adresser$")).click()
    expect(main(page)).to_contain_text(re.compile(r"0 av 2\s500 adresser är klara\."))
    run_import(upload.pk)
    main(page).get_by_role("link", name="Se hur långt det har kommit").click()
    expect(main(page)).to_contain_text(re.compile(r"2\s500 adresser importerades\."))


def test_a_list_can_be_left_alone(desk: Page, list_of_people: Path):
    go_to_imports(desk)
    fill_in(desk, list_of_people)
    desk.get_by_role("button", name="Kontrollera listan").click()
    desk.get_by_role("button", name="Avbryt och radera listan").click()
    expect(desk.get_by_role("status").first).to_contain_text("Ingen har importerats, och listan är raderad.")
    assert (Subscriber.objects.count(), ImportRow.objects.count(), ImportContent.objects.count()) == (0, 0, 0)


def test_what_a_coordinator_does_when_a_subscriber_asks(desk: Page, axe: Callable[[Page], None]):
    make_subscriber(READER).bounce("550 5.1.1 no such user")
    make_subscriber("granne@example.org")
    desk.goto("/nyhetsbrev/prenumeranter/")
    main(desk).get_by_role("link", name=READER).click()
    expect(main(desk)).to_contain_text("550 5.1.1 no such user")
    axe(desk)
    main(desk).get_by_role("link", name="Häv spärren").click()
    desk.get_by_role("button", name="Häv spärren").click()
    expect(main(desk)).to_contain_text("Skriv varför; det står kvar i historiken.")
    desk.get_by_label("Varför?").fill("Deras server är lagad.")
    desk.get_by_role("button", name="Häv spärren").click()
    expect(desk.get_by_role("status").first).to_contain_text("Spärren är hävd.")
    expect(main(desk)).to_contain_text("Deras server är lagad.")
    main(desk).get_by_role("link", name="Avsluta nyhetsbrevet").click()
    desk.get_by_label("Varför?").fill("Bad om det på telefon.")
    desk.get_by_role("button", name="Avsluta nyhetsbrevet").click()
    expect(main(desk).get_by_text("Har slutat", exact=True)).to_be_visible()
    main(desk).get_by_role("link", name="Radera").click()
    desk.get_by_role("button", name="Radera").click()
    expect(desk.get_by_role("status").first).to_contain_text("Prenumeranten är raderad.")
    expect(main(desk).get_by_role("link", name=READER)).to_have_count(0)
    with desk.expect_download() as download:
        main(desk).get_by_role("link", name="Ladda ner 1 prenumerant som CSV").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line.partition(";")[0] for line in content.splitlines()] == ["E-postadress", "granne@example.org"]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_confirmation_is_sent_again_and_the_subscription_moves(
    new_page: NewPage,
    javascript: bool,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
    axe: Callable[[Page], None],
):
    page = new_page(width=390, javascript=javascript)
    page.goto("/nyhetsbrev/")
    page.get_by_label("E-postadress").fill(READER)
    page.get_by_label("Ja, skicka mig dagbokens nyhetsbrev").check()
    page.get_by_role("button", name="Prenumerera").click()
    expect(heading(page, "Titta i din inkorg")).to_be_visible()
    smtp.wait_for(READER)
    Subscriber.objects.update(last_letter_at=timezone.now() - datetime.timedelta(minutes=11))
    page.get_by_role("button", name="Skicka det igen").click()
    expect(main(page).get_by_role("status").last).to_contain_text("Vi har skickat det igen")
    again = smtp.wait_for(READER, count=2)[-1]
    page.goto(again.link("/bekrafta/"))
    page.get_by_role("button", name="Ja, jag vill ha nyhetsbrevet").click()
    expect(heading(page, "Välkommen! Du är med")).to_be_visible()

    page.get_by_role("link", name="Få det till en annan adress").click()
    page.get_by_label("Ny e-postadress").fill("inte en adress")
    page.get_by_role("button", name="Skicka länken").click()
    expect(main(page).get_by_role("alert")).to_contain_text("”inte en adress” är ingen e-postadress.")
    page.get_by_label("Ny e-postadress").fill(NEW)
    page.get_by_role("button", name="Skicka länken").click()
    expect(main(page)).to_contain_text(f"Du vill att nyhetsbrevet går till {NEW}.")
    if javascript:
        axe(page)
    link = smtp.wait_for(NEW)[0].link("/nyhetsbrev/adress/")
    scanner = new_page(javascript=False)
    scanner.goto(link)
    assert Subscriber.objects.get().email == READER
    page.goto(link)
    page.get_by_role("button", name="Ja, skicka det hit").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "Nyhetsbrevet kommer till den här adressen från och med nu."
    )
    expect(main(page)).to_contain_text(f"Det går till {NEW}.")
    assert Subscriber.objects.get().email == NEW
    told = smtp.wait_for(READER, count=3)[-1]
    assert told.subject == "Dagbokens nyhetsbrev kommer inte längre hit"
    scanner.goto(link)
    expect(heading(scanner, "Länken är förbrukad")).to_be_visible()
