"""Somebody passing by has a tip; a coordinator is told by mail, reads it and marks it as handled."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from tests.browser.steps import heading, main

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unhurried")]


def test_a_tip_reaches_a_coordinator_who_marks_it_as_handled(
    phone: Page,
    new_page: Callable[..., Page],
    sign_in_as: Callable[[Page, User], None],
    coordinator: User,
    smtp: CollectingServer,
    celery_worker_process: WorkerProcess,
):
    forget_to_say_what_it_is_about(phone)
    send_the_tip(phone)
    (letter,) = smtp.wait_for(coordinator.email)
    assert letter.subject == "Ett tips: Ljusgården AB"
    assert "Från: Demo Granne, granne@example.org" in letter.body()
    desk = new_page()
    sign_in_as(desk, coordinator)
    find_it_waiting(desk)
    read_and_handle(desk, letter.link("/inkopsportalen/tips/"))
    desk.goto("/oversikt/")
    expect(heading(desk, "Inget väntar på dig", level=2)).to_be_visible()
    assert len(smtp.received) == 1


def forget_to_say_what_it_is_about(page: Page) -> None:
    page.goto("/inkopsportalen/")
    main(page).get_by_role("link", name="Tipsa oss").first.click()
    page.get_by_label("Varför ska vi känna till det?").fill("De lyste upp gården hos oss.\nNu leker barnen ute.")
    page.get_by_label("Ditt namn").fill("Demo Granne")
    page.get_by_role("button", name="Skicka tipset").click()
    expect(main(page).get_by_role("alert")).to_contain_text("Vad eller vem?")
    expect(page.get_by_label("Varför ska vi känna till det?")).to_have_value(
        "De lyste upp gården hos oss.\nNu leker barnen ute."
    )


def send_the_tip(page: Page) -> None:
    page.get_by_label("en leverantör ni borde känna till").check()
    page.get_by_label("Vad eller vem?").fill("Ljusgården AB")
    page.get_by_label("Din e-postadress").fill("granne@example.org")
    page.get_by_role("button", name="Skicka tipset").click()
    expect(heading(page, "Tack för tipset")).to_be_visible()
    expect(main(page)).to_contain_text("innovationslabbets samordnare har fått veta")


def find_it_waiting(page: Page) -> None:
    page.goto("/oversikt/")
    expect(heading(page, "1 sak väntar på dig")).to_be_visible()
    expect(main(page).get_by_role("heading", name="Ljusgården AB")).to_be_visible()


def read_and_handle(page: Page, link: str) -> None:
    page.goto(link)
    expect(heading(page, "Ljusgården AB")).to_be_visible()
    expect(main(page)).to_contain_text("De lyste upp gården hos oss.")
    expect(main(page).get_by_role("link", name="granne@example.org")).to_be_visible()
    page.get_by_role("button", name="Markera som hanterat").click()
    expect(page.get_by_role("status").first).to_contain_text("Tipset är markerat som hanterat.")
    expect(main(page).get_by_text("Demo Samordnare").first).to_be_visible()
