"""Somebody at a housing company looks for a supplier: by words, by what they offer and by county."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from procurement_portal.models import Category
from tests.browser.steps import heading, main
from tests.procurement_portal.factories import make_supplier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf(disk_of_its_own: None, coordinator: User) -> None:
    school = Category.objects.filter(slug="skolstod")
    make_supplier("Läxan AB", by=coordinator, categories=school, region_codes=["skane"], description="Läxhjälp.")
    make_supplier("Åkern AB", by=coordinator, region_codes=["hela-landet"], description="Vi odlar på gårdarna.")
    make_supplier("Ängen AB", by=coordinator, region_codes=["orebro", "skane"], description="Ängar på gårdarna.")


@pytest.mark.usefixtures("shelf")
def test_choices_narrow_the_directory_at_once_and_the_address_keeps_them(page: Page, axe: Callable[[Page], None]):
    page.goto("/inkopsportalen/")
    expect(found(page)).to_have_text(["Läxan AB", "Åkern AB", "Ängen AB"])
    axe(page)
    open_facets(page).get_by_role("checkbox", name=re.compile("^Örebro")).check()
    expect(found(page)).to_have_text(["Åkern AB", "Ängen AB"])
    expect(page).to_have_url(re.compile("region=orebro"))
    expect(facets(page).get_by_role("checkbox", name="Trygghet i bostadsområden (2)")).to_be_visible()
    page.get_by_role("searchbox", name="Sök bland leverantörerna").fill("ängar")
    expect(found(page)).to_have_text(["Ängen AB"])
    page.reload()
    expect(found(page)).to_have_text(["Ängen AB"])
    found(page).get_by_role("link", name="Ängen AB").click()
    expect(heading(page, "Ängen AB")).to_be_visible()
    expect(main(page)).to_contain_text("Skåne, Örebro")
    axe(page)
    page.go_back()
    main(page).get_by_role("link", name="Ta bort alla val").click()
    expect(found(page)).to_have_text(["Ängen AB"])


@pytest.mark.usefixtures("shelf")
def test_without_a_script_a_button_does_the_same(new_page: Callable[..., Page]):
    page = new_page(width=390, javascript=False)
    page.goto("/inkopsportalen/")
    page.get_by_role("searchbox", name="Sök bland leverantörerna").fill("gård")
    open_facets(page).get_by_role("checkbox", name=re.compile("^Skåne")).check()
    facets(page).get_by_role("checkbox", name=re.compile("^Trygghet")).check()
    page.get_by_role("button", name="Visa de här leverantörerna").click()
    expect(page).to_have_url(re.compile(r"q=g%C3%A5rd.*category=trygghet.*region=skane"))
    expect(found(page)).to_have_text(["Åkern AB", "Ängen AB"])


@pytest.mark.usefixtures("shelf")
def test_what_leads_nowhere_shows_the_way_back(page: Page):
    page.goto("/inkopsportalen/?q=rymdraket")
    expect(heading(page, "Ingen leverantör passar sökningen", level=2)).to_be_visible()
    main(page).get_by_role("link", name="Visa alla leverantörer").click()
    expect(found(page)).to_have_count(3)


def found(page: Page) -> Locator:
    """The names in the directory."""
    return main(page).locator("#found .card__title")


def facets(page: Page) -> Locator:
    return page.locator("#facets")


def open_facets(page: Page) -> Locator:
    if not facets(page).is_visible():
        page.get_by_text("Begränsa listan").click()
    return facets(page)
