"""Ids in pages and addresses are no numbers for people: the thousandth must not come out as “1 000”."""

import re
from pathlib import Path

from django.conf import settings


def test_no_template_writes_an_id_as_a_number_for_people():
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        assert re.findall(r"\{\{ [\w.]*\.(?:pk|(?:lab|goal|issue|method)_id) \}\}", template.read_text()) == [], (
            template
        )
