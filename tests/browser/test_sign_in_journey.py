"""Into the site: by invitation, code, app, recovery code and passkey, and out of it everywhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from development.testing.smtp import CollectingServer
from tests.accounts.proofs import app_code, give_app
from tests.browser.steps import heading, main, sign_in_by_code, sign_out

NewPage = Callable[..., Page]
SignInAs = Callable[[Page, User], None]

OVERVIEW = re.compile(r"/oversikt/$")
NO_PASSKEYS = "Den här webbläsaren kan inte använda passnycklar."
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def newcomer() -> User:
    """Whom the coordinator invites; not yet in the database."""
    return User(email="ny.samordnare@example.org", name="Demo Nykomling")


def test_an_invited_coordinator_sets_up_an_app_and_comes_to_the_overview(
    page: Page, new_page: NewPage, sign_in_as: SignInAs, coordinator: User, newcomer: User, smtp: CollectingServer
):
    sign_in_as(page, coordinator)
    invite(page, newcomer)
    theirs = new_page()
    accept_the_invitation(theirs, newcomer, smtp)
    must_set_up_a_second_step_first(theirs)
    key = set_up_an_app(theirs)
    codes = keep_the_recovery_codes(theirs)
    expect(main(theirs).get_by_role("heading", name="Inget väntar på dig")).to_be_visible()
    page.reload()
    expect(main(page).get_by_role("listitem").filter(has_text=newcomer.email)).to_contain_text(
        "kom in", ignore_case=True
    )

    sign_out(theirs)
    sign_in_by_code(theirs, newcomer, smtp)
    show_the_second_step(theirs, app_code(key, steps=1))
    sign_out(theirs)
    sign_in_by_code(theirs, newcomer, smtp)
    show_the_second_step(theirs, codes[0])


def invite(page: Page, newcomer: User) -> None:
    page.goto("/oversikt/")
    page.get_by_role("link", name="Inbjudningar").click()
    page.get_by_label("E-postadress").fill(newcomer.email)
    page.get_by_role("radio", name="samordnare").check()
    page.get_by_role("button", name="Skicka inbjudan").click()
    expect(main(page).get_by_text(f"En inbjudan är på väg till {newcomer.email}.")).to_be_visible()


def accept_the_invitation(page: Page, newcomer: User, smtp: CollectingServer) -> None:
    (letter,) = smtp.wait_for(newcomer.email)
    assert letter.subject == "Du är inbjuden som samordnare"
    link = re.search(r"https?://\S+/inbjudan/\S+", letter.body())
    assert link
    page.goto(link[0])
    expect(heading(page, "Kom in som samordnare")).to_be_visible()
    page.get_by_label("Ditt namn").fill(newcomer.name)
    page.get_by_role("button", name="Kom in").click()


def must_set_up_a_second_step_first(page: Page) -> None:
    expect(main(page).get_by_text("Ställ in ett andra steg först")).to_be_visible()
    page.goto("/oversikt/")
    expect(heading(page, "Tvåstegsinloggning")).to_be_visible()


def set_up_an_app(page: Page) -> str:
    """Sets it up as an app would, from the key that the page shows, and returns the key."""
    page.get_by_role("link", name="Ställ in en app").click()
    key = page.locator(".qr__key").inner_text().replace(" ", "")
    page.get_by_label("Koden som appen visar nu").fill("000000")
    page.keyboard.press("Enter")
    expect(main(page).get_by_text("Koden stämmer inte.").first).to_be_visible()
    page.get_by_label("Koden som appen visar nu").fill(app_code(key))
    page.keyboard.press("Enter")
    return key


def keep_the_recovery_codes(page: Page) -> list[str]:
    expect(heading(page, "Reservkoder")).to_be_visible()
    codes = main(page).locator(".codes code")
    expect(codes).to_have_count(10)
    kept = codes.all_inner_texts()
    page.get_by_role("link", name="Jag har sparat dem").click()
    expect(page).to_have_url(OVERVIEW)
    return kept


def show_the_second_step(page: Page, code: str) -> None:
    expect(heading(page, "Andra steget")).to_be_visible()
    page.get_by_label("Kod från appen, eller en reservkod").fill(code)
    main(page).get_by_role("button", name="Logga in").click()
    expect(page).to_have_url(OVERVIEW)


def test_a_passkey_is_the_second_step_and_can_be_both(page: Page, coordinator: User, smtp: CollectingServer):
    device = plug_in_a_phone(page)
    page.goto("/")
    sign_in_by_code(page, coordinator, smtp)
    expect(main(page).get_by_text("Ställ in ett andra steg först")).to_be_visible()
    page.get_by_role("link", name="Lägg till en passnyckel").click()
    page.get_by_label("Vad kallar du den?").fill("Min telefon")
    expect(main(page).get_by_text(NO_PASSKEYS)).to_be_hidden()
    page.get_by_role("button", name="Spara passnyckeln").click()
    expect(heading(page, "Reservkoder")).to_be_visible()
    page.get_by_role("link", name="Jag har sparat dem").click()
    expect(page).to_have_url(OVERVIEW)

    sign_out(page)
    sign_in_by_code(page, coordinator, smtp)
    page.get_by_role("button", name="Använd passnyckeln").click()
    expect(page).to_have_url(OVERVIEW)

    sign_out(page)
    page.goto("/konto/logga-in/")
    page.get_by_role("button", name="Logga in med passnyckel").click()
    expect(page).to_have_url(OVERVIEW)
    device.detach()


def test_a_browser_without_passkeys_is_led_to_an_app(page: Page, coordinator: User, smtp: CollectingServer):
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/")
    sign_in_by_code(page, coordinator, smtp)
    page.get_by_role("link", name="Lägg till en passnyckel").click()
    expect(main(page).get_by_text(NO_PASSKEYS)).to_be_visible()
    expect(page.get_by_label("Vad kallar du den?")).to_be_hidden()
    main(page).get_by_role("link", name="Ställ in en app med koder").click()
    expect(page.get_by_label("Koden som appen visar nu")).to_be_visible()


def plug_in_a_phone(page: Page) -> CDPSession:
    """A device with passkeys, played by Chromium."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return device


