"""Judges pages with axe-core, in the browser, and says what is wrong in words one can act on."""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
# All of axe's rules, the advice beyond WCAG included.
OPTIONS = {"resultTypes": ["violations"]}

_axe = Axe()


def assert_accessible(page: Page, *, where: str = "") -> None:
    """Raises AssertionError with every violation on the page as it stands."""
    violations = _axe.run(page, options=OPTIONS).response["violations"]
    if violations:
        place = f"{page.url} {where}".strip()
        raise AssertionError(f"{place} is not accessible:\n" + "\n".join(_describe(found) for found in violations))


def assert_accessible_everywhere(page: Page) -> None:
    """Like `assert_accessible`, in light and dark and at both widths; leaves the page light and wide."""
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page, where=f"({scheme}, {width} px)")
            assert_no_sideways_scrolling(page, where=f"({scheme}, {width} px)")


def assert_no_sideways_scrolling(page: Page, *, where: str = "") -> None:
    wider_by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider_by > 0:
        raise AssertionError(f"{page.url} {where} is {wider_by} px wider than the window")


def _describe(violation: dict[str, Any]) -> str:
    lines = [f"- {violation['id']}: {violation['help']} ({violation['impact']})"]
    for node in violation["nodes"][:5]:
        lines.append(f"    {' '.join(map(str, node['target']))}: {node['html'][:200]}")
        lines += [f"      {check['message']}" for check in node["any"] + node["all"] + node["none"]]
        lines += [f"      {json.dumps(check['data'])}" for check in node["any"] if violation["id"] == "color-contrast"]
    return "\n".join(lines)
