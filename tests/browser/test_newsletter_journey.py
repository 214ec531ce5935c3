"""The coordinator's newsletter: composed and put in order, looked at, tried, set, sent, paused, followed and accounted
for. Mail goes through a worker in a process of its own, over SMTP."""

import csv
import datetime
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from labs.models import Lab
from newsletter.models import Issue
from tests.browser.steps import button_for, go_to_the_sending, heading, main, order_the_sending
from tests.newsletter.factories import (
    make_entry,
    make_frozen,
    make_issue,
    make_method,
    make_subscriber,
    make_subscribers,
    make_uncertain,
)

pytestmark = pytest.mark.django_db(transaction=True)

SignInAs = Callable[[Page, User], None]
NewPage = Callable[..., Page]
Axe = Callable[[Page], None]
NEW, OLD, REPORT = "Nytt sedan sist", "Från i våras", "Språkkafé"


@pytest.fixture
def desk(page: Page, sign_in_as: SignInAs, coordinator: User) -> Page:
    sign_in_as(page, coordinator)
    return page


@pytest.fixture
def news(lab: Lab, lab_lead: User) -> None:
    """A week with three entries; an old one; then an entry and a report that came after the digest was composed."""
    for hours, title in ((3, "Ett"), (2, "Två"), (1, "Tre")):
        make_entry(title, lab=lab, published_at=timezone.now() - datetime.timedelta(hours=hours))
    make_entry(OLD, lab=lab, published_at=timezone.now() - datetime.timedelta(days=90))


@pytest.fixture
def later(news: None, lab: Lab, lab_lead: User) -> Issue:
    """The digest of the three, and what has come since."""
    issue = make_issue()
    make_entry(NEW, lab=lab, published_at=timezone.now())
    make_method(REPORT, lab=lab, by=lab_lead)
    return issue


def test_from_composing_to_done(
    desk: Page,
    later: Issue,
    axe: Axe,
    coordinator: User,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
):
    make_subscribers(3)
    make_subscriber("english@example.org", language="en")
    desk.goto(later.get_desk_url())
    put_in_one_and_those_that_are_ticked(desk)
    find_an_old_one(desk)
    put_in_order_by_keys(desk)
    put_in_order_by_dragging(desk, later)
    write_the_words(desk)
    axe(desk)
    look_at_it_in_each_form(desk, axe)
    try_it(desk, coordinator, smtp)
    set_a_time_and_take_it_back(desk, axe)
    order_the_sending(desk, 4)
    expect(heading(desk, re.compile("^Skickat "), level=2)).to_be_visible(timeout=30_000)
    expect(desk.locator("#issue-state")).to_have_text("Skickat")
    expect(main(desk).locator(".number__value").first).to_contain_text("4 av 4 skickade")
    axe(desk)
    letter = smtp.wait_for("lasare0@example.org")[-1]
    assert letter.subject == "Det bästa på länge"
    assert [title for title in (OLD, REPORT, "Ett", "Tre", NEW) if title not in letter.body()] == []
    assert smtp.wait_for("english@example.org")[-1].subject == "The best in a long time"


def put_in_one_and_those_that_are_ticked(page: Page) -> None:
    news = main(page).get_by_role("region", name="Inte med i utskicket än")
    page.get_by_label("Ämnesrad på svenska").fill("Inte sparat än")
    news.get_by_role("checkbox", name=REPORT).check()
    button_for(page, "Lägg till", NEW).click()
    expect(said(page)).to_have_text("1 nyhet är tillagd.")
    expect(titles(page)).to_have_text(["Tre", "Två", "Ett", NEW])
    expect(page.get_by_label("Ämnesrad på svenska")).to_have_value("Inte sparat än")
    expect(news.get_by_role("checkbox", name=REPORT)).to_be_checked()
    expect(heading(page, "Inte med i utskicket än", level=2)).to_be_focused()
    button_for(page, "Lägg till", REPORT).click()
    expect(news).to_contain_text("Allt nytt är redan med i utskicket.")
    expect(titles(page)).to_have_text(["Tre", "Två", "Ett", NEW, REPORT])


