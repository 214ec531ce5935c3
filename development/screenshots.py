"""The pictures in README.md, taken of the demo site: `bin/screenshots`."""

import sys
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from development import chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 900}


def main(address: str) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=list(chromium.FLAGS))
        page = browser.new_page(viewport=WINDOW, locale="sv-SE", reduced_motion="reduce")  # type: ignore[arg-type]
        try:
            page.goto(address)
        except Error:
            sys.stderr.write(f"Nothing answers at {address}: start bin/dev first.\n")
            return 1
        _take(page, "home")
        _sign_in_as_coordinator(page, address)
        _take(page, "overview")
        browser.close()
    return 0


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


def _sign_in_as_coordinator(page: Page, address: str) -> None:
    page.goto(f"{address}/konto/")
    page.locator("form[action^='/demo/'] button").filter(has_text="ordnare").first.click()
    page.goto(f"{address}/oversikt/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
