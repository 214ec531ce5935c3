"""How one comes to a page."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from newsletter.forms.send_again import SendAgainForm
from tests.browser.accessibility.stop import Way
from tests.browser.accessibility.world import World

# Something of the world's: `the("lab.slug")`.
the = attrgetter

MAIN_FORM = "main form[method=post] button:not([name]), main form[method=post] button[type=submit]"
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at(name: str, *arguments: Any, query: str = "") -> Way:
    """The page with that URL name, in the language of the walk. Callables among the arguments are given the world."""

    def go(page: Page, world: World) -> Any:
        given = [argument(world) if callable(argument) else argument for argument in arguments]
        return page.goto(reverse(name, args=given) + query)

    return go


def of(choose: Callable[[World], Any]) -> Way:
    """The page of an object."""
    return lambda page, world: page.goto(choose(world).get_absolute_url())


def press(way: Way, selector: str) -> Way:
    """The page that comes after pressing a button on another."""

    def go(page: Page, world: World) -> Any:
        way(page, world)
        with page.expect_navigation() as arrival:
            page.locator(selector).click()
        return arrival.value

    return go


def throw_away(page: Page, world: World) -> Any:
    """The page that asks before it throws away an application that is being filled in."""
    page.goto(reverse("procurement_portal:apply"))
    page.locator("[name=company]").fill("Ljusgården AB")
    with page.expect_navigation():
        page.locator(".form__actions .button--secondary").click()
    return page.goto(reverse("procurement_portal:started_removal"))


def set_no_time(page: Page, world: World) -> Any:
    """The page that asks again for a time that was not given."""
    page.goto(world.draft_entry.get_absolute_url())
    page.locator("main details summary").last.click()
    with page.expect_navigation() as arrival:
        page.locator("main details form button").click()
    return arrival.value


def come_from_signing_up(page: Page, world: World) -> Any:
    """The page after the form, which knows by a cookie what address was written there."""
    path = reverse("newsletter:thanks")
    address = SendAgainForm.sign("ny@example.org")
    page.goto(path)
    page.evaluate(
        "([path, value]) => { document.cookie = `newsletter_address=${value}; path=${path}` }", [path, address]
    )
    page.goto(path)
    assert page.locator("[name=address]").count() == 1


def choose_an_unknown_schedule(page: Page, world: World) -> Any:
    """The page that comes when the form was tampered with."""
    page.goto(reverse("newsletter:issues"))
    form = page.locator(f"form[action='{reverse('newsletter:schedules')}']")
    form.locator("input:not([type=hidden])").first.evaluate("input => { input.checked = true; input.value = 'never' }")
    with page.expect_navigation() as arrival:
        form.evaluate("form => form.submit()")
    return arrival.value


def ask_for_code(who: str) -> Way:
    """The page that waits for the code just mailed."""

    def go(page: Page, world: World) -> Any:
        page.goto(reverse("account_login"))
        page.locator("main [name=login]").fill(world.people[who].email)
        with page.expect_navigation() as arrival:
            page.locator("main form.form button").first.click()
        return arrival.value

    return go


def go_half_way_in(page: Page, world: World) -> Any:
    """The page that asks for the second step, after the code."""
    page.context.clear_cookies()
    ask_for_code("staff")(page, world)
    page.locator("main [name=code]").fill(world.mailed_code("staff"))
    with page.expect_navigation() as arrival:
        page.locator("main form.form button").first.click()
    return arrival.value


def make_a_passkey(page: Page, world: World) -> Any:
    """Where one comes after making a passkey, here with a device that Chromium plays."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    page.goto(reverse("mfa_add_webauthn"))
    page.locator("main [name=name]").fill("Min telefon")
    with page.expect_navigation() as arrival:
        page.locator("main form.form button").first.click()
    return arrival.value
