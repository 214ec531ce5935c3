"""Without a mouse: the measurement form and the public search, by Tab, Enter and Space alone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from labs.models import Lab
from tests.browser.steps import heading, main
from tests.labs.factories import make_goal
from tests.methods.factories import make_published

# A full turn of the longest page here takes fewer.
MANY = 60

# What a person sees of where they are: an outline around the element, or around what stands for it.
RING_SHOWS = """element => {
  const rings = [element, element.closest("label"), element.nextElementSibling].filter(Boolean);
  const box = element.getBoundingClientRect();
  const inView = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return inView && rings.some((each) => ["", "::after"].some((part) => {
    const style = getComputedStyle(each, part || null);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  }));
}"""
FOCUSED = ":focus"


def test_a_measurement_is_reported_by_keyboard(
    page: Page, sign_in_as: Callable[[Page, User], None], lab: Lab, lab_member: User
):
    goal = make_goal(lab)
    sign_in_as(page, lab_member)
    page.goto(f"/labb/mitt/mal/{goal.pk}/matning/")
    skip_to_the_content(page)
    passed = tab_to(page, page.get_by_label("Hur många?", exact=True))
    assert passed == ["Mitt labb", goal.title]
    page.keyboard.type("25")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Av hur många?", exact=True)).to_be_focused()
    page.keyboard.type("22")
    page.keyboard.press("Enter")
    expect(main(page).get_by_role("alert")).to_contain_text("25 är fler än de 22 du räknade bland.")
    tab_to(page, main(page).get_by_role("alert").get_by_role("link").first)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Hur många?", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("15")
    tab_to(page, page.get_by_label("Från", exact=True))
    tab_to(page, page.get_by_label("Till", exact=True))
    tab_to(page, page.get_by_label("Vad ligger bakom talet?"))
    page.keyboard.type("Vi frågade alla.")
    tab_to(page, page.get_by_label("Länk till underlaget"))
    tab_to(page, page.get_by_role("button", name="Rapportera talet"))
    page.keyboard.press("Space")
    expect(main(page).get_by_text("Mätningen är rapporterad.")).to_be_visible()
    expect(main(page).get_by_text("Vi frågade alla.")).to_be_visible()


def test_a_method_is_found_by_keyboard(page: Page, lab: Lab, lab_member: User, coordinator: User):
    make_published(lab, lab_member, coordinator, "Språkkafé med grannar")
    make_published(lab, lab_member, coordinator, "Odling på gården", phase="spread")
    page.goto("/metoder/")
    skip_to_the_content(page)
    tab_to(page, page.get_by_role("searchbox", name="Sök bland metoderna"))
    page.keyboard.type("granne")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=granne"))
    expect(main(page).get_by_role("link", name="Odling på gården")).to_be_visible()
    spreading = main(page).get_by_role("checkbox", name=re.compile("^Sprida"))
    tab_to(page, spreading)
    page.keyboard.press("Space")
    expect(main(page).get_by_role("heading", name="1 metod", exact=True)).to_be_visible()
    expect(spreading).to_be_focused()
    tab_to(page, main(page).get_by_role("link", name="Odling på gården"))
    page.keyboard.press("Enter")
    expect(heading(page, "Odling på gården")).to_be_visible()


def test_the_search_of_the_whole_site_is_a_few_keys_away(page: Page, lab: Lab, lab_member: User, coordinator: User):
    make_published(lab, lab_member, coordinator, "Språkkafé med grannar")
    page.goto("/")
    tab_to(page, page.get_by_role("banner").get_by_role("link", name="Sök"))
    page.keyboard.press("Enter")
    box = page.get_by_role("searchbox", name="Sök bland metoder, labb, dagboken och leverantörer")
    tab_to(page, box)
    page.keyboard.type("språkkaféer")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/sok/"))
    tab_to(page, main(page).get_by_role("link", name="Språkkafé med grannar"))
    page.keyboard.press("Enter")
    expect(heading(page, "Språkkafé med grannar")).to_be_visible()


def skip_to_the_content(page: Page) -> None:
    """The first Tab shows the way past the menus; taking it, the next Tab lands in the content."""
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Till innehållet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(main(page)).to_be_focused()


def tab_to(page: Page, target: Locator) -> list[str]:
    """Presses Tab until `target` has the focus, seeing it all the way; returns the names of what was passed."""
    expect(target).to_be_visible()
    passed: list[str] = []
    for _ in range(MANY):
        page.keyboard.press("Tab")
        focused = page.locator(FOCUSED)
        if focused.count() == 0:  # The browser's own bar, between the end of the page and its beginning.
            continue
        name = focused.inner_text().strip() or str(focused.get_attribute("name"))
        assert focused.evaluate(RING_SHOWS), f"the focus does not show on {name!r}"
        if target.evaluate("element => element === document.activeElement"):
            return passed
        if passed[-1:] != [name]:
            passed.append(name)
    raise AssertionError(f"Tab never came to {target}; it passed {passed}")