def find_an_old_one(page: Page) -> None:
    page.get_by_text("Sök bland allt som är publicerat", exact=True).click()
    page.get_by_label("Ord i rubriken").fill("våras")
    page.get_by_role("button", name="Sök", exact=True).click()
    add = button_for(page, "Lägg till", OLD)
    expect(add).to_be_visible()
    expect(page.get_by_label("Ord i rubriken")).to_have_value("våras")
    add.click()
    expect(main(page).get_by_text("Inget som inte redan är med passar din sökning.")).to_be_visible()
    expect(titles(page).last).to_have_text(OLD)


def put_in_order_by_keys(page: Page) -> None:
    up = button_for(page, "Upp", OLD)
    up.focus()
    for place in (5, 4):
        page.keyboard.press("Enter")
        expect(said(page)).to_have_text(f"”{OLD}” är nu nummer {place} av 6.")
        expect(up).to_be_focused()
    expect(titles(page)).to_have_text(["Tre", "Två", "Ett", OLD, NEW, REPORT])
    button_for(page, "Ta bort", "Två").click()
    expect(said(page)).to_have_text("”Två” är borttaget.")
    expect(heading(page, "I utskicket", level=2)).to_be_focused()


def put_in_order_by_dragging(page: Page, issue: Issue) -> None:
    drag(page, REPORT, above="Tre")
    expect(said(page)).to_have_text(f"”{REPORT}” är nu nummer 1 av 5.")
    expect(titles(page)).to_have_text([REPORT, "Tre", "Ett", OLD, NEW])
    assert [item.title for item in issue.items.with_sources()] == [REPORT, "Tre", "Ett", OLD, NEW]
    drag(page, NEW, above="Tre", then_escape=True)
    expect(titles(page)).to_have_text([REPORT, "Tre", "Ett", OLD, NEW])


def drag(page: Page, title: str, *, above: str, then_escape: bool = False) -> None:
    row(page, title).scroll_into_view_if_needed()
    handle, target = row(page, title).locator(".arrange__handle").bounding_box(), row(page, above).bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, target["y"] + 30, steps=6)
    page.mouse.move(handle["x"] + 10, target["y"] + 5, steps=3)
    if then_escape:
        page.keyboard.press("Escape")
    page.mouse.up()


def write_the_words(page: Page) -> None:
    page.get_by_label("Ämnesrad på svenska").fill("")
    page.get_by_label("Förhandsrad på svenska").fill("Vi tror knappt det är sant.")
    expect(main(page).get_by_text("27 / 150")).to_be_visible()
    page.get_by_role("button", name="Spara texten").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Ämnesrad på svenska")
    expect(page.get_by_label("Förhandsrad på svenska")).to_have_value("Vi tror knappt det är sant.")
    page.get_by_label("Ämnesrad på svenska").fill("Det bästa på länge")
    page.get_by_label("Ämnesrad på engelska").fill("The best in a long time")
    page.get_by_role("button", name="Spara texten").click()
    expect(heading(page, "Det bästa på länge")).to_be_visible()


