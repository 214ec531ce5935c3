"""A lab's people, on a phone: measure, write up a method that stands on a measurement, send it in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from development.testing.smtp import CollectingServer
from labs.models import Goal, Lab
from methods.models import Revision
from tests.browser.steps import heading, link_to, main, sign_in_by_code, wait_for
from tests.labs.factories import make_goal, make_verified
from tests.pictures.factories import jpeg_bytes

TEXTS = {
    "Problemet": "Många kvinnor saknar arbete och nätverk.",
    "Effekten": "Fler fick arbete, praktik eller började studera.",
    "Varför det fungerar": "Mentorn känner arbetsgivare som deltagaren aldrig hade mött.",
    "För vilka och var": "Det passar bäst där det finns arbetsgivare nära.",
    "Så gör man": "Para ihop en mentor med en deltagare och träffas varje vecka.",
    "Det som inte fungerade": "Träffar på kvällstid lockade ingen.",
    "Förutsättningar för att lyckas": "En värd som är på plats varje dag.",
}


@pytest.fixture
def goal(lab: Lab, coordinator: User) -> Goal:
    """A goal with 2018 verified, 9 of 22, and nothing yet for 2019."""
    goal = make_goal(lab)
    make_verified(goal, 2018, decided_by=coordinator)
    return goal


def test_she_measures_writes_and_sends_in(
    phone: Page, goal: Goal, lab_lead: User, celery_worker_process: object, smtp: CollectingServer
):
    come_in(phone, lab_lead, smtp)
    measure(phone, goal)
    begin_a_report(phone)
    write_in_brief(phone)
    write_the_problem_and_reload(phone)
    write_the_rest_about(phone, "Effekten")
    cite_a_verified_measurement(phone)
    for section in ("Varför det fungerar", "För vilka och var", "Så gör man"):
        write_the_rest_about(phone, section)
    tell_core_from_adaptable(phone)
    say_what_it_takes(phone)
    for section in ("Det som inte fungerade", "Förutsättningar för att lyckas"):
        write_the_rest_about(phone, section)
    name_a_contact(phone)
    add_a_picture(phone)
    send_in(phone)
    find_it_waiting_in_the_lab(phone)


def come_in(page: Page, user: User, smtp: CollectingServer) -> None:
    page.goto("/")
    sign_in_by_code(page, user, smtp)
    expect(page).to_have_url(re.compile(r"/labb/mitt/$"))
    expect(page).to_have_title(re.compile("^Mitt labb"))
    expect(heading(page, "Provlabbet")).to_be_visible()


def measure(page: Page, goal: Goal) -> None:
    link_to(page, "Mät", goal.title).first.click()
    page.get_by_label("Hur många?", exact=True).fill("15")
    page.get_by_label("Av hur många?", exact=True).fill("22")
    page.get_by_label("Från", exact=True).fill("2019-01-01")
    page.get_by_label("Till", exact=True).fill("2019-12-31")
    page.get_by_label("Vad ligger bakom talet?").fill("Vi frågade alla deltagare i december.")
    page.get_by_role("button", name="Rapportera talet").click()
    expect(main(page).get_by_text("Mätningen är rapporterad. En samordnare tittar på den.")).to_be_visible()
    expect(main(page).locator(".number__value").first).to_contain_text("15 av 22")
    expect(main(page).get_by_text("väntar på verifiering").first).to_be_visible()
    expect(page.get_by_role("button", name="Verifiera talet")).to_have_count(0)
    main(page).get_by_role("link", name=goal.title).first.click()
    row = main(page).get_by_role("row").filter(has_text="15 av 22")
    expect(row).to_contain_text("Väntar på verifiering")
    expect(row).to_contain_text("Demo Labbledare")


def begin_a_report(page: Page) -> None:
    page.get_by_role("link", name="Mitt labb").first.click()
    expect(main(page).get_by_text("Ingen rapport skrivs just nu.")).to_be_visible()
    main(page).get_by_role("link", name="Skriv om en metod").click()
    page.get_by_label("Vad kallar ni metoden?").fill("Mentorer från arbetslivet")
    page.get_by_role("button", name="Börja skriva").click()


def write_in_brief(page: Page) -> None:
    expect(heading(page, "I korthet")).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value("Mentorer från arbetslivet")
    page.get_by_label("Sammanfattning i en mening").fill("Mentorer öppnar dörrar till arbetslivet.")
    page.get_by_label("Målgrupper").fill("Kvinnor utan arbete")
    page.get_by_label("Ökad sysselsättning").check()
    go_on(page)


def write_the_problem_and_reload(page: Page) -> None:
    """What is written is saved without a click, and still there when the page is loaded anew."""
    text = TEXTS["Problemet"]
    editor(page, "Problemet").press_sequentially(text)
    # Whoever pauses between two words has the first of them saved, and is told so.
    wait_for(page, f"<p>{text}</p>", lambda: Revision.objects.get().problem)
    expect(page.get_by_role("status").filter(has_text="Sparat")).to_have_text(re.compile(r"^Sparat \d\d\.\d\d$"))
    page.reload()
    expect(editor(page, "Problemet")).to_have_text(text)
    page.get_by_role("button", name="Fet").click()
    editor(page, "Problemet").press_sequentially("Det syns. ")
    expect(editor(page, "Problemet").locator("strong")).to_have_text("Det syns. ")
    go_on(page)


def write_the_rest_about(page: Page, section: str) -> None:
    expect(heading(page, section)).to_be_visible()
    editor(page, section).fill(TEXTS[section])
    go_on(page)


def cite_a_verified_measurement(page: Page) -> None:
    """Only what is verified can be cited: 9 of 22, and not yet the 15 just reported."""
    expect(heading(page, "Resultat")).to_be_visible()
    main(page).get_by_role("link", name="Lägg till ett resultat").click()
    page.get_by_label("Resultatet i en mening").fill("Nio av 22 kvinnor fick arbete.")
    expect(main(page).get_by_role("checkbox")).to_have_count(1)
    page.get_by_label("9 av 22 kvinnor – Fler kvinnor i arbete").check()
    page.get_by_role("button", name="Spara resultatet").click()
    expect(main(page).get_by_role("link", name="Nio av 22 kvinnor fick arbete.")).to_be_visible()
    main(page).get_by_role("link", name="Varför det fungerar").last.click()


def tell_core_from_adaptable(page: Page) -> None:
    expect(heading(page, "Kärna och anpassningsbara delar")).to_be_visible()
    parts = page.get_by_role("group", name="En del till")
    expect(parts).to_have_count(2)
    core, adaptable = parts.all()
    core.get_by_label("Kärna – måste vara som den är").check()
    core.get_by_label("Delen").fill("En träff varje vecka")
    core.get_by_label("Varför, eller hur den kan anpassas").fill("Tilliten tar tid.")
    adaptable.get_by_label("Anpassningsbar – får ändras").check()
    adaptable.get_by_label("Delen").fill("Platsen")
    go_on(page)


def say_what_it_takes(page: Page) -> None:
    expect(heading(page, "Vad det kräver")).to_be_visible()
    page.get_by_label("Arbetstimmar i veckan").fill("20")
    page.get_by_label("Lägsta kostnad för ett år, kronor").fill("250000")
    page.get_by_label("Högsta kostnad för ett år, kronor").fill("100000")
    page.get_by_label("Månader till första effekten").fill("6")
    go_on(page)
    expect(main(page).get_by_text("Den högsta kostnaden är lägre än den lägsta.").first).to_be_visible()
    page.get_by_label("Högsta kostnad för ett år, kronor").fill("400000")
    go_on(page)


def name_a_contact(page: Page) -> None:
    expect(heading(page, "Kontakt")).to_be_visible()
    page.get_by_label("Namn").fill("Demo Labbledare")
    page.get_by_label("E-postadress").fill("lead@example.org")
    go_on(page)


def add_a_picture(page: Page) -> None:
    expect(heading(page, "Bilder")).to_be_visible()
    page.get_by_label("Första bilden", exact=True).and_(page.locator("input")).set_input_files(
        {"name": "kaffe.jpg", "mimeType": "image/jpeg", "buffer": jpeg_bytes(800, 600)}
    )
    expect(main(page).get_by_text("Sparad", exact=True)).to_be_visible()
    page.get_by_label("Vad första bilden visar").fill("En mentor och en deltagare dricker kaffe.")
    page.get_by_role("button", name="Spara", exact=True).click()


def send_in(page: Page) -> None:
    expect(main(page).get_by_text("13 av 13 är klara.")).to_be_visible()
    main(page).get_by_role("link", name="Skicka in för granskning").click()
    expect(main(page).get_by_text("Allt finns med.")).to_be_visible()
    page.get_by_role("button", name="Skicka in för granskning").click()
    expect(main(page).get_by_text("Inskickad. En samordnare läser den och återkommer till dig.")).to_be_visible()
    expect(heading(page, "Väntar på granskning", level=2)).to_be_visible()


def find_it_waiting_in_the_lab(page: Page) -> None:
    page.get_by_role("link", name="Mitt labb").first.click()
    report = main(page).get_by_role("listitem").filter(has=page.get_by_role("link", name="Mentorer från arbetslivet"))
    expect(report).to_contain_text("Inskickad för granskning")


def test_without_a_script_she_measures_writes_a_section_and_sees_what_is_missing(
    new_page: Callable[..., Page], sign_in_as: Callable[[Page, User], None], goal: Goal, lab_member: User
):
    page = new_page(width=390, javascript=False)
    sign_in_as(page, lab_member)
    page.goto("/labb/mitt/")
    measure_without_the_number(page, goal)
    begin_a_report(page)
    write_in_brief(page)
    page.get_by_label("Problemet").fill("Många saknar arbete.\n\n- inga nätverk\n- inga referenser")
    page.get_by_role("button", name="Spara och se alla avsnitt").click()
    expect(main(page).get_by_text("2 av 13 är klara.")).to_be_visible()
    main(page).get_by_role("link", name="Skicka in för granskning").click()
    missing = main(page).locator(".error-summary")
    expect(missing).to_contain_text("Effekten: Beskriv effekten.")
    expect(missing).not_to_contain_text("Problemet")
    expect(page.get_by_role("button", name="Skicka in för granskning")).to_have_count(0)
    missing.get_by_role("link", name="Kontakt: Ange en person att kontakta.").click()
    expect(heading(page, "Kontakt")).to_be_visible()
    assert Revision.objects.get().problem == (
        "<p>Många saknar arbete.</p><ul><li><p>inga nätverk</p></li><li><p>inga referenser</p></li></ul>"
    )


def measure_without_the_number(page: Page, goal: Goal) -> None:
    """A form that lacks something says so and keeps the rest."""
    link_to(page, "Mät", goal.title).first.click()
    page.get_by_label("Av hur många?", exact=True).fill("22")
    page.get_by_label("Från", exact=True).fill("2019-01-01")
    page.get_by_label("Till", exact=True).fill("2019-12-31")
    page.get_by_role("button", name="Rapportera talet").click()
    summary = main(page).get_by_role("alert")
    expect(summary).to_contain_text("Skriv talet, eller ange längre ner varför det inte finns något värde.")
    expect(page.get_by_label("Av hur många?", exact=True)).to_have_value("22")
    page.get_by_label("Hur många?", exact=True).fill("15")
    page.get_by_role("button", name="Rapportera talet").click()
    expect(main(page).get_by_text("Mätningen är rapporterad.")).to_be_visible()


def editor(page: Page, name: str) -> Locator:
    """The rich text editor that took the place of the plain box."""
    return page.locator(".richtext__text").and_(page.get_by_role("textbox", name=name))


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Spara och fortsätt").click()
