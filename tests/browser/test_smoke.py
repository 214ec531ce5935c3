"""The tools of the browser tests themselves: a page that loads, a worker that works, complaints that are heard."""

import time

import pytest
from django.core.cache import cache
from django.core.mail import send_mail
from playwright.sync_api import Page, expect

from development.testing.watch import Watch
from website import readiness
from website.tasks import heartbeat


def test_the_home_page_opens_with_its_styles_and_without_complaints(page: Page):
    response = page.goto("/")
    assert response.status == 200
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.styleSheets.length") > 0


def test_the_policy_of_production_is_sent(page: Page):
    policy = page.goto("/").header_value("content-security-policy")
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy


def test_the_english_page_says_so(page: Page):
    page.goto("/en/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_task_goes_through_the_worker_process(celery_worker_process):
    deadline = time.monotonic() + 15
    cache.delete(readiness.HEARTBEAT_KEY)
    heartbeat.delay()
    while cache.get(readiness.HEARTBEAT_KEY) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cache.get(readiness.HEARTBEAT_KEY) == pytest.approx(time.time(), abs=15)
    assert "website.heartbeat" in celery_worker_process.output()


def test_mail_reaches_the_smtp_server(smtp, db):
    send_mail("Hej på dig", "Åäö.", "fran@example.org", ["till@example.org"])
    (received,) = smtp.wait_for("till@example.org")
    assert (received.subject, received.body().strip()) == ("Hej på dig", "Åäö.")


def test_a_page_that_throws_is_complained_about(new_page, site):
    page = new_page(watched=False)
    watch = Watch(page.context, site)
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(100)
    assert any("broken" in complaint for complaint in watch.complaints)


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_machines_are_answered_in_json(page: Page, address: str):
    assert page.request.get(address).headers["content-type"] == "application/json"
