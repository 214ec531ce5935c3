import pytest

from accounts.models import User
from labs.models import Lab
from methods.models import Method
from tests.methods.factories import make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(lab: Lab, lab_member: User, coordinator: User) -> dict[str, Method]:
    return {
        "mentors": make_published(
            lab, lab_member, coordinator, "Mentorer för sysselsättning", summary="Rotary möter kvinnor."
        ),
        "safety": make_published(
            lab,
            lab_member,
            coordinator,
            "Nattvandring",
            summary="Vuxna ute på kvällen gör området tryggare.",
            problem="<p>Få vågar gå ut.</p>",
        ),
        "mention": make_published(
            lab, lab_member, coordinator, "Fotboll", summary="Träning.", problem="<p>Unga saknar mentorer.</p>"
        ),
    }


def titles(q: str) -> list[str]:
    return [method.title for method in Method.objects.published().search(q)]


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("mentor", "Mentorer för sysselsättning"),
        ("sysselsätt", "Mentorer för sysselsättning"),
        ("sysselsättningen", "Mentorer för sysselsättning"),
        ("syselsättning", "Mentorer för sysselsättning"),
        ("sysselsattning", "Mentorer för sysselsättning"),
        ("trygghet", "Nattvandring"),
        ("NATTVANDRING", "Nattvandring"),
        ("nattvandringar", "Nattvandring"),
        ('"ute på kvällen"', "Nattvandring"),
        ("tryggare -fotboll", "Nattvandring"),
    ],
)
def test_finds(library: dict[str, Method], q: str, title: str) -> None:
    assert titles(q)[0] == title


def test_a_word_in_the_title_ranks_above_the_same_word_in_the_text(library: dict[str, Method]) -> None:
    assert titles("mentorer") == ["Mentorer för sysselsättning", "Fotboll"]


def test_a_word_nobody_used_finds_nothing(library: dict[str, Method]) -> None:
    assert titles("xylofon") == []


def test_a_minus_leaves_out(library: dict[str, Method]) -> None:
    assert titles("mentorer -fotboll") == ["Mentorer för sysselsättning"]


def test_an_empty_search_keeps_all(library: dict[str, Method]) -> None:
    assert len(titles("  ")) == 3


@pytest.mark.parametrize("q", ["\x00", "'", "a:* & |", "!!!", "(((", '"', "-", "å" * 5000, "% _ \\", "a\\", ":*"])
def test_no_text_breaks_the_search(library: dict[str, Method], q: str) -> None:
    assert isinstance(titles(q), list)


def test_the_draft_of_a_new_version_is_not_searched(library: dict[str, Method], lab_member: User) -> None:
    successor = library["safety"].draft_successor(by=lab_member)
    successor.save_section("problem", {"problem": "<p>Xylofoner överallt.</p>"}, version=0, by=lab_member)
    assert titles("xylofoner") == []


def test_a_withdrawn_report_is_not_found(library: dict[str, Method], coordinator: User) -> None:
    revision = library["safety"].published
    assert revision is not None
    revision.withdraw(by=coordinator, because="Fel siffror.")
    assert titles("nattvandring") == []
    assert Method.objects.search("nattvandring").count() == 0
