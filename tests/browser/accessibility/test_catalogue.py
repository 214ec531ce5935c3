"""No page template is left out of the walk that axe judges."""

from pathlib import Path

from django.conf import settings

from tests.browser.accessibility.stops import STOPS

# Folders whose templates are parts of pages or of mails.
PARTS = ("allauth/", "components/", "django/", "mailing/")
# Bases, field templates, and the texts that a page includes by language.
NOT_PAGES = {
    "base.html",
    "pictures/widget.html",
    "richtext/textarea.html",
    *(f"website/{page}.{language}.html" for page in ("about", "accessibility", "privacy") for language in ("sv", "en")),
}


def page_templates() -> set[str]:
    roots = [Path(settings.BASE_DIR) / "templates", Path(settings.BASE_DIR) / "development" / "templates"]
    names = {path.relative_to(root).as_posix() for root in roots for path in root.rglob("*.html")}
    return {
        name
        for name in names - NOT_PAGES
        if not name.startswith(PARTS) and "/mail/" not in name and not name.rpartition("/")[2].startswith("_")
    }


def test_every_page_template_is_visited():
    assert page_templates() - {stop.template for stop in STOPS} == set()


def test_every_stop_is_a_page_template():
    assert {stop.template for stop in STOPS} - page_templates() == set()
