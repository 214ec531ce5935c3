"""The tools of the browser tests themselves: a page that loads, a worker that works, complaints that are heard."""

import pytest
from django.core import mail
from django.db import transaction
from playwright.sync_api import Page, expect

from development.testing.watch import Watch
from mailing.letters import post
from website import readiness


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


def test_a_letter_goes_through_a_worker_process_and_real_smtp(celery_worker_process, smtp):
    with transaction.atomic():
        letter = post(template="accounts/mail/no_account", to="till@example.org", language="sv", context={})
    (received,) = smtp.wait_for("till@example.org")
    assert received.subject == letter.subject
    assert mail.outbox == []
    assert "mailing.send_letter[" in celery_worker_process.output()


def test_a_worker_gives_signs_of_life(celery_worker_process):
    for queue in readiness.QUEUES:
        readiness.check_queue(queue)


def test_a_page_that_throws_is_complained_about(new_page, site):
    page = new_page(watched=False)
    watch = Watch(page.context, site)
    page.goto("/")
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")
    assert any("broken" in complaint for complaint in watch.complaints)


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_machines_are_answered_in_json(page: Page, address: str):
    assert page.request.get(address).headers["content-type"] == "application/json"
