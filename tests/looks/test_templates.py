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


def holding(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """Every page template that has what the pattern means, with what was found."""
    found = {str(path.relative_to(ROOT)): pattern.findall(path.read_text()) for path in PAGES}
    return {path: texts for path, texts in found.items() if texts}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    assert holding(FORBIDDEN[what]) == {}


def test_no_script_is_written_in_a_template():
    assert holding(re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/)[^>]*>")) == {}


def test_every_stylesheet_is_linked():
    linked = {name for path in PAGES for name in re.findall(r'static "(css/[^"]+)"', path.read_text())}
    static = Path(settings.BASE_DIR) / "static"
    assert linked == {str(path.relative_to(static)) for path in (static / "css").rglob("*.css")}
