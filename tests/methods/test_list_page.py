import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labs.models import FocusArea, Lab
from methods.models import Method
from tests.methods.factories import make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(lab: Lab, other_lab: Lab, lab_member: User, other_member: User, coordinator: User) -> list[Method]:
    """Three methods in two labs: Norrköping (two, one in spread) and Boden (one, about safety, level 4)."""
    return [
        make_published(lab, lab_member, coordinator, "Språkkafé"),
        make_published(lab, lab_member, coordinator, "Mentorer", phase="spread"),
        make_published(other_lab, other_member, coordinator, "Nattvandring", level=4),
    ]


def titles(response: Any) -> list[str]:
    return [method.title for method in response.context["page_obj"]]


def facet(response: Any, name: str) -> list[tuple[str, int]]:
    (found,) = [each for each in response.context["facets"] if each.name == name]
    return [(choice.value, choice.count) for choice in found.choices]


def test_the_newest_comes_first(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/")
    assert response.status_code == 200
    assert titles(response) == ["Nattvandring", "Mentorer", "Språkkafé"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("area=trygghet", ["Nattvandring"]),
        ("phase=spread", ["Mentorer"]),
        ("evidence=4", ["Nattvandring"]),
        ("municipality=Norrköping", ["Mentorer", "Språkkafé"]),
        ("lab=grannlabbet", ["Nattvandring"]),
        ("phase=spread&phase=test", ["Nattvandring", "Mentorer", "Språkkafé"]),
        ("phase=spread&lab=grannlabbet", []),
        ("q=mentor", ["Mentorer"]),
        ("q=mentor&phase=spread", ["Mentorer"]),
        ("q=mentor&phase=test", []),
    ],
)
def test_facets_and_search_narrow_the_list(client: Client, library: list[Method], query: str, found: list[str]) -> None:
    assert titles(client.get(f"/metoder/?{query}")) == found


def test_facets_count_what_each_choice_leads_to(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/")
    assert facet(response, "area") == [("sysselsattning", 2), ("trygghet", 1)]
    assert facet(response, "phase") == [("test", 2), ("spread", 1)]
    assert facet(response, "evidence") == [("4", 1), ("2", 2)]
    assert facet(response, "municipality") == [("Boden", 1), ("Norrköping", 2)]


def test_a_facet_is_counted_within_the_others_but_not_itself(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/?lab=provlabbet")
    assert facet(response, "phase") == [("test", 1), ("spread", 1)]
    assert facet(response, "lab") == [("grannlabbet", 1), ("provlabbet", 2)]


def test_places_stand_in_swedish_order(
    client: Client, employment: FocusArea, lab_member: User, coordinator: User
) -> None:
    for number, place in enumerate(["Örebro", "Ängelholm", "Zinkgruvan", "Åre"]):
        made = Lab.objects.create(
            name=f"Labb {number}", slug=f"labb-{number}", municipality=place, challenge="x", description="x",
            starts_on="2018-01-01",
        )  # fmt: skip
        made.focus_areas.add(employment)
        make_published(made, lab_member, coordinator)
    response = client.get("/metoder/")
    assert [value for value, _count in facet(response, "municipality")] == ["Zinkgruvan", "Åre", "Ängelholm", "Örebro"]


@pytest.mark.parametrize(
    "query",
    [
        "page=9999", "page=x", "page=-1", "page=0", "page=" + "9" * 400, "area=finns-inte", "phase=flyga",
        "evidence=99", "evidence=%00", "q=%00", "lab=%00%27%3B--", "sort=nonsense", "q=" + "x" * 3000,
        "municipality=" + "å" * 3000, "area=a&" * 80, "q=%F0%9F%98%80", "page=%00", "q=a%5C",
    ],
)  # fmt: skip
def test_no_address_breaks_the_page(client: Client, library: list[Method], query: str) -> None:
    assert client.get(f"/metoder/?{query}").status_code == 200


def test_a_choice_that_does_not_exist_is_left_out_and_told(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/?phase=flyga")
    assert len(titles(response)) == 3
    assert "Adressen frågade efter något som inte finns" in response.text


def test_unpublished_methods_are_not_listed(client: Client, lab: Lab, lab_member: User) -> None:
    Method.start(lab=lab, title="Hemlig", by=lab_member)
    response = client.get("/metoder/")
    assert "Hemlig" not in response.text
    assert "Den första metoden är på väg" in response.text


def test_htmx_gets_the_pages_own_partial(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/?phase=spread", headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith("<section")
    assert "HX-Request" in response.headers["Vary"]
    results, facets = response.text.split("</section>")
    whole = client.get("/metoder/?phase=spread").text
    assert results.strip() in whole
    assert facets.replace(' hx-swap-oob="true"', "").strip() in whole


def test_going_back_in_the_browser_gets_the_whole_page(client: Client, library: list[Method]) -> None:
    """With nothing marked to be put beside it, which htmx would take out of the page before showing it."""
    response = client.get("/metoder/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in response.text
    assert "hx-swap-oob" not in response.text


def test_more_methods_cost_no_more_queries(client: Client, lab: Lab, lab_member: User, coordinator: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get("/metoder/?q=arbete&phase=test").status_code == 200
        return len(context)

    make_published(lab, lab_member, coordinator)
    client.get("/metoder/")
    first = queries()
    for _ in range(3):
        make_published(lab, lab_member, coordinator)
    assert queries() == first


def test_what_is_sorted_as_newest_stays_searched(client: Client, library: list[Method]) -> None:
    response = client.get("/metoder/?q=arbete&sort=newest")
    assert titles(response) == ["Nattvandring", "Mentorer", "Språkkafé"]


def test_the_page_works_in_english(client: Client, library: list[Method]) -> None:
    response = client.get("/en/methods/")
    assert "3 methods" in re.sub(r"\s+", " ", response.text)


def test_an_area_can_be_named_in_both_languages(library: list[Method], safety: FocusArea) -> None:
    assert [method.title for method in Method.objects.search("safety")] == ["Nattvandring"]
