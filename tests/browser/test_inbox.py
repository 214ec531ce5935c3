"""The inbox page in the browser: a sent message is found, read and judged."""

import re
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from development.mail_catcher import RECIPIENT_HEADER, SENDER_HEADER


@pytest.fixture
def caught(settings, tmp_path: Path) -> EmailMessage:
    settings.VAR_DIR = tmp_path
    message = EmailMessage()
    message[SENDER_HEADER], message[RECIPIENT_HEADER] = "studs@example.org", "karin@example.org"
    message["From"], message["To"], message["Subject"] = "labb@example.org", "karin@example.org", "Veckans dagbok"
    message.set_content("Läs på http://127.0.0.1/dagbok/")
    message.add_alternative(
        '<html lang="sv"><head><title>Veckans dagbok</title></head><body><h1>Veckans dagbok</h1></body></html>',
        subtype="html",
    )
    Maildir(tmp_path / "mail", create=True).add(message.as_bytes())
    return message


def test_a_message_is_found_by_its_recipient_and_read_in_three_ways(page: Page, caught, axe):
    page.goto("/brevlada/")
    page.get_by_label("Skickat till").fill("karin@")
    page.get_by_role("button", name="Sök").last.click()
    expect(page).to_have_url(re.compile("till=karin"))
    axe(page)
    page.get_by_role("link", name="Veckans dagbok").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Veckans dagbok")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.get_by_role("link", name="http://127.0.0.1/dagbok/")).to_be_visible()
    page.get_by_role("link", name="Källa").click()
    expect(page.get_by_text("Subject: Veckans dagbok")).to_be_visible()


def test_an_empty_inbox_is_accessible(page: Page, settings, tmp_path, axe):
    settings.VAR_DIR = tmp_path
    page.goto("/brevlada/")
    expect(page.get_by_role("heading", name="Inga brev än")).to_be_visible()
    axe(page)
