"""The sections of a method report: what each asks for, and what has to be there before review."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from methods.models import Revision

    Words: TypeAlias = StrOrPromise


@dataclass(frozen=True)
class Section:
    """One page of the editor. `fields` are the revision's columns in it, `required` those that review needs."""

    key: str
    title: "Words"
    ask: "Words"
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.title)


class Missing(NamedTuple):
    """Something that review needs: where, and what it is in one sentence."""

    section: Section
    sentence: "Words"


SECTIONS = (
    Section(
        "basics",
        _("In brief"),
        _("What the method is called, what it does in one sentence, and who it is for."),
        ("title", "summary", "target_groups", "language"),
        ("title", "summary", "target_groups"),
    ),
    Section(
        "problem", _("The problem"), _("What was it like before? Who noticed, and how?"), ("problem",), ("problem",)
    ),
    Section("effect", _("The effect"), _("What became different, and for how many?"), ("effect",), ("effect",)),
    Section("claims", _("Results"), _("The results you want to be known for, each resting on verified measurements.")),
    Section(
        "mechanism",
        _("Why it works"),
        _("What makes people act differently? Your best explanation is enough."),
        ("mechanism",),
        ("mechanism",),
    ),
    Section(
        "moderators",
        _("For whom and where"),
        _("For whom does it work well, and for whom less well? Does the place matter?"),
        ("moderators",),
        ("moderators",),
    ),
    Section(
        "implementation",
        _("How to do it"),
        _("Step by step, so that somebody who has never met you can begin."),
        ("implementation",),
        ("implementation",),
    ),
    Section(
        "components",
        _("Core and adaptable parts"),
        _("What must stay as it is for the method to work, and what can be made to fit another place?"),
    ),
    Section(
        "economy",
        _("What it takes"),
        _("Time, money, premises and partners. A rough figure is better than none."),
        ("hours", "premises", "partners", "cost_min", "cost_max", "months_to_effect"),
        ("hours", "cost_min", "cost_max", "months_to_effect"),
    ),
    Section(
        "failures",
        _("What failed"),
        _("What did you try that did not work, and why? This saves others the most time."),
        ("failures",),
        ("failures",),
    ),
    Section(
        "conditions",
        _("Conditions for success"),
        _("What has to be in place before somebody else begins?"),
        ("success_conditions",),
        ("success_conditions",),
    ),
    Section(
        "contact",
        _("Contact"),
        _("Who can somebody call to ask?"),
        ("contact_name", "contact_email", "contact_phone"),
        ("contact_name", "contact_email"),
    ),
    Section("pictures", _("Pictures"), _("Up to three pictures that show the method in use. They are not required.")),
)
BY_KEY = {section.key: section for section in SECTIONS}
COLUMNS = tuple(name for section in SECTIONS for name in section.fields)

_NEEDED: "dict[str, Words]" = {
    "title": _("The method needs a title."),
    "summary": _("Say in one sentence what the method does."),
    "target_groups": _("Say who the method is for."),
    "problem": _("Describe the problem."),
    "effect": _("Describe the effect."),
    "mechanism": _("Explain why you think it works."),
    "moderators": _("Say for whom and where it works."),
    "implementation": _("Describe how to do it."),
    "hours": _("Say how many working hours a week it takes."),
    "cost_min": _("Give the lowest cost for a year."),
    "cost_max": _("Give the highest cost for a year."),
    "months_to_effect": _("Say how many months it takes until the first effect shows."),
    "failures": _("Write what failed, or that nothing did so far."),
    "success_conditions": _("Write what has to be in place."),
    "contact_name": _("Name a person to contact."),
    "contact_email": _("Give an e-mail address to the person to contact."),
}


def missing(revision: "Revision") -> Iterator[Missing]:
    """Yield what the revision still needs before it can be sent in for review, in the order of the sections."""
    for section in SECTIONS:
        for name in section.required:
            if getattr(revision, name) in {None, ""}:
                yield Missing(section, _NEEDED[name])
        if section.key == "basics" and not revision.focus_areas.all():
            yield Missing(section, _("Choose at least one focus area."))
        if section.key == "components" and not any(part.kind == "core" for part in revision.components.all()):
            yield Missing(section, _("Name at least one core part: what must not be changed."))
        if section.key == "claims":
            for claim in revision.claims.prefetch_related("measurements"):
                if not claim.stands:
                    yield Missing(section, _("A result rests on a measurement that is not verified, or on none."))
                    break
