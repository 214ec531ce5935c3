"""An application that is not finished in one go: begun on a phone, gone on with elsewhere, nothing lost on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from development.testing.smtp import CollectingServer
from pictures.models import Picture
from procurement_portal.models import Application, StartedApplication
from tests.browser.steps import heading, main, wait_for
from tests.browser.test_supplier_journey import (
    APPLICANT,
    COMPANY,
    TICKED,
    WRITTEN,
    choose,
    expect_receipt,
    expect_saved,
    fill_in,
    upload,
)
from tests.pictures.factories import jpeg_bytes, png_bytes
from tests.procurement_portal.factories import make_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried", "disk_of_its_own")]

FORM = "/inkopsportalen/ansokan/"


def test_begun_on_the_phone_and_finished_at_the_desk(
    phone: Page, new_page: Callable[..., Page], smtp: CollectingServer
):
    phone.goto(FORM)
    phone.get_by_label("Företag", exact=True).fill(COMPANY)
    phone.get_by_label("Skåne").check()
    choose(phone, "logo", "logga.png", png_bytes(400, 200))
    expect_saved(phone, "logo", "logga.png")
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Sparat ")
    expect_in_the_database(phone, {"company": [COMPANY], "regions": ["skane"]}, pictures=1)

    phone.goto("/inkopsportalen/")
    phone.go_back()
    expect(phone.get_by_label("Företag", exact=True)).to_have_value(COMPANY)
    phone.goto("/inkopsportalen/")
    phone.goto(FORM)
    expect(main(phone)).to_contain_text("Du började på den här ansökan")
    expect(phone.get_by_label("Företag", exact=True)).to_have_value(COMPANY)
    expect(phone.get_by_label("Skåne")).to_be_checked()
    expect_saved(phone, "logo", "logga.png")

    phone.get_by_label("E-postadress", exact=True).fill(APPLICANT)
    phone.get_by_role("button", name="Mejla mig en länk så att jag kan fortsätta").click()
    expect(phone.get_by_role("status").first).to_contain_text(f"Vi mejlar en länk till {APPLICANT}.")
    (letter,) = smtp.wait_for(APPLICANT)
    assert letter.subject == "Fortsätt med din ansökan till Inköpsportalen"

    desk = new_page()
    desk.goto(letter.link("/inkopsportalen/ansokan/fortsattning/"))
    expect(heading(desk, "Fortsätt med din ansökan")).to_be_visible()
    desk.get_by_role("button", name="Fortsätt här").click()
    expect(desk.get_by_label("Företag", exact=True)).to_have_value(COMPANY)
    expect_saved(desk, "logo", "logga.png")
    fill_in(desk)
    desk.get_by_label("Beskrivning").fill("Vi lyser upp gårdar.")
    choose(desk, "picture", "gard.jpg", jpeg_bytes(800, 600))
    expect_saved(desk, "picture", "gard.jpg")
    choose(desk, "contact_picture", "asa.jpg", jpeg_bytes(300, 300))
    expect_saved(desk, "contact_picture", "asa.jpg")

    phone.reload()
    expect(main(phone)).to_contain_text("Du har fortsatt i en annan webbläsare")

    desk.get_by_role("button", name="Skicka ansökan").click()
    expect_receipt(desk)
    expect_nothing_on_the_device(desk)
    application = Application.objects.get()
    assert [each.picture.name for each in application.enclosures] == ["logga.png", "gard.jpg", "asa.jpg"]
    assert StartedApplication.objects.count() == 0
    phone.goto(FORM)
    expect(phone.get_by_label("Företag", exact=True)).to_have_value("")


def expect_nothing_on_the_device(page: Page) -> None:
    """No form's words are kept in the browser itself any longer."""
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('autosave:'))"
    wait_for(page, [], lambda: page.evaluate(kept))


