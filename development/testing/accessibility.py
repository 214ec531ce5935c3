"""Judges pages with axe-core, in the browser, and says what is wrong in words one can act on."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (390, 1280)
# All of axe's rules, the advice beyond WCAG included.
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
# The scheme changes colours and nothing else, so the second one is judged by the rules about colours.
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
JUDGED = {"dark": COLOURS, "light": EVERYTHING}


def assert_accessible(page: Page, *, where: str = "", rules: dict[str, Any] = EVERYTHING) -> None:
    """Raises AssertionError with every violation of the rules on the page, once it has come whole."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate("async rules => (await axe.run(document, rules)).violations", rules)
    if violations:
        place = f"{page.url} {where}".strip()
        raise AssertionError(f"{place} is not accessible:\n" + "\n".join(_describe(found) for found in violations))


def assert_accessible_everywhere(page: Page) -> None:
    """Like `assert_accessible`, in light and dark and at both widths; leaves the page light and wide."""
    for scheme, rules in JUDGED.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page, where=f"({scheme}, {width} px)", rules=rules)
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