def look_at_it_in_each_form(page: Page, axe: Axe) -> None:
    main(page).get_by_role("link", name="Titta på mejlet").click()
    mail = page.frame_locator("iframe[title='Mejlet med bilder']")
    expect(mail.get_by_role("heading", name="Det bästa på länge")).to_be_visible()
    expect(main(page).locator("dl.facts")).to_contain_text("Vi tror knappt det är sant.")
    expect(main(page).locator("dl.facts")).to_contain_text("3 prenumeranter")
    axe(page)
    main(page).get_by_role("link", name="På telefon").click()
    frame = page.locator("iframe[title='Mejlet på telefon']")
    assert frame.evaluate("frame => frame.getBoundingClientRect().width") == 320
    main(page).get_by_role("link", name="Ren text").click()
    expect(main(page).get_by_role("region", name="Mejlet som ren text")).to_contain_text("UR DAGBOKEN")
    main(page).get_by_role("link", name="Källkod").click()
    source = main(page).get_by_role("region", name="Mejlets källkod")
    expect(source).to_contain_text("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    expect(source).to_contain_text("mottagare@example.org")
    axe(page)


def try_it(page: Page, coordinator: User, smtp: CollectingServer) -> None:
    main(page).get_by_role("link", name="På engelska, 5 nyheter").click()
    page.get_by_role("button", name="På engelska").click()
    expect(main(page).get_by_text(f"Ett prov är på väg till {coordinator.email}.")).to_be_visible()
    assert smtp.wait_for(coordinator.email)[-1].subject == "Test: The best in a long time"


def set_a_time_and_take_it_back(page: Page, axe: Axe) -> None:
    page.get_by_role("navigation", name="Du är här").get_by_role("link", name="Det bästa på länge").click()
    go_to_the_sending(page)
    page.get_by_label("Dag och tid").fill("2099-01-01T06:00")
    page.get_by_role("button", name="Sätt tiden").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Kryssa i rutan för att säga ja till antalet mottagare.")
    expect(page.get_by_label("Dag och tid")).to_have_value("2099-01-01T06:00")
    axe(page)
    later = main(page).get_by_role("region", name="Eller låt det skickas automatiskt")
    later.get_by_label("Ja, det ska gå till 4 prenumeranter").check()
    page.get_by_role("button", name="Sätt tiden").click()
    expect(page.locator("#issue-state")).to_have_text("Tidsatt")
    axe(page)
    page.get_by_role("button", name="Ta tillbaka tiden").click()
    expect(page.locator("#issue-state")).to_have_text("Utkast")


def test_a_sending_is_followed_paused_and_resumed(
    desk: Page, axe: Axe, smtp: CollectingServer, celery_worker_process: WorkerProcess
):
    issue = make_frozen("På väg", make_subscribers(12), state="paused", trouble="535 Fel lösenord")
    desk.goto(issue.get_desk_url())
    expect(main(desk)).to_contain_text("535 Fel lösenord")
    axe(desk)
    # The figures follow by themselves, and the focus stays.
    resume = desk.get_by_role("button", name="Återuppta")
    resume.focus()
    issue.deliveries.filter(pk__in=list(issue.deliveries.values_list("pk", flat=True)[:4])).update(state="failed")
    expect(main(desk).locator(".tally > div").filter(has_text="Misslyckade")).to_contain_text("4", timeout=15_000)
    expect(desk.get_by_text("33 % klart").first).to_be_visible()
    expect(resume).to_be_focused()
    resume.click()
    expect(desk.get_by_role("status").first).to_contain_text("Utskicket fortsätter.")
    expect(heading(desk, re.compile("^Skickat "), level=2)).to_be_visible(timeout=30_000)
    assert len(smtp.received) == 8
    assert desk.get_by_role("button", name="Återuppta").count() == 0


def test_a_pause_and_an_end_elsewhere_show_by_themselves(desk: Page, coordinator: User, smtp: CollectingServer):
    issue = make_frozen("På väg", make_subscribers(3))
    desk.goto(issue.get_desk_url())
    pause = desk.get_by_role("button", name="Pausa")
    pause.click()
    expect(heading(desk, "Utskicket är pausat", level=2)).to_be_visible()
    desk.get_by_role("button", name="Återuppta").focus()
    issue.cancel(by=coordinator)
    expect(heading(desk, "Utskicket stoppades", level=2)).to_be_focused(timeout=15_000)
    expect(desk.locator("#issue-state")).to_have_text("Inställt")
    expect(desk.get_by_role("link", name="Ställ in utskicket")).to_have_count(0)


@pytest.mark.parametrize("deed", ["waiting", "moving"])
def test_when_the_session_has_ended_the_whole_window_goes_to_the_sign_in(desk: Page, later: Issue, deed: str):
    issue = make_frozen("På väg", make_subscribers(3)) if deed == "waiting" else later
    desk.goto(issue.get_desk_url())
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    if deed == "moving":
        button_for(desk, "Upp", titles(desk).last.inner_text()).click()
    expect(heading(desk, "Logga in")).to_be_visible()
    expect(desk).to_have_url(re.compile(rf"/konto/logga-in/\?next={issue.get_desk_url()}$"))
    expect(desk.locator("#figures, #composition")).to_have_count(0)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(urlsplit(request.url).path))
    desk.wait_for_timeout(2_500)
    assert [path for path in asked if path.startswith(issue.get_desk_url())] == []


