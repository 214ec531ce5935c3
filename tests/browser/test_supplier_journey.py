"""A supplier: applies with three pictures, mends what was wrong, follows the review and is listed, or reads why not."""

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from procurement_portal.models import Application
from tests.browser.steps import heading, main
from tests.pictures.factories import jpeg_bytes, png_bytes
from tests.procurement_portal.factories import make_application, organisation_number

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried", "disk_of_its_own")]

APPLICANT = "asa@example.org"
COMPANY = "Ljusgården AB"
NUMBER = organisation_number(9_001)
WRITTEN = {
    "Företag": COMPANY,
    "Organisationsnummer": f"{NUMBER[:6]}-{NUMBER[6:]}",
    "Webbplats": "https://ljusgarden.example.org",
    "Kontaktperson": "Åsa Demo",
    "Titel": "Säljare",
    "Telefon": "070-174 06 05",
    "E-postadress": APPLICANT,
}
TICKED = ("Trygghet i bostadsområden", "Utemiljö och belysning", "Skåne")
SLOTS = {"logo": "Logotyp", "picture": "Bild", "contact_picture": "Bild på kontaktpersonen"}
TOO_NARROW = "Bilden är 500\xa0pixlar bred; den behöver vara minst 540."


@pytest.fixture
def desk(new_page: Callable[..., Page], sign_in_as: Callable[[Page, User], None], coordinator: User) -> Page:
    """The coordinator's window."""
    page = new_page()
    sign_in_as(page, coordinator)
    return page


def test_from_the_form_to_a_place_in_the_portal(
    page: Page,
    desk: Page,
    new_page: Callable[..., Page],
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
):
    apply_with_a_narrow_picture_and_no_description(page)
    mend_only_those(page)
    (letter,) = smtp.wait_for(APPLICANT)
    assert letter.subject.startswith("Bekräfta din ansökan till Inköpsportalen (IP-")
    status = letter.link("/inkopsportalen/min-ansokan/")
    expect_nothing_waits(desk)
    open_like_a_mail_scanner(new_page(javascript=False), status)
    expect_nothing_waits(desk)
    confirm(page, status)

    take_up(desk)
    page.reload()
    expect(heading(page, "Vi granskar din ansökan", level=2)).to_be_visible()
    ask_for_more_about_the_description(desk)
    request = smtp.wait_for(APPLICANT, count=2)[-1]
    assert request.subject.startswith("Vi behöver något mer till ansökan IP-")
    assert "Beskrivning: För vilka gårdar?" in request.body()
    send_in_more(page, request.link("/inkopsportalen/min-ansokan/"))

    take_up(desk)
    approve(desk)
    decision = smtp.wait_for(APPLICANT, count=3)[-1]
    assert decision.subject == "Välkommen till Inköpsportalen"
    assert "Ni kan det bostadsbolagen söker." in decision.body()
    read_the_decision(page, decision.link("/inkopsportalen/min-ansokan/"))
    find_it_in_the_portal(new_page(width=390))
    assert [len(smtp.to(address)) for address in (APPLICANT, "samordnare@example.org")] == [3, 0]


def apply_with_a_narrow_picture_and_no_description(page: Page) -> None:
    page.goto("/inkopsportalen/")
    main(page).get_by_role("link", name="Ansök om att vara med").first.click()
    expect(heading(page, "Ansök till Inköpsportalen")).to_be_visible()
    fill_in(page)
    choose(page, "logo", "logga.png", png_bytes(400, 200))
    expect_saved(page, "logo", "logga.png")
    choose(page, "picture", "smal.jpg", jpeg_bytes(500, 400))
    expect(slot(page, "picture").get_by_role("status")).to_have_text(TOO_NARROW)
    choose(page, "contact_picture", "asa.jpg", jpeg_bytes(300, 300))
    expect_saved(page, "contact_picture", "asa.jpg")
    page.get_by_role("button", name="Skicka ansökan").click()
    summary = main(page).get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(summary).to_contain_text("Beskrivning")
    expect(summary).to_contain_text("Här behövs en bild, och ingen är vald.")
    expect_all_kept(page)


def mend_only_those(page: Page) -> None:
    page.get_by_label("Beskrivning").fill("Vi lyser upp gårdar.")
    choose(page, "picture", "gard.jpg", jpeg_bytes(800, 600))
    expect_saved(page, "picture", "gard.jpg")
    page.get_by_role("button", name="Skicka ansökan").click()
    expect_receipt(page)


def open_like_a_mail_scanner(page: Page, link: str) -> None:
    """What opens every link in a mail sends nothing in."""
    assert page.request.head(link).ok
    page.goto(link)
    expect(heading(page, "Ett steg kvar", level=2)).to_be_visible()