def expect_in_the_database(page: Page, written: dict[str, list[str]], *, pictures: int) -> None:
    """The autosave waits until the writer pauses."""

    def find() -> tuple[dict[str, list[str]], int]:
        started = StartedApplication.objects.get()
        return {name: started.values.get(name) for name in written}, len(started.pictures)

    wait_for(page, (written, pictures), find)


def test_without_a_script_it_is_kept_by_a_button_and_thrown_away_by_another(
    new_page: Callable[..., Page], smtp: CollectingServer
):
    page = new_page(width=390, javascript=False)
    page.goto(FORM)
    fill_in(page)
    choose(page, "logo", "logga.png", png_bytes(400, 200))
    page.get_by_role("button", name="Spara och fortsätt senare").click()
    expect(page.get_by_role("status").first).to_contain_text("Sparat. Du kan stänga fönstret")
    page.goto("/inkopsportalen/")
    page.goto(FORM)
    for label, words in WRITTEN.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(words)
    for label in TICKED:
        expect(page.get_by_label(label)).to_be_checked()
    expect(page.get_by_label("Vi samtycker")).not_to_be_checked()
    expect_saved(page, "logo", "logga.png")
    upload(page, "picture", "gard.jpg", jpeg_bytes(800, 600))
    page.goto(FORM)
    expect_saved(page, "picture", "gard.jpg")

    page.get_by_role("link", name="Släng och börja om …").click()
    expect(heading(page, "Vill du slänga och börja om?")).to_be_visible()
    page.get_by_role("button", name="Släng det jag har skrivit").click()
    expect(page.get_by_label("Företag", exact=True)).to_have_value("")
    assert StartedApplication.objects.count() == 0


def test_two_windows_do_not_wipe_each_other(new_page: Callable[..., Page]):
    first = new_page(watched=False)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(FORM)
    first.get_by_label("Företag", exact=True).fill(COMPANY)
    first.get_by_label("Beskrivning").fill("Vi lyser upp gårdar.")
    expect(first.locator("[data-autosave-status]")).to_contain_text("Sparat ")
    expect_in_the_database(first, {"company": [COMPANY], "description": ["Vi lyser upp gårdar."]}, pictures=0)
    second.get_by_label("Telefon", exact=True).fill("070-174 06 05")
    expect(second.locator("[data-autosave-status]")).to_contain_text("Sparat ")
    second.get_by_label("Beskrivning").fill("Vi målar trapphus.")
    expect(second.locator("[data-autosave-status]")).to_contain_text("i samma fält i ett annat fönster")
    second.get_by_role("button", name="Spara och fortsätt senare").click()
    expect(main(second).get_by_role("alert")).to_contain_text("”Vi lyser upp gårdar.”")
    expect(second.get_by_label("Beskrivning")).to_have_value("Vi målar trapphus.")
    expect(second.get_by_label("Företag", exact=True)).to_have_value(COMPANY)
    second.get_by_role("button", name="Spara och fortsätt senare").click()
    expect(second.get_by_role("status").first).to_contain_text("Sparat.")
    assert StartedApplication.objects.get().values == {
        "company": [COMPANY], "phone": ["070-174 06 05"], "description": ["Vi målar trapphus."],
    }  # fmt: skip


def test_words_written_without_a_connection_are_saved_when_it_is_back(new_page: Callable[..., Page]):
    page = new_page(watched=False)
    page.goto(FORM)
    page.context.set_offline(True)
    page.get_by_label("Företag", exact=True).fill(COMPANY)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Ingen uppkoppling.")
    page.context.set_offline(False)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Sparat ")
    assert StartedApplication.objects.get().company == COMPANY


