"""Choosing a picture in a form, with the script and without it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from pictures.models import Picture, Transfer
from tests.browser.steps import wait_for
from tests.pictures.factories import jpeg_bytes, png_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.pictures.host")]

PIECES = re.compile(r"/overforingar/[0-9a-f-]{36}/")
HOST_TEMPLATES = Path(__file__).parent.parent / "pictures" / "templates"


@pytest.fixture(autouse=True)
def host(settings, disk_of_its_own, monkeypatch):
    """A page with a form that takes a logo and a portrait; pictures stay in state `checking`."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], HOST_TEMPLATES]}]
    monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: None)


def chosen(name: str = "logga.png", content: bytes | None = None) -> dict:
    return {"name": name, "mimeType": "image/png", "buffer": content or png_bytes()}


def expect_no(page: Page, model: type) -> None:
    """Of the model there is soon none."""
    wait_for(page, [], lambda: list(model.objects.all()))


def held(page: Page, requests: list[Route], number: int = 1) -> Route:
    """The request of that number: the page may say that it asks before this has heard of it."""
    wait_for(page, True, lambda: len(requests) >= number)
    return requests[number - 1]


def logo(page: Page):
    return page.locator(".field", has=page.locator("#id_logo"))


def test_a_picture_is_saved_as_soon_as_it_is_chosen(page, axe):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).get_by_text("Sparad", exact=True)).to_be_visible()
    expect(logo(page).get_by_role("status")).to_have_text("logga.png är sparad: 640 × 480 pixlar, 2\xa0kB.")
    expect(logo(page).locator("[data-picture-preview] img")).to_be_visible()
    axe(page)
    page.get_by_label("Företag").fill("Bygg AB")
    page.get_by_label("Företag").press("Enter")
    expect(page.get_by_text(f"tack {Picture.objects.get().pk}")).to_be_visible()


def test_one_chosen_before_the_script_has_come_is_saved_too(page):
    waiting: list[Route] = []
    page.route("**/js/pictures*.js", lambda route: waiting.append(route))
    page.goto("/host/", wait_until="commit")
    page.set_input_files("#id_logo", chosen())
    held(page, waiting).continue_()
    expect(logo(page).get_by_text("Sparad", exact=True)).to_be_visible()


def test_a_refused_one_says_why_at_once_and_another_takes_its_place(page, axe):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen(content=png_bytes(180, 90)))
    expect(logo(page).get_by_role("status")).to_have_text("Bilden är 180 pixlar bred; den behöver vara minst 200.")
    expect(page.locator("#id_logo")).to_have_attribute("aria-invalid", "true")
    axe(page)
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).get_by_text("Sparad", exact=True)).to_be_visible()
    assert Picture.objects.count() == 1


def test_one_that_is_too_large_is_not_even_sent(page):
    page.goto("/host/")
    page.locator("[data-picture-input]").first.evaluate("root => root.dataset.maxBytes = 10")
    page.route("**/overforingar/**", lambda route: pytest.fail("it was sent"))
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).get_by_role("status")).to_contain_text("Filen är större än 209 715 200 byte (200 MB)")
    assert page.locator("#id_logo").evaluate("input => input.files.length") == 0


def test_one_whose_cookies_are_gone_is_told_what_to_do_and_keeps_the_form(page):
    page.goto("/host/")
    page.get_by_label("Företag").fill("Bygg AB")
    page.context.clear_cookies()
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).get_by_role("status")).to_have_text(
        "Sidan har varit öppen för länge, eller så är kakor avstängda. Kopiera det du har skrivit, ladda om sidan och "
        "välj bilden en gång till."
    )
    expect(page.get_by_label("Företag")).to_have_value("Bygg AB")


def test_an_upload_can_be_cancelled(page, axe):
    waiting: list[Route] = []
    page.goto("/host/")
    page.route(PIECES, lambda route: waiting.append(route) if route.request.method == "PATCH" else route.continue_())
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).get_by_role("status")).to_contain_text("logga.png")
    expect(logo(page).locator("[data-picture-going-preview] img")).to_be_visible()
    axe(page)
    logo(page).get_by_role("button", name="Avbryt").click()
    expect(logo(page).get_by_role("status")).to_have_text("Uppladdningen avbröts.")
    expect(logo(page).get_by_role("progressbar")).to_be_hidden()
    expect(page.locator("#id_logo")).to_be_focused()
    assert page.locator("#id_logo").evaluate("input => input.files.length") == 0
    expect_no(page, Transfer)
    assert not Picture.objects.exists()


@pytest.fixture
def beginnings(page) -> list[Route]:
    """The requests that begin an upload: held until a test lets them go."""
    held: list[Route] = []
    page.route("**/overforingar/", lambda route: held.append(route))
    return held


