"""What more than one journey does, and where on a page it looks."""

import re
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from development.testing.smtp import CollectingServer

T = TypeVar("T")
# Seconds to wait for what is to come, as long for a sentence as for a button: a machine may stand still a while.
PATIENCE = 15


def wait_for(page: Page, wanted: T, find: Callable[[], T]) -> None:
    """Until what is found outside the page is what is wanted; the page goes on meanwhile."""
    deadline = monotonic() + PATIENCE
    while (found := find()) != wanted:
        assert monotonic() < deadline, found
        page.wait_for_timeout(50)


def main(page: Page) -> Locator:
    """The page without its header, its bar of links and its footer."""
    return page.get_by_role("main")


def heading(page: Page, name: str | re.Pattern[str], *, level: int = 1) -> Locator:
    return main(page).get_by_role("heading", name=name, level=level, exact=isinstance(name, str))


def link_to(page: Page, verb: str, what: str) -> Locator:
    """A link whose word is the same on every row, and which says to those who do not see the row what it is about."""
    return main(page).get_by_role("link", name=re.compile(rf"^{re.escape(verb)} ?: {re.escape(what)}$"))


def button_for(page: Page, verb: str, what: str) -> Locator:
    """The same for a button."""
    return main(page).get_by_role("button", name=re.compile(rf"^{re.escape(verb)} ?:? ?{re.escape(what)}$"))


def sign_in_by_code(page: Page, user: User, smtp: CollectingServer) -> None:
    """From any public page, with the code in the e-mail; ends where that leads."""
    letters = len(smtp.to(user.email))
    page.get_by_role("link", name="Logga in").click()
    page.get_by_label("E-postadress").fill(user.email)
    page.get_by_role("button", name="Skicka en kod till mig").click()
    expect(heading(page, "Skriv koden")).to_be_visible()
    letter = smtp.wait_for(user.email, count=letters + 1)[-1]
    code = re.search(r"\b\d{4}-\d{4}\b", letter.body())
    assert code
    assert letter.subject == f"{code[0]} är din kod"
    page.get_by_label("Koden från mejlet").fill(code[0])
    main(page).get_by_role("button", name="Logga in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("link", name="Logga in")).to_be_visible()


def go_to_the_sending(page: Page) -> None:
    """From the desk of an issue, where a shortcut to what one can do there has the same words."""
    page.locator("#desk-actions").get_by_role("link", name="Skicka eller sätt en tid").click()
    expect(heading(page, "Skicka utskicket")).to_be_visible()


def order_the_sending(page: Page, recipients: int) -> None:
    """From the desk of an issue: say yes to the number of readers, and send."""
    go_to_the_sending(page)
    who = "1 prenumerant" if recipients == 1 else f"{recipients} prenumeranter"
    page.get_by_label(f"Ja, det ska gå till {who}").first.check()
    page.get_by_role("button", name=f"Skicka till {who} nu").click()
    expect(page.get_by_role("status").first).to_contain_text("Utskicket är på väg.")
