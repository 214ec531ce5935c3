"""Every kind of e-mail we send, as a mail server got it: read from its raw bytes, in both languages.

A new template must come with an entry in `LETTERS` in letters.py; one that is on disk without it fails the first test.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import translation

import newsletter.mails
from mailing.letters import inline_css
from mailing.models import Letter
from newsletter.models import Issue
from tests.mailing.letters import ADDRESS, LETTERS, POSTAL, SITE, Cast
from tests.mailing.raw import check, head_of, header

ISSUE = "newsletter/mail/issue"


@pytest.fixture(autouse=True)
def surroundings(settings, disk_of_its_own):
    settings.SITE_URL = SITE
    settings.POSTAL_ADDRESS = POSTAL


def on_disk() -> dict[str, set[str]]:
    """What there is of each kind of mail: {"labs/mail/returned": {".subject.txt", ".txt", ".html"}}."""
    root = Path(project.BASE_DIR) / "templates"
    kinds: dict[str, set[str]] = {}
    for path in root.glob("**/mail/*"):
        name = str(path.relative_to(root))
        # Parts of mails begin with a line; a coordinator's letter about a decision is only words to begin from.
        if not path.name.startswith("_") and not name.endswith(".letter.txt"):
            stem, dot, kind = name.partition(".")
            kinds.setdefault(stem, set()).add(dot + kind)
    return kinds


def test_every_kind_of_mail_on_disk_is_read_here():
    kinds = on_disk()
    assert sorted(kinds) == sorted([*LETTERS, ISSUE])
    for name, files in kinds.items():
        assert files == ({".txt", ".html"} if name == ISSUE else {".subject.txt", ".txt", ".html"}), name


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_is_right_to_the_byte(kind, language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    Letter.objects.all().delete()
    LETTERS[kind](cast)
    letter = Letter.objects.latest("pk")
    Letter.objects.claim(letter.pk).deliver()
    letter.refresh_from_db()
    assert letter.state == "sent", letter.last_error
    (recipient, raw), = sink.raw  # fmt: skip
    assert recipient == letter.to
    text, page = check(raw, to=letter.to, subject=letter.subject, language=language)
    assert header(raw, "X-Auto-Response-Suppress") == "All"
    assert header(raw, "Message-ID") == letter.message_id
    if reply_to := letter.headers.get("Reply-To"):
        assert header(raw, "Reply-To") == reply_to
    addresses = set(re.findall(rf"{re.escape(SITE)}/[^\s<>]+", text))
    assert addresses <= set(page.links), "the text leads where the page does not"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_an_issue_is_right_to_the_byte(language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    reader = cast.subscriber()
    issue = cast.issue()
    issue.send(by=coordinator, audience=1)
    (recipient, raw), = sink.raw  # fmt: skip
    assert recipient == reader.email
    subject = " ".join(issue.subject_in(language).split())
    text, page = check(raw, to=ADDRESS, subject=subject, language=language)
    for address in (reader.preferences_url, reader.unsubscribe_url, SITE + in_language(language, issue)):
        assert address in text
        assert address in page.links
    assert page.links[1] == SITE + in_language(language, issue), "read in the browser comes first, after the sender"
    assert len(page.images) == 1
    marks = re.findall(r"Partnertext från|Partner article from", text)
    assert len(marks) == len(re.findall(r"Partnertext från|Partner article from", page.text)) == 1


def in_language(language: str, issue: Issue) -> str:
    with translation.override(language):
        return issue.get_absolute_url()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_headers_of_a_list_are_right_to_the_byte(language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    reader = cast.subscriber()
    cast.issue().send(by=coordinator, audience=1)
    raw = sink.raw[0][1]
    mailto = re.fullmatch(r"<(https://[^<>\s]+)>, <(mailto:[^<>\s]+)>", header(raw, "List-Unsubscribe"))
    assert mailto, header(raw, "List-Unsubscribe")
    assert mailto[1] == reader.unsubscribe_url
    assert re.fullmatch(rf"mailto:[^@?\s]+@example\.org\?subject=unsubscribe%20{reader.token}", mailto[2])
    # In one piece, as mail programs look for it that unfold nothing.
    assert any(line.startswith(f"List-Unsubscribe: <{reader.unsubscribe_url}>") for line in head_of(raw))
    assert header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"(?:[^<>]+ )?<diary\.example\.org>", header(raw, "List-Id"))
    assert header(raw, "List-Help") == "<mailto:innovationslabb@example.org>"
    with translation.override(language):
        assert header(raw, "List-Archive") == f"<{SITE}{reverse('newsletter:archive')}>"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive", "Message-ID"):
        assert "=?" not in header(raw, name), name


@pytest.mark.django_db
def test_a_test_is_the_very_mail_but_for_its_subject_and_the_personal_links(coordinator, lab_member, lab):
    from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, render

    issue = Cast("sv", coordinator, lab_member, lab).issue()
    items = list(issue.items.public().with_sources())[:1]
    newsletter.mails.test_issue(issue, items, to=ADDRESS, language="sv")
    letter, words = Letter.objects.latest("pk"), render(issue, items, "sv")
    page = f"{SITE}/nyhetsbrev/"
    assert letter.subject == f"Prov: {words.subject}"
    assert letter.text == words.text.replace(PREFERENCES, page).replace(UNSUBSCRIBE, page)
    assert letter.html == inline_css(words.html.replace(PREFERENCES, page).replace(UNSUBSCRIBE, page))