def test_signing_out_everywhere_ends_the_other_window_too(
    page: Page, phone: Page, coordinator: User, smtp: CollectingServer
):
    give_app(coordinator)
    for step, window in enumerate((page, phone)):
        window.goto("/")
        sign_in_by_code(window, coordinator, smtp)
        show_the_second_step(window, app_code(steps=step))
    page.goto("/konto/profil/")
    page.get_by_role("link", name="Här är du inloggad").click()
    expect(main(page).get_by_role("listitem").filter(has_text="Chrome")).to_have_count(2)
    page.get_by_role("button", name="Logga ut på alla andra ställen").click()
    expect(main(page).get_by_text("Du är utloggad på alla andra ställen.")).to_be_visible()
    phone.reload()
    expect(heading(phone, "Logga in")).to_be_visible()
    page.get_by_role("button", name="Logga ut överallt, även här").click()
    expect(main(page).get_by_text("Du är utloggad överallt.")).to_be_visible()
    page.goto("/oversikt/")
    expect(heading(page, "Logga in")).to_be_visible()


@pytest.mark.parametrize(("is_coordinator", "start"), [(True, "/oversikt/"), (False, "/labb/mitt/")])
def test_a_demo_person_is_signed_in_by_one_click(page: Page, is_coordinator: bool, start: str, db: None):
    User.objects.create_user("demo@example.org", "Demo Chef", is_coordinator=is_coordinator, is_demo=True)
    page.goto("/konto/logga-in/")
    page.get_by_role("button", name="Logga in som Demo Chef").click()
    expect(page).to_have_url(re.compile(f"{start}$"))