def let_go(page: Page, beginning: Route) -> list[str]:
    """The methods in which the page asks for the upload that was just begun, until it gives it up."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if PIECES.search(request.url) else None)
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        beginning.continue_()
    return asked


def test_one_cancelled_before_the_server_has_answered_is_not_sent(page, beginnings):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    logo(page).get_by_role("button", name="Avbryt").click()
    expect(logo(page).get_by_role("status")).to_have_text("Uppladdningen avbröts.")
    assert let_go(page, held(page, beginnings)) == ["DELETE"]
    expect_no(page, Transfer)
    assert not Picture.objects.exists()
    expect(logo(page).get_by_role("status")).to_have_text("Uppladdningen avbröts.")


def test_another_one_chosen_before_the_server_has_answered_is_the_one_that_is_saved(page, beginnings):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen("fel.png"))
    expect(logo(page).get_by_role("status")).to_contain_text("fel.png")
    page.set_input_files("#id_logo", chosen("rätt.png"))
    expect(logo(page).get_by_role("status")).to_contain_text("rätt.png")
    assert let_go(page, held(page, beginnings)) == ["DELETE"]
    held(page, beginnings, 2).continue_()
    expect(logo(page).locator(".picture-input__saved")).to_contain_text("rätt.png")
    assert [picture.name for picture in Picture.objects.all()] == ["rätt.png"]
    assert [transfer.name for transfer in Transfer.objects.all()] == ["rätt.png"]


def test_a_saved_one_can_be_replaced_and_removed(page):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    expect(logo(page).locator(".picture-input__saved")).to_contain_text("logga.png")
    page.set_input_files("#id_logo", chosen("ny.jpg", jpeg_bytes()))
    expect(logo(page).locator(".picture-input__saved")).to_contain_text("ny.jpg")
    assert [picture.name for picture in Picture.objects.all()] == ["ny.jpg"]
    logo(page).get_by_role("button", name="Ta bort").click()
    expect(logo(page).get_by_role("status")).to_have_text("Bilden är borttagen.")
    expect(page.locator("#id_logo")).to_be_focused()
    assert not Picture.objects.exists()


def portrait(page: Page):
    return page.locator(".field", has=page.locator("#id_portrait"))


def test_what_matters_most_in_a_picture_is_chosen_with_the_keyboard(page, axe):
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    page.set_input_files("#id_portrait", chosen("jag.png"))
    parts = portrait(page).get_by_role("group", name="Vad är viktigast i bilden?")
    expect(parts.get_by_role("radio", name="Mitten")).to_be_checked()
    axe(page)
    parts.get_by_role("radio", name="Mitten").focus()
    page.keyboard.press("ArrowLeft")
    expect(parts.get_by_role("radio", name="Till vänster", exact=True)).to_be_checked()
    page.get_by_label("Företag").fill("Bygg AB")
    page.get_by_label("Företag").press("Enter")
    expect(page.get_by_text("tack ")).to_be_visible()
    assert Picture.objects.get(name="jag.png").focus == "left"
    expect(portrait(page)).to_have_count(0)


def test_without_a_script_what_matters_most_is_chosen_too(new_page):
    page = new_page(width=390, javascript=False)
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    page.set_input_files("#id_portrait", chosen("jag.png"))
    page.get_by_role("button", name="Ladda upp – Porträtt").click()
    portrait(page).get_by_role("radio", name="Uppe till höger").check()
    page.get_by_label("Företag").fill("Bygg AB")
    page.get_by_label("Företag").press("Enter")
    expect(page.get_by_text("tack ")).to_be_visible()
    assert Picture.objects.get(name="jag.png").focus == "top-right"


def test_without_a_script_each_picture_has_its_own_button(new_page):
    page = new_page(width=390, javascript=False)
    page.goto("/host/")
    page.get_by_label("Företag").fill("Bygg AB")
    page.set_input_files("#id_logo", chosen())
    page.get_by_role("button", name="Ladda upp – Logotyp").click()
    expect(logo(page).get_by_text("Sparad", exact=True)).to_be_visible()
    expect(page.get_by_label("Företag")).to_have_value("Bygg AB")
    expect(page.locator(".error-summary")).to_have_count(0)
    page.get_by_label("Företag").press("Enter")
    expect(page.get_by_text("tack ")).to_be_visible()


def test_without_a_script_it_can_be_removed_again(new_page):
    page = new_page(javascript=False)
    page.goto("/host/")
    page.set_input_files("#id_logo", chosen())
    page.get_by_role("button", name="Ladda upp – Logotyp").click()
    page.get_by_role("button", name="Ta bort – Logotyp").click()
    expect(logo(page).get_by_text("Sparad", exact=True)).to_have_count(0)
    assert not Picture.objects.exists()