@pytest.mark.parametrize("javascript", [True, False])
def test_uncertain_recipients_are_decided_about(
    new_page: NewPage,
    sign_in_as: SignInAs,
    coordinator: User,
    axe: Axe,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
    javascript: bool,
):
    page = new_page(javascript=javascript)
    sign_in_as(page, coordinator)
    issue = make_uncertain("Osäkert", 5)
    first, second, third, *rest = [str(delivery.subscriber) for delivery in issue.deliveries.order_by("pk")]
    page.goto("/oversikt/")
    main(page).get_by_role("link", name=re.compile("Bestäm")).click()
    button_for(page, "Låt det vara", first).click()
    expect(main(page).get_by_text("1 mottagare är lämnad som osäker.")).to_be_visible()
    button_for(page, "Skicka igen …", second).click()
    expect(heading(page, "Skicka igen till 1 mottagare")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("button", name="Skicka igen till 1 mottagare").click()
    assert smtp.wait_for(second, within=30)
    page.goto(f"/nyhetsbrev/utskick/{issue.pk}/mottagare/?state=open")
    page.get_by_role("checkbox", name=third).check()
    page.get_by_role("button", name="Låt de ikryssade vara").click()
    page.get_by_role("button", name="Skicka igen till alla …").click()
    page.get_by_role("button", name="Skicka igen till 2 mottagare").click()
    for reader in rest:
        assert smtp.wait_for(reader, within=30)
    assert (smtp.to(first), smtp.to(third)) == ([], [])


def test_the_log_is_a_file_for_a_spreadsheet(desk: Page, axe: Axe, tmp_path: Path):
    issue = make_uncertain("Osäkert", 2)
    desk.goto(f"/nyhetsbrev/utskick/{issue.pk}/mottagare/")
    axe(desk)
    with desk.expect_download() as download:
        main(desk).get_by_role("link", name="Ladda ner loggen").click()
    assert re.fullmatch(rf"utskick-{issue.pk}-\d{{4}}-\d\d-\d\d\.csv", download.value.suggested_filename)
    download.value.save_as(tmp_path / "log.csv")
    rows = list(csv.reader((tmp_path / "log.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][:4] == ["E-postadress", "Språk", "Innehåll", "Läge"]
    assert [row[0] for row in rows[1:]] == [str(delivery.subscriber) for delivery in issue.deliveries.order_by("pk")]


def test_without_javascript_an_issue_is_composed_looked_at_and_sent(
    new_page: NewPage,
    sign_in_as: SignInAs,
    coordinator: User,
    later: Issue,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
):
    page = new_page(javascript=False)
    sign_in_as(page, coordinator)
    make_subscribers(2)
    page.goto(later.get_desk_url())
    assert page.locator(".arrange__handle").count() == 0
    page.get_by_role("checkbox", name=NEW).check()
    page.get_by_role("checkbox", name=REPORT).check()
    page.get_by_role("button", name="Lägg till det ikryssade").click()
    expect(titles(page)).to_have_text(["Tre", "Två", "Ett", REPORT, NEW])
    button_for(page, "Upp", NEW).click()
    button_for(page, "Ta bort", "Två").click()
    expect(titles(page)).to_have_text(["Tre", "Ett", NEW, REPORT])
    main(page).get_by_role("link", name="Titta på mejlet").click()
    main(page).get_by_role("link", name="Källkod").click()
    expect(main(page).get_by_role("region", name="Mejlets källkod")).to_contain_text("Message-ID: <exempel@")
    page.goto(later.get_desk_url())
    order_the_sending(page, 2)
    assert smtp.wait_for("lasare1@example.org", within=30)


def said(page: Page) -> Locator:
    """What is said aloud without being shown."""
    return page.locator("#said")


def row(page: Page, title: str) -> Locator:
    return main(page).locator("[data-item]").filter(has=page.get_by_role("heading", name=title, exact=True))


def titles(page: Page) -> Locator:
    """What is in the issue, in order."""
    return main(page).locator("[data-item] h3")
