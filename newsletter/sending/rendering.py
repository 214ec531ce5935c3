"""The words of an issue, once per variant: everything but what is personal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator

from mailing.letters import absolute, inline_css
from newsletter.arrangement import arrange_for_mail
from newsletter.models import Issue, IssueItem

# Stand where each recipient's own addresses go. Real-looking addresses, so that neither escaping nor inlining of CSS
# touches them; the reserved domain makes sure that one left behind by mistake leads nowhere.
PREFERENCES = "https://recipient.invalid/preferences"
UNSUBSCRIBE = "https://recipient.invalid/unsubscribe"


@dataclass(frozen=True)
class Words:
    """Subject, text and HTML of one variant, in one language, with the placeholders in them."""

    language: str
    subject: str
    text: str
    html: str


def render(issue: Issue, items: Sequence[IssueItem], language: str) -> Words:
    """Write out the mail that readers of `language` get who get these items. Changes nothing."""
    with translation.override(language):
        context: dict[str, Any] = {
            "issue": issue,
            # On one line, whoever wrote it: a header has no room for more.
            "subject": " ".join(issue.subject_in(language).split()),
            "intro": issue.intro_in(language),
            "intro_language": issue.intro_language_in(language),
            "language": language,
            "preheader": preheader(issue, items, language),
            # The same in HTML and in plain text.
            "content": arrange_for_mail(items, intro=issue.intro_in(language)),
            "web_url": absolute(issue.get_absolute_url()),
            "archive_url": absolute(reverse("newsletter:archive")),
            "preferences_url": PREFERENCES,
            "unsubscribe_url": UNSUBSCRIBE,
            "SITE_URL": settings.SITE_URL,
            "CONTACT_EMAIL": settings.CONTACT_EMAIL,
            "POSTAL_ADDRESS": settings.POSTAL_ADDRESS,
        }
        text = get_template("newsletter/mail/issue.txt").template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
        html = inline_css(render_to_string("newsletter/mail/issue.html", context))
    return Words(language, str(context["subject"]), tidy(text), html)


def preheader(issue: Issue, items: Sequence[IssueItem], language: str) -> str:
    """The line that inboxes show after the subject: the coordinator's, else the titles of what is in the mail."""
    titles = " · ".join(item.title for item in sorted(items, key=lambda item: not item.is_method))
    return " ".join(issue.preheader_in(language).split()) or Truncator(titles).chars(200)


def tidy(text: str) -> str:
    """Plain text without the blank lines that template tags leave behind: never more than one in a row."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