def confirm(page: Page, link: str) -> None:
    page.goto(link)
    expect(main(page)).to_contain_text("Vi lyser upp gårdar.")
    page.get_by_role("button", name="Bekräfta och skicka in").click()
    expect(page.get_by_role("status").first).to_contain_text("Tack! Ansökan är inskickad.")
    expect(heading(page, "Vi har fått din ansökan", level=2)).to_be_visible()
    expect(main(page).get_by_role("listitem").filter(has_text="Du bekräftade din e-postadress")).to_be_visible()


def expect_nothing_waits(page: Page) -> None:
    page.goto("/oversikt/")
    expect(heading(page, "Inget väntar på dig", level=2)).to_be_visible()


def take_up(page: Page) -> None:
    page.goto("/oversikt/")
    main(page).get_by_role("heading", name=COMPANY).get_by_role("link").click()
    expect(heading(page, COMPANY)).to_be_visible()
    page.get_by_role("button", name="Ta upp för granskning").click()
    expect(page.get_by_role("status").first).to_contain_text("Granskningen är din.")


def ask_for_more_about_the_description(page: Page) -> None:
    main(page).get_by_role("link", name="Be om komplettering …").click()
    words = page.get_by_label("Beskrivning: vad ska rättas?")
    expect(words).to_be_hidden()
    page.get_by_label("Beskrivning", exact=True).check()
    words.fill("För vilka gårdar?")
    page.get_by_role("button", name="Be om kompletteringen").click()
    expect(page.get_by_role("status").first).to_contain_text("Den sökande har fått ett mejl")
    expect(heading(page, "Väntar på den sökande", level=2)).to_be_visible()


def send_in_more(page: Page, link: str) -> None:
    page.goto(link)
    if not link.endswith("/andringar/"):
        main(page).get_by_role("link", name="Rätta ansökan").click()
    expect(heading(page, "Rätta ansökan")).to_be_visible()
    expect(main(page)).to_contain_text("För vilka gårdar?")
    expect(page.get_by_label("Beskrivning")).to_have_value("Vi lyser upp gårdar.")
    page.get_by_label("Beskrivning").fill("Vi lyser upp gårdar från femtiotalet.")
    page.get_by_role("button", name="Skicka in kompletteringen").click()
    expect(page.get_by_role("status").first).to_contain_text("Tack! Vi har fått dina ändringar.")
    expect(main(page)).to_contain_text("Vi lyser upp gårdar från femtiotalet.")


def approve(page: Page) -> None:
    deadline = monotonic() + 30
    while main(page).locator("figure img").count() != 3:
        assert monotonic() < deadline, "the pictures never became ready"
        page.reload()
    main(page).get_by_role("link", name="Godkänn …").click()
    page.get_by_label("Skäl").fill("Ni kan det bostadsbolagen söker.")
    page.get_by_role("button", name="Förhandsgranska brevet").click()
    expect(heading(page, "Det här får den sökande", level=2)).to_be_visible()
    expect(main(page).locator("#preview")).to_contain_text("Hej Åsa Demo!")
    expect(main(page).locator("#preview")).to_contain_text("Ni kan det bostadsbolagen söker.")
    page.get_by_role("button", name="Godkänn och mejla brevet").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{COMPANY} finns nu i portalen.")


def read_the_decision(page: Page, link: str) -> None:
    page.goto(link)
    expect(heading(page, "Din ansökan är godkänd", level=2)).to_be_visible()
    expect(main(page)).to_contain_text("Ni kan det bostadsbolagen söker.")
    main(page).get_by_role("link", name="Se er sida i portalen").click()
    expect(heading(page, COMPANY)).to_be_visible()


def find_it_in_the_portal(page: Page) -> None:
    """Somebody at a housing company, on a phone, who has never been here."""
    page.goto("/inkopsportalen/")
    card = main(page).get_by_role("listitem").filter(has=page.get_by_role("heading", name=COMPANY))
    expect_shown(card.locator("img"))
    page.get_by_role("link", name=COMPANY).click()
    expect(main(page)).to_contain_text("Vi lyser upp gårdar från femtiotalet.")
    expect(main(page).get_by_role("link", name="070-174 06 05")).to_be_visible()
    expect(main(page).locator("img")).to_have_count(3)
    for picture in main(page).locator("img").all():
        expect_shown(picture)


