"""Tags every template has at hand: icons, evidence marks, the phase stepper, breadcrumbs, navigation."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from looks import languages, words
from looks.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An own icon as inline SVG. Hidden from screen readers unless `label` says what it means.

    Raises KeyError for a name that `looks.icons` does not have: a misspelt icon should never reach a reader.
    """
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon icon--{}" viewBox="0 0 24 24" width="20" height="20" focusable="false" {}>{}</svg>',
        name,
        described,
        mark_safe(ICONS[name]),  # noqa: S308 – our own drawings
    )


@register.inclusion_tag("components/evidence.html")
def evidence(level: int | None, compact: bool = False) -> dict[str, Any]:
    """Five marks with the word beside. `level` is 1–5, or None (or 0) where nothing has been assessed."""
    level = int(level or 0)
    return {
        "level": level,
        "marks": [mark <= level for mark in range(1, 6)],
        "word": words.EVIDENCE[level],
        "compact": compact,
    }


@register.inclusion_tag("components/stepper.html")
def stepper(phase: str) -> dict[str, Any]:
    """Where a method stands: test → develop → evaluate → spread, or stopped (which replaces the arrow's end)."""
    names = list(words.PHASES)
    stopped = phase == "stopped"
    reached = names.index(phase) if phase in names else -1
    steps = [
        {"word": words.PHASES[name], "done": index < reached, "current": index == reached}
        for index, name in enumerate(names)
    ]
    return {"steps": steps, "stopped": stopped, "stopped_word": words.STOPPED}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*parts: Any) -> dict[str, Any]:
    """The way here: `{% breadcrumbs _("Labs") "labs:list" lab.name %}`.

    Labels and addresses take turns; an address is a path or the name of one. The last label, without an address,
    is the page itself. Pairs in tuples do as well.
    """
    flat = [item for part in parts for item in (part if isinstance(part, tuple | list) else [part])]
    crumbs = [{"label": flat[index], "url": _address(flat[index + 1])} for index in range(0, len(flat) - 1, 2)]
    return {"crumbs": crumbs, "here": flat[-1] if len(flat) % 2 else ""}


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Context, name: str, label: str, symbol: str = "") -> dict[str, Any]:
    """A link of the navigation, marked `aria-current` on its own page and on those beneath it."""
    url, here = _address(name), getattr(context.get("request"), "path", "")
    beneath = url not in {"", reverse("website:home")} and here.startswith(url)
    return {
        "url": url,
        "label": label,
        "symbol": symbol,
        "current": "page" if here == url else "true" if beneath else "",
    }


@register.simple_tag(takes_context=True)
def language_addresses(context: Context) -> list[languages.Address]:
    """The same page in every language of the site: `code`, `name`, `path`, `current`; see `looks.languages`."""
    request = context.get("request")
    return languages.addresses(request) if request else []


@register.filter
def first_input(field: BoundField) -> str:
    """The id of the first thing to fill in for a field: where the error summary's link leads."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def lead_in(label: object) -> str:
    """A label to be followed by a sentence: “Name:”, but “How often?” and other whole sentences as they are.

    Empty for a label of several sentences, such as a consent: what is said of it must be understood without.
    """
    text = str(label).strip()
    if ". " in text:
        return ""
    return text if text.endswith((".", "?", "!", ":", "…")) else f"{text}:"


def _address(name_or_path: str) -> str:
    if not name_or_path or name_or_path.startswith(("/", "#", "http")):
        return name_or_path
    try:
        return reverse(name_or_path)
    except NoReverseMatch:
        return ""
