"""A coordinator's day: check the numbers, review a report with its author, publish it and send the digest."""

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from development.testing.smtp import CollectingServer
from labs.models import Goal, Lab
from methods.models import Revision
from newsletter.models import Subscriber
from tests.browser.steps import heading, link_to, main, order_the_sending
from tests.labs.factories import make_goal
from tests.methods.factories import make_submitted
from tests.newsletter.factories import make_entry, make_subscriber

SignInAs = Callable[[Page, User], None]
REPORT = "Språkkafé med grannar"


@pytest.fixture
def goal(lab: Lab, lab_lead: User) -> Goal:
    """A goal with 2018 and 2019 reported, in that order."""
    goal = make_goal(lab)
    for year, n in ((2018, 9), (2019, 15)):
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        goal.report(by=lab_lead, period_start=first, period_end=last, numerator=n, denominator=22)
    return goal


@pytest.fixture
def report(lab: Lab, lab_lead: User, goal: Goal) -> Revision:
    return make_submitted(lab, lab_lead, REPORT)


@pytest.fixture
def readers(lab: Lab, other_lab: Lab) -> list[Subscriber]:
    """Two whom the week's news concerns, and one who reads of another lab only."""
    make_entry("Första träffen", lab=lab)
    make_subscriber("granne.bara@example.org", labs=[other_lab])
    return [make_subscriber("alla@example.org"), make_subscriber("labbet@example.org", labs=[lab])]


def test_the_coordinator_verifies_reviews_publishes_and_sends(
    page: Page,
    phone: Page,
    sign_in_as: SignInAs,
    coordinator: User,
    lab_lead: User,
    report: Revision,
    readers: list[Subscriber],
    celery_worker_process: object,
    smtp: CollectingServer,
    monkeypatch: pytest.MonkeyPatch,
):
    sign_in_as(page, coordinator)
    sign_in_as(phone, lab_lead)
    see_what_waits(page)
    return_the_first_measurement(page)
    the_lab_is_told_about_the_measurement(phone, lab_lead, smtp)
    verify_the_second_measurement(page)
    ask_for_changes(page)
    the_author_mends_and_sends_in_again(phone, lab_lead, smtp)
    publish(page)
    anybody_can_read_it(phone)
    # Otherwise a digest leaves the last minute to those just publishing.
    monkeypatch.setattr("newsletter.models.composition.SETTLING", datetime.timedelta(0))
    compose_the_digest(page)
    preview_and_send(page)
    the_readers_have_it(readers, smtp)
    see_that_all_is_accepted(page)
    read_what_has_happened(page)


def see_what_waits(page: Page) -> None:
    """The oldest is first: the numbers in the order they came, then the report."""
    page.goto("/oversikt/")
    expect(heading(page, "3 saker väntar på dig")).to_be_visible()
    rows = waiting(page)
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Mätning att verifiera")
    expect(rows.nth(0)).to_contain_text("2018: 9 av 22 kvinnor")
    expect(rows.nth(1)).to_contain_text("2019: 15 av 22 kvinnor")
    expect(rows.nth(2)).to_contain_text("Metodrapport att granska")


