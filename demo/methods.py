"""Loads the methods: written section by section, sent in, reviewed by somebody else and published."""

from typing import Any

from demo import people, pictures
from demo.content.methods import METHODS
from demo.labs import goal_with_key
from labs.models import FocusArea, Lab
from methods.models import Method, Revision

SECTIONS = {
    "basics": ["title", "summary", "target_groups"],
    "problem": ["problem"],
    "effect": ["effect"],
    "mechanism": ["mechanism"],
    "moderators": ["moderators"],
    "implementation": ["implementation"],
    "economy": ["hours", "premises", "partners", "cost_min", "cost_max", "months_to_effect"],
    "failures": ["failures"],
    "conditions": ["success_conditions"],
}


def load() -> None:
    """Write the methods that are not there yet; labs, goals and people must be."""
    for content in METHODS:
        if not Method.objects.filter(slug=content["slug"]).exists():
            _write(content)


def _write(content: dict[str, Any]) -> None:
    lab = Lab.objects.get(slug=content["lab"])
    author = people.lead_of(lab)
    method = Method.start(lab=lab, title=content["title"], by=author)
    Method.objects.filter(pk=method.pk).update(slug=content["slug"])
    method.refresh_from_db()
    revision = method.draft
    assert revision is not None  # noqa: S101 - a method starts with its first draft
    _fill(revision, content, author)
    stops_at = content.get("stops_at")
    if stops_at and content["phase"] != "test":
        method.move_to(content["phase"], by=author, because="Så långt har metoden kommit.")
    if stops_at == "draft":
        return
    revision.submit(by=author)
    if stops_at == "submitted":
        return
    level, rationale = content["evidence"]
    revision.publish(by=people.coordinator(), level=level, rationale=rationale)
    if content["phase"] == "stopped":
        method.move_to("stopped", by=author, because=content["stopped_because"], learned=f"<p>{content['learned']}</p>")
    else:
        method.move_to(content["phase"], by=author, because="Så långt har metoden kommit.")
    if "second_revision" in content:
        _write_successor(method, content["second_revision"], author)


def _write_successor(method: Method, changes: dict[str, str], author: Any) -> None:
    """The second version: a coordinator asks for one thing before it is published."""
    method.refresh_from_db()
    revision = method.draft_successor(by=author)
    for section, value in changes.items():
        revision.save_section(section, {section: value}, revision.section_version(section), author)
    revision.submit(by=author)
    revision.request_changes(
        by=people.second_coordinator(),
        comments={"contact": "Skriv telefonnumret med riktnummer, så att det går att ringa."},
    )
    contact = revision.section_values("contact") | {"contact_phone": "011-23 45 67"}
    revision.save_section("contact", contact, revision.section_version("contact"), author)
    revision.submit(by=author)
    revision.publish(by=people.second_coordinator())


def _fill(revision: Revision, content: dict[str, Any], author: Any) -> None:
    for section, names in SECTIONS.items():
        values = {name: content[name] for name in names}
        if section == "basics":
            values |= {"language": "sv", "focus_areas": FocusArea.objects.filter(slug__in=content["focus"])}
        revision.save_section(section, values, revision.section_version(section), author)
    revision.save_section(
        "contact", {"contact_name": author.name, "contact_email": author.email, "contact_phone": ""}, 0, author
    )
    revision.save_section(
        "components",
        {
            "components": [
                {"kind": "core" if core else "adaptable", "title": title, "description": description}
                for core, title, description in content["components"]
            ]
        },
        0,
        author,
    )
    if "picture" in content:
        picture = pictures.draw(*content["picture"])
        illustration = {"picture": picture.pk, "alt": picture.alt}
        revision.save_section("pictures", {"pictures": [illustration]}, 0, author)
    for statement, key in content["claims"]:
        latest = goal_with_key(key).verified_measurements[-1]
        revision.claim(statement, [latest], by=author)
