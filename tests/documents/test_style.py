"""STYLE.md shows code of this repository: what it quotes stands in the file it names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
BLOCK = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
PLACE = re.compile(r"[\w/]+\.(?:py|css|html)\b")


def quotations() -> Iterator[tuple[str, list[str]]]:
    """(file, quoted lines) of every block whose first line names a file. What follows an … is left out."""
    for block in BLOCK.findall((ROOT / "STYLE.md").read_text()):
        first, *lines = block.splitlines()
        if "Bad" not in first and (place := PLACE.search(first)):
            yield place.group(), [line.partition("…")[0].strip() for line in lines if line.strip()]


@pytest.mark.parametrize(("file", "lines"), list(quotations()))
def test_what_the_style_quotes_stands_in_its_file(file, lines):
    code = (ROOT / file).read_text()
    assert [line for line in lines if line not in code] == []
