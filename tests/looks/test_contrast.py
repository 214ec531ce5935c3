"""The palette against WCAG 2.2 AA: 4.5 for text, 3 for the edges of controls, marks and large figures; both schemes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
DARK = "@media screen and (prefers-color-scheme: dark)"

WORDS = ("ink", "ink-soft", "pine", "pine-deep", "falu", "sky")
GROUNDS = ("paper", "paper-raised", "paper-sunk")
TEXT_PAIRS = [
    *[(text, back) for text in WORDS for back in GROUNDS],
    *[(f"on-{hue}-wash", f"{hue}-wash") for hue in ("pine", "falu", "sun", "sky", "stone")],
    *[("ink", f"{hue}-wash") for hue in ("pine", "falu", "sun", "sky", "stone")],
    ("ink-soft", "stone-wash"),
    ("falu-deep", "paper"),
    ("on-pine", "pine"),
    ("on-pine", "pine-deep"),
    ("on-falu", "falu"),
    ("on-falu", "falu-deep"),
    ("on-sun", "sun"),
]  # fmt: skip
EDGE_PAIRS = [
    ("line-strong", "paper"),
    ("line-strong", "paper-raised"),
    ("pine", "paper"),
    ("falu", "paper"),
    ("focus", "paper"),
    ("chart-actual", "paper"),
    ("chart-target", "paper-raised"),
    ("brand-house", "paper"),
]


def palette(scheme: str) -> dict[str, str]:
    light, _, dark = TOKENS.partition(DARK)
    names = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|var\(--[\w-]+\));", light))
    if scheme == "dark":
        names |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|var\(--[\w-]+\));", dark))
    return names


def colour(names: dict[str, str], name: str) -> str:
    value = names[name]
    return value if value.startswith("#") else colour(names, value[6:-1])


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_arithmetic_knows_black_on_white():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "back"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(scheme, text, back):
    names = palette(scheme)
    assert contrast(colour(names, text), colour(names, back)) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "back"), EDGE_PAIRS)
def test_edges_and_marks_stand_out_from_their_ground(scheme, edge, back):
    names = palette(scheme)
    assert contrast(colour(names, edge), colour(names, back)) >= 3


def test_every_token_that_is_used_is_there():
    root = Path(settings.BASE_DIR) / "static/css"
    sheets = "".join(path.read_text() for path in root.rglob("*.css"))
    used = set(re.findall(r"var\(--([\w-]+)", sheets))
    given = set(re.findall(r"--([\w-]+):", sheets))
    assert used - given == set()