def return_the_first_measurement(page: Page) -> None:
    link_to(page, "Verifiera", "Fler kvinnor i arbete").first.click()
    expect(heading(page, "Håller talet?", level=2)).to_be_visible()
    expect(main(page).locator(".number__value").first).to_contain_text("9 av 22")
    main(page).get_by_text("Skicka tillbaka med en kommentar").click()
    page.get_by_role("button", name="Skicka tillbaka till labbet").click()
    expect(page.get_by_label("Vad ska labbet titta på?")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Vad ska labbet titta på?").fill("Är de två som flyttade med?")
    page.get_by_role("button", name="Skicka tillbaka till labbet").click()
    expect(main(page).get_by_text("Mätningen är tillbakaskickad")).to_be_visible()


def the_lab_is_told_about_the_measurement(page: Page, lead: User, smtp: CollectingServer) -> None:
    (letter,) = smtp.wait_for(lead.email)
    assert letter.subject == "Titta på din mätning igen: Fler kvinnor i arbete, 2018"
    assert "Är de två som flyttade med?" in letter.body()
    page.goto("/labb/mitt/")
    expect(main(page).get_by_role("listitem").filter(has_text="Tillbakaskickad").first).to_contain_text(
        "Är de två som flyttade med?"
    )


def verify_the_second_measurement(page: Page) -> None:
    page.get_by_role("link", name="Översikt").first.click()
    expect(heading(page, "2 saker väntar på dig")).to_be_visible()
    link_to(page, "Verifiera", "Fler kvinnor i arbete").click()
    page.get_by_role("button", name="Verifiera talet").click()
    expect(main(page).get_by_text("Mätningen är verifierad.")).to_be_visible()


def ask_for_changes(page: Page) -> None:
    page.get_by_role("link", name="Översikt").first.click()
    expect(heading(page, "1 sak väntar på dig")).to_be_visible()
    link_to(page, "Granska", REPORT).click()
    expect(main(page).get_by_text("Kvällstider lockade ingen.")).to_be_visible()
    page.get_by_label("Kommentar till ”Effekten”").fill("Hur många fler, och jämfört med när?")
    page.get_by_role("button", name="Skicka tillbaka med kommentarer").click()
    expect(main(page).get_by_text("Tillbakaskickad. Författaren får dina kommentarer med e-post.")).to_be_visible()


def the_author_mends_and_sends_in_again(page: Page, author: User, smtp: CollectingServer) -> None:
    letter = smtp.wait_for(author.email, count=2)[-1]
    assert REPORT in letter.subject
    assert "Effekten: Hur många fler, och jämfört med när?" in letter.body()
    link = re.search(r"https?://\S+/metoder/rapporter/\d+/", letter.body())
    assert link
    page.goto(link[0])
    main(page).get_by_role("link", name=re.compile("Effekten.*har kommentarer", re.DOTALL)).click()
    expect(main(page).get_by_role("region", name="Det här ber samordnaren om")).to_contain_text(
        "Hur många fler, och jämfört med när?"
    )
    page.locator(".richtext__text").fill("Femton av 22 kvinnor fick arbete, mot nio året före.")
    page.get_by_role("button", name="Spara och se alla avsnitt").click()
    main(page).get_by_role("link", name="Skicka in för granskning").click()
    page.get_by_role("button", name="Skicka in för granskning").click()
    expect(heading(page, "Väntar på granskning", level=2)).to_be_visible()


def publish(page: Page) -> None:
    page.goto("/oversikt/")
    link_to(page, "Granska", REPORT).click()
    expect(main(page).get_by_text("Femton av 22 kvinnor fick arbete, mot nio året före.").first).to_be_visible()
    page.get_by_role("button", name="Skriv under och publicera").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Evidensnivå")
    page.get_by_label("2 – Förändring mätt före och efter").check()
    page.get_by_label("Varför den här nivån").fill("Mätt två år i rad med samma frågor.")
    page.get_by_role("button", name="Skriv under och publicera").click()
    expect(main(page).get_by_text("Publicerad. Nu kan alla läsa den.")).to_be_visible()


def anybody_can_read_it(page: Page) -> None:
    page.goto("/metoder/")
    main(page).get_by_role("link", name=REPORT).click()
    expect(main(page).get_by_text("Underskrivet av Demo Samordnare")).to_be_visible()
    expect(main(page).get_by_text("Mätt två år i rad med samma frågor.")).to_be_visible()


def compose_the_digest(page: Page) -> None:
    page.get_by_role("link", name="Utskick").first.click()
    page.get_by_role("main").get_by_label("Typ").select_option("Veckosammandrag")
    page.get_by_role("button", name="Gör i ordning").click()
    for title in (REPORT, "Första träffen"):
        expect(main(page).get_by_role("heading", name=title, level=3)).to_be_visible()
    expect(main(page).locator(".number").first).to_contain_text("2")
    page.get_by_label("Ämnesrad på svenska").fill("Femton av tjugotvå")
    page.get_by_role("button", name="Spara texten").click()
    expect(heading(page, "Femton av tjugotvå")).to_be_visible()


def preview_and_send(page: Page) -> None:
    main(page).get_by_role("link", name="Titta på mejlet").click()
    mail = page.frame_locator("iframe[title='Mejlet med bilder']")
    expect(mail.get_by_role("heading", name="Femton av tjugotvå")).to_be_visible()
    expect(mail.get_by_role("link", name=REPORT)).to_be_visible()
    page.get_by_role("navigation", name="Du är här").get_by_role("link", name="Femton av tjugotvå").click()
    order_the_sending(page, 2)


def the_readers_have_it(readers: list[Subscriber], smtp: CollectingServer) -> None:
    for reader in readers:
        (letter,) = smtp.wait_for(reader.email, within=30)
        assert letter.subject == "Femton av tjugotvå"
        assert REPORT in letter.body()
        assert f"/u/{reader.token}/" in letter.message["List-Unsubscribe"]
    assert smtp.to("granne.bara@example.org") == []


def see_that_all_is_accepted(page: Page) -> None:
    """The page follows by itself; the worker notes the last one just after the server has taken it."""
    expect(page.locator("#issue-state")).to_have_text("Skickat", timeout=30_000)
    expect(main(page).get_by_text("av 2 skickade")).to_be_visible()
    main(page).get_by_role("link", name="Se hur det gick för varje mottagare").click()
    rows = main(page).get_by_role("row").filter(has_text="@example.org")
    expect(rows).to_have_count(2)
    for row in rows.all():
        expect(row).to_contain_text("Skickat")


def read_what_has_happened(page: Page) -> None:
    page.get_by_role("link", name="Översikt").first.click()
    expect(main(page).get_by_role("heading", name="Inget väntar på dig")).to_be_visible()
    main(page).get_by_role("link", name="Allt som har hänt").click()
    story = main(page).get_by_role("listitem")
    for line in (
        "Demo Samordnare skickade tillbaka mätningen",
        "Demo Samordnare verifierade mätningen",
        "Demo Samordnare bad om ändringar",
        "Demo Labbledare skickade in för granskning",
        "Demo Samordnare publicerade",
        "Demo Samordnare gav klartecken att skicka",
    ):
        expect(story.filter(has_text=line).first).to_be_visible()


def test_whoever_reported_or_wrote_leaves_the_decision_to_another(
    page: Page, sign_in_as: SignInAs, coordinator: User, lab: Lab
):
    goal = make_goal(lab)
    first, last = datetime.date(2019, 1, 1), datetime.date(2019, 12, 31)
    goal.report(by=coordinator, period_start=first, period_end=last, numerator=15, denominator=22)
    make_submitted(lab, coordinator, REPORT)
    sign_in_as(page, coordinator)
    page.goto("/oversikt/")
    expect(waiting(page).filter(has_text="Du har själv varit med här, så en annan samordnare tar det.")).to_have_count(
        2
    )
    link_to(page, "Titta", goal.title).click()
    expect(
        main(page).get_by_text("Du har själv rapporterat mätningen, så en annan samordnare kontrollerar den.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Verifiera talet")).to_have_count(0)
    page.go_back()
    link_to(page, "Titta", REPORT).click()
    expect(
        main(page).get_by_text("Du har själv skrivit i den här versionen. En annan samordnare behöver publicera den.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Skriv under och publicera")).to_have_count(0)


def waiting(page: Page) -> Locator:
    """The rows of what waits."""
    return main(page).get_by_role("region", name="Det som väntar").locator("ol.list > li")