def test_who_is_not_taken_in_reads_why(page: Page, desk: Page, coordinator: User, smtp: CollectingServer):
    application = make_application("under_review", by=coordinator, company=COMPANY, email=APPLICANT)
    before = len(smtp.to(APPLICANT))
    desk.goto(application.get_absolute_url())
    main(desk).get_by_role("link", name="Avslå …").click()
    desk.get_by_role("button", name="Förhandsgranska brevet").click()
    expect(main(desk).get_by_role("alert")).to_contain_text("Skäl")
    desk.get_by_label("Skäl").fill("Ni säljer inget som bostadsbolag behöver.")
    desk.get_by_role("button", name="Förhandsgranska brevet").click()
    desk.get_by_role("button", name="Avslå och mejla brevet").click()
    expect(desk.get_by_role("status").first).to_contain_text("Ansökan är avslagen och brevet är på väg.")
    letter = smtp.wait_for(APPLICANT, count=before + 1)[-1]
    assert letter.subject == "Vårt beslut om er ansökan till Inköpsportalen"
    assert "Ni säljer inget som bostadsbolag behöver." in letter.body()
    page.goto(letter.link("/inkopsportalen/min-ansokan/"))
    expect(heading(page, "Vi har beslutat att inte godkänna ansökan", level=2)).to_be_visible()
    expect(main(page)).to_contain_text("Ni säljer inget som bostadsbolag behöver.")
    page.goto("/inkopsportalen/")
    expect(heading(page, "Ingen leverantör finns här än", level=2)).to_be_visible()


def test_without_a_script_each_picture_is_kept_and_two_clicks_and_the_back_button_make_one_application(
    new_page: Callable[..., Page], smtp: CollectingServer
):
    page = new_page(width=390, javascript=False)
    page.goto("/inkopsportalen/ansokan/")
    fill_in(page)
    upload(page, "logo", "logga.png", png_bytes(400, 200))
    expect_saved(page, "logo", "logga.png")
    upload(page, "picture", "smal.jpg", jpeg_bytes(500, 400))
    expect(slot(page, "picture")).to_contain_text(TOO_NARROW)
    upload(page, "picture", "gard.jpg", jpeg_bytes(800, 600))
    upload(page, "contact_picture", "asa.jpg", jpeg_bytes(300, 300))
    page.get_by_role("button", name="Skicka ansökan").click()
    summary = main(page).get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(1)
    expect(summary).to_contain_text("Beskrivning")
    expect_all_kept(page)
    expect_saved(page, "picture", "gard.jpg")
    page.get_by_label("Beskrivning").fill("Vi lyser upp gårdar.")
    page.get_by_role("button", name="Skicka ansökan").dblclick()
    expect_receipt(page)
    application = Application.objects.get()
    assert [enclosure.picture.name for enclosure in application.enclosures] == ["logga.png", "gard.jpg", "asa.jpg"]
    page.go_back()
    expect_all_kept(page)
    page.get_by_role("button", name="Skicka ansökan").click()
    expect_receipt(page)
    assert Application.objects.get() == application
    assert len(smtp.to(APPLICANT)) == 1


def fill_in(page: Page) -> None:
    """Everything but the description and the pictures."""
    for label, words in WRITTEN.items():
        page.get_by_label(label, exact=True).fill(words)
    for label in TICKED:
        page.get_by_label(label).check()
    page.get_by_label("Vi samtycker").check()


def expect_all_kept(page: Page) -> None:
    for label, words in WRITTEN.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(words)
    for label in TICKED:
        expect(page.get_by_label(label)).to_be_checked()
    expect(page.get_by_label("Vi samtycker")).to_be_checked()
    expect_saved(page, "logo", "logga.png")
    expect_saved(page, "contact_picture", "asa.jpg")


def slot(page: Page, name: str) -> Locator:
    return page.locator(".field", has=page.locator(f"#id_{name}"))


def choose(page: Page, name: str, file: str, content: bytes) -> None:
    chosen: Any = {"name": file, "mimeType": f"image/{file.rpartition('.')[2]}", "buffer": content}
    page.set_input_files(f"#id_{name}", chosen)


def upload(page: Page, name: str, file: str, content: bytes) -> None:
    """With the picture's own button."""
    choose(page, name, file, content)
    page.get_by_role("button", name=re.compile(f"^(Ladda upp|Byt ut) – {SLOTS[name]}$")).click()


def expect_saved(page: Page, name: str, file: str) -> None:
    expect(slot(page, name).get_by_text("Sparad", exact=True)).to_be_visible()
    expect(slot(page, name).get_by_text(file, exact=True)).to_be_visible()


def expect_receipt(page: Page) -> None:
    expect(heading(page, "Ett steg kvar: bekräfta din e-postadress")).to_be_visible()
    expect(main(page)).to_contain_text(f"Vi har sparat ansökan från {COMPANY} och mejlat en länk till {APPLICANT}.")


def expect_shown(picture: Locator) -> None:
    """The browser has got the picture and drawn it."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
