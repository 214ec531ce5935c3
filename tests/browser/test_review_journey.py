"""Two coordinators share out the queue, look at an application, have it mended, recommend and decide."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from procurement_portal.models import Application, DecisionLetter
from tests.browser.steps import heading, link_to, main
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application, organisation_number

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried", "disk_of_its_own")]
APPLICANT = "asa@example.org"
NUMBER = organisation_number(77_777)
SignInAs = Callable[[Page, User], None]


@pytest.fixture
def application(site: str, smtp: CollectingServer, celery_worker_process: WorkerProcess) -> Application:
    """One to review, from a company that has applied before."""
    make_application("withdrawn", company="Ljusgården förr AB", organisation_number=NUMBER)
    make_application("submitted", company="Skolhjälpen AB")
    pictures = {name: ready_picture(claimed=False) for name in ("logo", "picture", "contact_picture")}
    return make_application(
        "submitted", company="Ljusgården AB", organisation_number=NUMBER, email=APPLICANT, **pictures
    )


def test_an_application_goes_through_the_whole_review(
    page: Page,
    phone: Page,
    new_page: Callable[..., Page],
    sign_in_as: SignInAs,
    axe: Callable[[Page], None],
    coordinator: User,
    other_coordinator: User,
    application: Application,
    smtp: CollectingServer,
):
    desk, colleague = page, new_page()
    sign_in_as(desk, coordinator)
    sign_in_as(colleague, other_coordinator)
    share_out_the_queue(desk, axe)
    take_it_away_as_a_workbook(desk)
    look_at_everything(desk, axe)
    ask_about_two_fields(desk)
    the_applicant_answers_at_those_fields(phone, smtp)
    give_it_to_a_colleague(desk, other_coordinator, smtp)
    recommend(desk, axe)
    change_the_wording(colleague, axe)
    decide(colleague, smtp, axe)
    letter = DecisionLetter.objects.get()
    assert (letter.template.number, letter.application.decided_by) == (1, other_coordinator)
    read_what_has_happened(desk)


def share_out_the_queue(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/inkopsportalen/ansokningar/")
    page.get_by_role("button", name="Bli granskare för de ikryssade").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Kryssa först i minst en ansökan.")
    axe(page)
    page.get_by_label("Jag granskar: Ljusgården AB").check()
    page.get_by_role("button", name="Bli granskare för de ikryssade").click()
    expect(page.get_by_role("status").first).to_contain_text("Du granskar 1 ansökan till.")
    page.get_by_role("combobox", name="Granskare").select_option("Jag")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(main(page).locator("tbody tr")).to_have_count(1)
    expect(main(page).locator("tbody tr")).to_contain_text("mindre än en dag")
    axe(page)


def take_it_away_as_a_workbook(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Ladda ner 1 ansökan för Excel").click()
    assert re.fullmatch(r"ansokningar-\d{4}-\d\d-\d\d\.xlsx", download.value.suggested_filename)


def look_at_everything(page: Page, axe: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Ljusgården AB").click()
    expect(heading(page, "Samma organisationsnummer", level=2)).to_be_visible()
    expect(main(page).get_by_role("link", name=re.compile("^Ljusgården förr AB"))).to_be_visible()
    page.get_by_label("Ny anteckning").fill("De finns redan i Norrköping.")
    page.get_by_role("button", name="Spara anteckningen").click()
    expect(main(page).get_by_text("De finns redan i Norrköping.")).to_be_visible()
    # Before its script has come the link leads to the picture itself.
    page.wait_for_load_state()
    zoom = page.get_by_role("link", name=re.compile("Visa större")).first
    zoom.click()
    shown = page.get_by_role("dialog")
    expect(shown.get_by_role("img")).to_be_visible()
    assert shown.get_by_role("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    axe(page)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(zoom).to_be_focused()
    page.get_by_role("button", name="Ta upp för granskning").click()
    expect(page.get_by_role("link", name="Godkänn …")).to_be_visible()
    axe(page)


def ask_about_two_fields(page: Page) -> None:
    page.get_by_role("link", name="Be om komplettering …").click()
    page.get_by_role("checkbox", name="Beskrivning").check()
    page.get_by_label("Beskrivning: vad ska rättas?").fill("Berätta för vem.")
    page.get_by_role("checkbox", name="Webbplats").check()
    page.get_by_label("Webbplats: vad ska rättas?").fill("Adressen går inte att öppna.")
    page.get_by_role("button", name="Be om kompletteringen").click()
    expect(heading(page, "Väntar på den sökande", level=2)).to_be_visible()


def the_applicant_answers_at_those_fields(page: Page, smtp: CollectingServer) -> None:
    letter = smtp.wait_for(APPLICANT, count=2)[-1]
    body = letter.body()
    assert ("Beskrivning: Berätta för vem." in body, "Webbplats: Adressen går inte att öppna." in body) == (True, True)
    page.goto(letter.link("/inkopsportalen/min-ansokan/"))
    page.get_by_role("link", name="Rätta ansökan").click()
    expect(main(page).get_by_text("Det vi bad om:")).to_have_count(2)
    expect(page.locator(".field", has=page.get_by_label("Beskrivning"))).to_contain_text("Berätta för vem.")
    page.get_by_label("Beskrivning").fill("För alla som bor hos allmännyttan.")
    page.get_by_role("button", name="Skicka in kompletteringen").click()
    expect(page.get_by_role("status").first).to_contain_text("Tack!")


def give_it_to_a_colleague(page: Page, colleague: User, smtp: CollectingServer) -> None:
    page.reload()
    expect(main(page).get_by_text("För alla som bor hos allmännyttan.")).to_be_visible()
    expect(heading(page, "Vad ni har bett om tidigare", level=2)).to_be_visible()
    page.get_by_role("button", name="Ta upp för granskning").click()
    page.get_by_label("Vem granskar ansökan?").select_option(label=colleague.name)
    page.get_by_role("button", name="Spara granskaren").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{colleague.name} är granskare")
    (letter,) = smtp.wait_for(colleague.email)
    assert letter.subject == "En ansökan för dig att granska: Ljusgården AB"


def recommend(page: Page, axe: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Rekommendera …").click()
    page.get_by_role("button", name="Spara rekommendationen").click()
    expect(main(page).get_by_role("alert")).to_be_visible()
    axe(page)
    page.get_by_label("Godkänn ansökan").check()
    page.get_by_label("Varför?").fill("Bra referenser.")
    page.get_by_role("button", name="Spara rekommendationen").click()
    expect(main(page).get_by_text("Du har rekommenderat ett beslut, så en kollega beslutar.")).to_be_visible()
    expect(page.get_by_role("link", name="Godkänn …")).to_have_count(0)
    axe(page)


def change_the_wording(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/inkopsportalen/beslutsbrev/")
    page.get_by_role("link", name=re.compile("^Godkänd, svenska", re.IGNORECASE)).click()
    page.get_by_label("Brev").fill("Hej {{ contact }}!\n\n{{ pengar }}")
    page.get_by_role("button", name="Spara texten").click()
    expect(main(page).get_by_role("alert")).to_contain_text("pengar")
    page.get_by_label("Brev").fill("Hej {{ contact }}!\n\nVälkomna.\n\n{{ reason }}")
    page.get_by_role("button", name="Förhandsgranska brevet").click()
    expect(main(page).get_by_text("Hej Demo Kontakt!")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Spara texten").click()
    expect(main(page)).to_contain_text("Version 1: Demo Samordnare Två")


def decide(page: Page, smtp: CollectingServer, axe: Callable[[Page], None]) -> None:
    page.goto("/oversikt/")
    link_to(page, "Granska", "Ljusgården AB").click()
    page.get_by_role("link", name="Godkänn …").click()
    expect(main(page).get_by_text("Bra referenser.")).to_be_visible()
    page.get_by_label("Skäl").fill("Ni passar.")
    page.get_by_role("button", name="Förhandsgranska brevet").click()
    expect(page.locator("#preview")).to_contain_text("Välkomna.")
    axe(page)
    page.get_by_role("button", name="Godkänn och mejla brevet").click()
    expect(main(page)).to_contain_text("Ljusgården AB finns nu i portalen.")
    page.get_by_text("Brevet som skickades").click()
    expect(main(page).get_by_text("Det utgick från version 1 av texten.")).to_be_visible()
    axe(page)
    letter = smtp.wait_for(APPLICANT, count=3)[-1]
    assert ("Välkomna." in letter.body(), "Ni passar." in letter.body()) == (True, True)


def read_what_has_happened(page: Page) -> None:
    page.reload()
    for deed in [
        "godkände ansökan",
        "rekommenderade att ansökan godkänns",
        "bad en kollega granska ansökan",
        "skrev en intern anteckning",
        "blev ansökans granskare",
    ]:
        expect(main(page).locator(".timeline").get_by_text(deed)).to_be_visible()
