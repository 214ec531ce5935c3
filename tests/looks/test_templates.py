"""What the content security policy forbids must not be in any template, however rarely it is shown."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
# Mail has no policy, and needs its styles on the spot.
PAGES = sorted(path for path in ROOT.rglob("*.html") if "mail" not in str(path.relative_to(ROOT)))
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle=", re.S),
    "an inline handler": re.compile(r"<[^>{]*\son[a-z]+=", re.S),
    "a script in a link": re.compile(r"javascript:", re.I),
    "an address at another site": re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//", re.I),
}


def test_there_are_templates_to_look_at():
    assert ROOT / "base.html" in PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what, path):
    assert FORBIDDEN[what].findall(path.read_text()) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_script_is_written_in_a_template(path):
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/)[^>]*>", path.read_text())
    assert scripts == []


def test_every_stylesheet_is_linked():
    linked = {name for path in PAGES for name in re.findall(r'static "(css/[^"]+)"', path.read_text())}
    static = Path(settings.BASE_DIR) / "static"
    assert linked == {str(path.relative_to(static)) for path in (static / "css").rglob("*.css")}