def test_words_that_never_reached_us_are_offered_again_though_the_form_was_sent(new_page: Callable[..., Page]):
    page = new_page(watched=False)
    page.goto(FORM)
    other = page.context.new_page()
    other.goto(FORM)
    other.get_by_label("Telefon", exact=True).fill("070-174 06 05")
    expect(other.locator("[data-autosave-status]")).to_contain_text("Sparat ")
    # The device thinks it is connected, and nothing comes through.
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_label("Företag", exact=True).fill(COMPANY)
    page.get_by_role("button", name="Skicka ansökan").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/*")
    page.goto(FORM)
    page.get_by_role("button", name="Lägg tillbaka").click()
    expect(page.get_by_label("Företag", exact=True)).to_have_value(COMPANY)
    expect_in_the_database(page, {"company": [COMPANY], "phone": ["070-174 06 05"]}, pictures=0)
    expect_nothing_on_the_device(page)


def test_a_form_that_has_to_be_corrected_leaves_nothing_on_the_device(new_page: Callable[..., Page]):
    page = new_page(watched=False)
    page.goto(FORM)
    page.get_by_label("Företag", exact=True).fill(COMPANY)
    page.get_by_label("Skåne").check()
    page.get_by_role("button", name="Skicka ansökan").click()
    expect(page.get_by_role("alert").first).to_contain_text("saker att rätta")
    expect_nothing_on_the_device(page)


def test_words_on_the_device_are_forgotten_after_thirty_days(new_page: Callable[..., Page]):
    page = new_page()
    page.goto(FORM)
    page.evaluate(
        """() => {
          const days = 24 * 3600 * 1000;
          for (const [name, age] of [["/gammal/", 31], ["/ny/", 29]])
            localStorage.setItem(`autosave:${name}`, JSON.stringify({ content: "[]", at: Date.now() - age * days }));
          localStorage.setItem("autosave:/odaterad/", "{}");
          localStorage.setItem("annat", "kvar");
        }"""
    )
    page.reload()
    assert page.evaluate("Object.keys(localStorage).sort()") == ["annat", "autosave:/ny/"]


def test_the_applicant_takes_everything_out_and_erases_it(
    new_page: Callable[..., Page], smtp: CollectingServer, axe: Callable[[Page], None]
):
    # Unwatched: the link that is over answers 404.
    phone = new_page(width=390, watched=False)
    application = make_application("submitted", company=COMPANY, email=APPLICANT)
    before = len(smtp.to(APPLICANT))
    phone.goto(application.get_status_url())
    with phone.expect_download() as taken:
        phone.get_by_role("link", name="Ladda ner det vi har om ansökan").click()
    assert taken.value.suggested_filename == f"{application.reference}.json"
    assert COMPANY in Path(taken.value.path()).read_text()
    phone.get_by_role("link", name="Radera min ansökan …").click()
    expect(heading(phone, "Vill du radera ansökan?")).to_be_visible()
    axe(phone)
    phone.get_by_role("link", name="Behåll den").click()
    phone.get_by_role("link", name="Radera min ansökan …").click()
    phone.get_by_role("button", name="Radera min ansökan").click()
    expect(heading(phone, "Ansökan är raderad")).to_be_visible()
    axe(phone)
    assert (Application.objects.count(), Picture.objects.count()) == (0, 0)
    receipt = smtp.wait_for(APPLICANT, count=before + 1)[-1]
    assert receipt.subject == f"Ansökan {application.reference} är raderad"
    phone.goto(application.get_status_url())
    expect(heading(phone, "Länken fungerar inte")).to_be_visible()


def test_the_form_and_its_pages_are_accessible(new_page: Callable[..., Page], axe: Callable[[Page], None]):
    # Unwatched: the last page answers 404.
    page = new_page(watched=False)
    page.goto(FORM)
    page.get_by_label("Företag", exact=True).fill(COMPANY)
    page.get_by_role("button", name="Spara och fortsätt senare").click()
    expect(main(page)).to_contain_text("Du började på den här ansökan")
    axe(page)
    page.get_by_role("link", name="Släng och börja om …").click()
    expect(heading(page, "Vill du slänga och börja om?")).to_be_visible()
    axe(page)
    page.goto(StartedApplication.objects.get().get_continuation_url())
    axe(page)
    page.goto("/inkopsportalen/ansokan/fortsattning/x/")
    axe(page)
