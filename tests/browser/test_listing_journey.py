"""A listed company finds its page wrong, proposes what it should say, and a coordinator takes it over."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from procurement_portal.models import Supplier
from tests.browser.steps import heading, main
from tests.pictures.factories import jpeg_bytes
from tests.procurement_portal.factories import make_supplier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried")]
ADDRESS = "ljus@example.org"


@pytest.fixture
def supplier(disk_of_its_own: None, coordinator: User) -> Supplier:
    return make_supplier("Ljusgården AB", by=coordinator, email=ADDRESS)


def test_a_company_changes_its_page_with_a_link_and_a_coordinators_yes(
    phone: Page,
    new_page: Callable[..., Page],
    sign_in_as: Callable[[Page, User], None],
    coordinator: User,
    supplier: Supplier,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
    axe: Callable[[Page], None],
):
    ask_for_the_link(phone, supplier)
    letters = smtp.wait_for(ADDRESS, count=2)
    (letter,) = [letter for letter in letters if letter.subject == "Sidan för Ljusgården AB i Inköpsportalen"]
    phone.goto(letter.link("/inkopsportalen/min-sida/"))
    expect(heading(phone, "Ljusgården AB")).to_be_visible()
    axe(phone)
    propose_too_little(phone)
    propose(phone)
    expect(main(phone)).to_contain_text("Ert förslag väntar på svar")
    (asking,) = smtp.wait_for("ny@example.org")
    confirm_the_address(new_page(javascript=False), asking.link("/inkopsportalen/ny-adress/"))
    desk = new_page()
    sign_in_as(desk, coordinator)
    take_over_all_but_the_description(desk, axe)
    decided = smtp.wait_for("ny@example.org", count=2)[-1]
    assert decided.subject == "Sidan för Ljusgården AB är ändrad"
    assert smtp.wait_for(ADDRESS, count=3)[-1].subject == "Ljusgården AB har en ny e-postadress i Inköpsportalen"
    phone.goto(decided.link("/inkopsportalen/min-sida/"))
    expect(main(phone)).to_contain_text("Kvar som det var: beskrivning.")
    expect(main(phone).get_by_text("Skriv hellre vad ni gör.")).to_be_visible()
    main(phone).get_by_role("link", name="Se er sida i portalen").click()
    expect(main(phone).get_by_role("link", name="ny@example.org")).to_be_visible()
    expect(main(phone)).to_contain_text("Vi lyser upp gårdar.")
    expect(main(phone)).to_contain_text("Gotland")


def test_without_javascript_a_company_changes_its_mind(new_page: Callable[..., Page], supplier: Supplier):
    page = new_page(width=390, javascript=False)
    page.goto(supplier.get_renewal_url())
    main(page).get_by_role("link", name="Föreslå en ändring").click()
    page.get_by_label("Beskrivning").fill("Vi lyser upp parker.")
    page.get_by_role("button", name="Skicka förslaget").click()
    expect(page.get_by_role("status").first).to_contain_text("Vi har fått ert förslag")
    main(page).get_by_role("link", name="Ändra förslaget").click()
    expect(page.get_by_label("Beskrivning")).to_have_value("Vi lyser upp parker.")
    main(page).get_by_role("link", name="Börja i stället från det som står på sidan").click()
    expect(page.get_by_label("Beskrivning")).to_have_value("Vi lyser upp gårdar.")
    main(page).get_by_role("link", name="Tillbaka utan att ändra något").click()
    page.get_by_role("button", name="Ta tillbaka förslaget").click()
    expect(page.get_by_role("status").first).to_contain_text("Förslaget är taget tillbaka.")
    expect(main(page).get_by_text("Taget tillbaka", exact=True)).to_be_visible()


def ask_for_the_link(page: Page, supplier: Supplier) -> None:
    page.goto(supplier.get_absolute_url())
    main(page).get_by_role("link", name="Få en länk med e-post").click()
    page.get_by_label("E-postadress").fill(ADDRESS)
    page.get_by_role("button", name="Mejla mig en ny länk").click()
    expect(heading(page, "Titta i din inkorg")).to_be_visible()


def propose_too_little(page: Page) -> None:
    main(page).get_by_role("link", name="Föreslå en ändring").click()
    page.get_by_role("textbox", name="E-postadress").fill("ny@example.org")
    page.get_by_role("button", name="Skicka förslaget").click()
    expect(main(page).get_by_role("alert")).to_contain_text("som måste gå med på det")
    expect(page.get_by_role("textbox", name="E-postadress")).to_have_value("ny@example.org")


def propose(page: Page) -> None:
    page.get_by_label("Beskrivning").fill("Billigast i hela landet!")
    page.get_by_label("Gotland").check()
    photo = {"name": "gard.jpg", "mimeType": "image/jpeg", "buffer": jpeg_bytes(800, 600)}
    page.set_input_files("#id_picture", photo)
    expect(page.get_by_text("gard.jpg", exact=True)).to_be_visible()
    page.get_by_label("Kontaktpersonen går med på").check()
    page.get_by_role("button", name="Skicka förslaget").click()
    expect(page.get_by_role("status").first).to_contain_text("Vi har fått ert förslag")


def confirm_the_address(page: Page, link: str) -> None:
    page.goto(link)
    expect(heading(page, "Är det här din adress?")).to_be_visible()
    page.get_by_role("button", name="Ja, använd adressen").click()
    expect(heading(page, "Adressen är bekräftad")).to_be_visible()


def take_over_all_but_the_description(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/oversikt/")
    main(page).get_by_role("link", name="Ljusgården AB").first.click()
    expect(heading(page, "Ljusgården AB")).to_be_visible()
    expect(main(page)).to_contain_text("Bekräftad av den som har adressen.")
    axe(page)
    page.get_by_label("För in det här: Beskrivning").uncheck()
    page.get_by_role("button", name="För in det som är ikryssat").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Skriv varför du utelämnar något")
    expect(page.get_by_label("För in det här: Beskrivning")).not_to_be_checked()
    expect(page.get_by_label("För in det här: Bild", exact=True)).to_be_checked()
    page.get_by_label("Varför inte allt?").fill("Skriv hellre vad ni gör.")
    page.get_by_role("button", name="För in det som är ikryssat").click()
    expect(page.get_by_role("status").first).to_contain_text("Sidan är ändrad")
