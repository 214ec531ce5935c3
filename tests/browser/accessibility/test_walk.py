"""Every page, in both languages, before axe: light and dark, on a phone and on a desk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.signals import template_rendered
from django.utils import translation
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.accessibility.stop import Stop
from tests.browser.accessibility.stops import STOPS
from tests.browser.accessibility.world import World

# The inbox for development has one address; the page for our own faults is written in both languages at once.
IN_SWEDISH_ONLY = {"development/inbox.html", "development/message.html", "500.html"}


@pytest.fixture
def world(site: str, settings: Any, tmp_path: Path) -> World:
    settings.ROOT_URLCONF = "tests.browser.accessibility.urls"
    settings.VAR_DIR = tmp_path
    return World(tmp_path / "mail")


@pytest.fixture
def rendered() -> Iterator[set[str]]:
    """The names of the templates that the server has rendered since the set was last cleared."""
    names: set[str] = set()

    def note(template: Any, **kwargs: Any) -> None:
        if template.name:
            names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_accessible(
    language: str,
    world: World,
    rendered: set[str],
    new_page: Callable[..., Page],
    sign_in_as: Callable[[Page, User], None],
    axe: Callable[[Page], None],
):
    pages = {who: new_page(locale=f"{language}-SE") for who in ("", *world.people)}
    for who, user in world.people.items():
        sign_in_as(pages[who], user)
    complaints = []
    with translation.override(language):
        for stop in STOPS:
            rendered.clear()
            try:
                visit(stop, pages[stop.who], world, rendered, language, axe)
            except (AssertionError, PlaywrightError) as error:
                complaints.append(f"{stop}: {error}")
    if complaints:
        pytest.fail("\n\n".join(complaints), pytrace=False)


def visit(stop: Stop, page: Page, world: World, rendered: set[str], language: str, axe: Callable[[Page], None]) -> None:
    stop.way(page, world)
    assert stop.template in rendered, f"{page.url} did not show {stop.template}"
    if stop.template not in IN_SWEDISH_ONLY:
        assert page.locator("html").get_attribute("lang") == language, f"{page.url} is not in {language}"
    axe(page)
