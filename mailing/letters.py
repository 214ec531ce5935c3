"""How every other part sends an e-mail: `post()` it, in the transaction of the deed that causes it."""

import logging
import re
from collections.abc import Mapping
from typing import Any, cast

import css_inline
from django.conf import settings
from django.db import transaction
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import render_to_string
from django.utils import translation

from mailing.models import Letter

logger = logging.getLogger(__name__)

# Rules that can be inlined are; media queries (dark mode, small screens) stay in a <style> of their own.
_inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def absolute(path: str) -> str:
    """The full address of a path on this site, for links in e-mail: `absolute(reverse("accounts:start"))`."""
    return f"{settings.SITE_URL}{path}"


def inline_css(html: str) -> str:
    """The document with its <style> rules moved into style attributes, as mail programs want it."""
    return _inliner.inline(html)


def post(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    reply_to: str | None = None,
) -> Letter:
    """Write a letter and see it off when the surrounding transaction commits; it is gone if that rolls back.

    The arguments are those of `compose`.
    """
    letter = compose(template=template, to=to, language=language, context=context, headers=headers, reply_to=reply_to)
    letter.save()
    transaction.on_commit(lambda: _enqueue(letter.pk))
    return letter


def compose(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    reply_to: str | None = None,
) -> Letter:
    """The letter, unsaved: for `post`, and for showing one before it is sent.

    `template` names three files in one go: "labs/mail/returned" is rendered from `returned.subject.txt`, `returned.txt`
    and `returned.html`, all in `language` ("sv" or "en"). The subject is cut to one line of at most 250 characters.
    """
    with translation.override(language):
        surroundings = {
            "SITE_URL": settings.SITE_URL,
            "CONTACT_EMAIL": settings.CONTACT_EMAIL,
            "POSTAL_ADDRESS": settings.POSTAL_ADDRESS,
            "language": language,
            **context,
        }
        subject = " ".join(_plain(f"{template}.subject.txt", surroundings).split())[:250]
        text = re.sub(r"\n\s*\n", "\n\n", _plain(f"{template}.txt", surroundings)).strip() + "\n"
        html = inline_css(render_to_string(f"{template}.html", {**surroundings, "subject": subject}))
    return Letter(
        to=to,
        subject=subject,
        text=text,
        html=html,
        language=language,
        headers={**(headers or {}), **({"Reply-To": reply_to} if reply_to else {})},
    )


def _plain(template: str, context: dict[str, Any]) -> str:
    """The template without HTML escaping: in plain text an ampersand is an ampersand."""
    engine = cast(DjangoTemplates, engines["django"]).engine
    return engine.get_template(template).render(Context(context, autoescape=False))


def _enqueue(pk: int) -> None:
    """Ask a worker to send the letter now; when the broker is down, the sweep sends it a minute later."""
    from mailing.tasks import send_letter

    try:
        send_letter.apply_async((pk,), retry=False)
    except Exception:
        logger.warning("The task queue does not answer; letter %s waits for the sweep", pk, exc_info=True)
