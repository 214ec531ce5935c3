"""Somebody reads about a method and tips a colleague: by the link, or by a mail that they confirm first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from tests.browser.steps import heading, main
from tests.newsletter.factories import make_method

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried")]


@pytest.fixture
def method(lab, lab_member: User):
    return make_method("Läxhjälp på gården", lab=lab, by=lab_member)


def test_a_tip_goes_to_the_colleague_once_its_sender_has_confirmed(
    phone: Page,
    new_page: Callable[..., Page],
    method,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
    axe: Callable[[Page], None],
):
    phone.goto(method.get_absolute_url())
    main(phone).get_by_role("link", name="Tipsa en kollega").click()
    expect(heading(phone, "Tipsa en kollega")).to_be_visible()
    axe(phone)
    ask_us_to_mail_it(phone)
    (asking,) = smtp.wait_for("anna@example.org")
    assert smtp.to("kollega@example.org") == []
    confirm(phone, asking.link("/tipsa-en-kollega/bekraftelse/"), axe)
    (tip,) = smtp.wait_for("kollega@example.org")
    assert tip.subject == "Ett tips från en kollega: Läxhjälp på gården"
    assert method.get_absolute_url() in tip.body()
    say_no_to_more(new_page(javascript=False), tip.link("/tipsa-en-kollega/inga-fler/"))
    tip_again_in_vain(new_page(javascript=False), method)
    assert len(smtp.wait_for("anna@example.org", count=2)) == 2
    phone.goto(smtp.to("anna@example.org")[-1].link("/tipsa-en-kollega/bekraftelse/"))
    phone.get_by_role("button", name="Skicka tipset").click()
    expect(heading(phone, "Tack för att du tipsar vidare")).to_be_visible()
    assert len(smtp.to("kollega@example.org")) == 1


def test_the_link_is_copied_with_one_press(page: Page, site: str):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/inkopsportalen/")
    main(page).get_by_role("link", name="Tipsa en kollega").click()
    page.get_by_role("button", name="Kopiera länken").click()
    expect(main(page).get_by_text("Länken är kopierad.", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/inkopsportalen/"
    expect(main(page).get_by_role("link", name="Skriv ett mejl")).to_have_attribute(
        "href",
        f"mailto:?subject=Ett%20tips%3A%20Ink%C3%B6psportalen&body=Jag%20tror%20att%20det%20h%C3%A4r%20%C3%A4r%20"
        f"n%C3%A5got%20f%C3%B6r%20dig%3A%20Ink%C3%B6psportalen%0D%0A%0D%0A{site.replace(':', '%3A')}"
        "/inkopsportalen/%0D%0A",
    )


def test_without_javascript_the_address_can_be_selected(new_page: Callable[..., Page], site: str):
    page = new_page(javascript=False)
    page.goto("/inkopsportalen/tipsa-en-kollega/")
    expect(page.get_by_label("Sidans adress")).to_have_value(f"{site}/inkopsportalen/")
    expect(page.get_by_role("button", name="Kopiera länken")).to_be_hidden()


def ask_us_to_mail_it(page: Page) -> None:
    page.get_by_label("Din kollegas e-postadress").fill("kollega")
    page.get_by_label("Din egen e-postadress").fill("anna@example.org")
    page.get_by_role("button", name="Skicka tipset").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Din kollegas e-postadress")
    expect(page.get_by_label("Din egen e-postadress")).to_have_value("anna@example.org")
    page.get_by_label("Din kollegas e-postadress").fill("kollega@example.org")
    page.get_by_role("button", name="Skicka tipset").click()
    expect(heading(page, "Titta i din inkorg")).to_be_visible()


def confirm(page: Page, link: str, axe: Callable[[Page], None]) -> None:
    page.goto(link)
    expect(heading(page, "Skicka tipset?")).to_be_visible()
    expect(main(page)).to_contain_text("Vi mejlar en länk till ”Läxhjälp på gården” till kollega@example.org.")
    axe(page)
    page.get_by_role("button", name="Skicka tipset").click()
    expect(heading(page, "Tack för att du tipsar vidare")).to_be_visible()


def say_no_to_more(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Mejla mig aldrig tips igen").click()
    expect(heading(page, "Du får inga fler tips")).to_be_visible()


def tip_again_in_vain(page: Page, method) -> None:
    """What is said is the same as for anybody."""
    page.goto(method.get_absolute_url())
    main(page).get_by_role("link", name="Tipsa en kollega").click()
    page.get_by_label("Din kollegas e-postadress").fill("Kollega@example.org")
    page.get_by_label("Din egen e-postadress").fill("anna@example.org")
    page.get_by_role("button", name="Skicka tipset").click()
    expect(heading(page, "Titta i din inkorg")).to_be_visible()
