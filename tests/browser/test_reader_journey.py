"""Somebody who looks for a way of working to take home: find it, judge it, see what is behind the numbers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from labs.models import Goal, Lab
from methods.models import Method
from tests.browser.steps import heading, main
from tests.methods.factories import make_draft, make_goal, make_measurement, make_published

MENTORS = "Mentorer från arbetslivet"


@dataclass
class Shelf:
    """What there is to read: a method with results that spreads, one on trial, and one that was stopped."""

    goal: Goal
    mentors: Method
    stopped: Method


@pytest.fixture
def shelf(lab: Lab, other_lab: Lab, lab_member: User, other_member: User, coordinator: User) -> Shelf:
    goal = make_goal(lab)
    measurement = make_measurement(goal, n=15, of=22)
    draft = make_draft(lab, lab_member, MENTORS, summary="En mentor öppnar dörrar till arbetslivet.")
    draft.claim("Femton kvinnor fick arbete.", [measurement], by=lab_member)
    draft.submit(by=lab_member)
    draft.publish(by=coordinator, level=2, rationale="Mätt före och efter i samma grupp.")
    mentors = Method.objects.get(pk=draft.method_id)
    mentors.move_to("spread", by=coordinator, because="Tre kommuner frågar.")
    make_published(lab, lab_member, coordinator, "Mentorer på fritiden", level=1)
    stopped = make_published(
        other_lab, other_member, coordinator, "Läxhjälp på torget", phase="stopped", summary="Läxor efter skolan."
    )
    return Shelf(goal, mentors, stopped)


def test_she_finds_a_method_reads_it_and_looks_behind_the_number(page: Page, shelf: Shelf):
    page.goto("/")
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Metoder").click()
    expect(found(page)).to_have_count(3)
    search_as_she_types(page)
    narrow_by_phase_and_evidence(page)
    go_back_to_what_was_searched(page)
    page.go_forward()
    found(page).get_by_role("link", name=MENTORS).click()
    judge_the_evidence(page)
    tell_core_from_adaptable(page)
    cite_it(page, shelf)
    switch_to_english_and_back(page, shelf)
    look_behind_the_number(page, shelf)


def search_as_she_types(page: Page) -> None:
    """Another form of the word finds it, the address follows, and the cursor stays where it was."""
    page.wait_for_load_state()
    box = page.get_by_role("searchbox", name="Sök bland metoderna")
    box.press_sequentially("mentorerna")
    expect(found(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"[?&]q=mentorerna"))
    expect(main(page).get_by_role("heading", name="2 metoder")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("mentorerna")


def narrow_by_phase_and_evidence(page: Page) -> None:
    """Each choice counts what is left; the box just ticked keeps the focus though the list is drawn anew."""
    spreading = open_facets(page).get_by_role("checkbox", name=re.compile("^Sprida"))
    spreading.check()
    expect(page).to_have_url(re.compile(r"q=mentorerna.*phase=spread"))
    expect(found(page)).to_have_count(1)
    expect(spreading).to_be_focused()
    measured = facets(page).get_by_role("checkbox", name=re.compile("^2 – Förändring mätt före och efter"))
    measured.check()
    expect(page).to_have_url(re.compile(r"phase=spread.*evidence=2"))
    expect(main(page).get_by_text("Fas: Sprida")).to_be_visible()
    expect(main(page).get_by_text("Evidensnivå: 2 – Förändring mätt före och efter")).to_be_visible()
    expect(found(page)).to_have_count(1)
    expect(measured).to_be_focused()


def go_back_to_what_was_searched(page: Page) -> None:
    page.go_back()
    expect(page).not_to_have_url(re.compile("evidence=2"))
    expect(facets(page).get_by_role("checkbox", name=re.compile("^Sprida"))).to_be_checked()
    expect(facets(page).get_by_role("checkbox", name=re.compile("^2 – "))).not_to_be_checked()
    expect(main(page).get_by_text("Fas: Sprida")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Sök bland metoderna")).to_have_value("mentorerna")


def judge_the_evidence(page: Page) -> None:
    expect(heading(page, MENTORS)).to_be_visible()
    glance = main(page).get_by_role("region", name="I korthet")
    expect(glance).to_contain_text("Förändring mätt före och efter")
    expect(glance).to_contain_text("Mätt före och efter i samma grupp.")
    expect(glance).to_contain_text("Underskrivet av Demo Samordnare")
    result = main(page).get_by_role("region", name="Resultat som går att följa")
    expect(result.locator(".number__value")).to_contain_text("15 av 22")
    expect(result).to_contain_text("Femton kvinnor fick arbete.")


def tell_core_from_adaptable(page: Page) -> None:
    parts = main(page).get_by_role("region", name="Kärna och anpassningsbara delar")
    expect(parts.locator(".parts__kind--core")).to_contain_text("En fast dag i veckan")
    expect(parts.locator(".parts__kind--adaptable")).to_contain_text("Lokalen")


def cite_it(page: Page, shelf: Shelf) -> None:
    assert shelf.mentors.published
    year = timezone.localtime(shelf.mentors.published.published_at).year
    citation = main(page).get_by_role("region", name="Citera så här")
    expect(citation).to_contain_text(f"Provlabbet ({year}). {MENTORS}.")
    expect(citation).to_contain_text(f"/metoder/{shelf.mentors.slug}/versioner/1/")


def switch_to_english_and_back(page: Page, shelf: Shelf) -> None:
    page.get_by_role("banner").get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(f"/en/methods/{shelf.mentors.slug}/$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(heading(page, MENTORS)).to_have_attribute("lang", "sv")
    expect(main(page).get_by_role("heading", name="How sure are we?")).to_be_visible()
    page.get_by_role("banner").get_by_role("link", name="Svenska").click()
    expect(page).to_have_url(re.compile(f"/metoder/{shelf.mentors.slug}/$"))


def look_behind_the_number(page: Page, shelf: Shelf) -> None:
    """The number leads to its goal on the lab's page; behind the drawing stands a table."""
    main(page).get_by_role("link", name=shelf.goal.title).click()
    expect(page).to_have_url(re.compile(rf"/labb/provlabbet/#goal-{shelf.goal.pk}$"))
    goal = page.locator(f"#goal-{shelf.goal.pk}")
    expect(goal).to_be_in_viewport()
    expect(goal.get_by_role("img", name=shelf.goal.indicator)).to_be_visible()
    expect(goal.get_by_role("row")).to_have_count(0)
    goal.get_by_text("Visa talen i en tabell").click()
    expect(goal.get_by_role("row").filter(has_text="2019").filter(has_text="15 av 22")).to_be_visible()


def test_without_a_script_the_same_search_leads_to_a_method_that_was_stopped(
    new_page: Callable[..., Page], shelf: Shelf
):
    page = new_page(width=390, javascript=False)
    page.goto("/metoder/")
    page.get_by_role("searchbox", name="Sök bland metoderna").fill("läxa")
    open_facets(page).get_by_role("checkbox", name=re.compile("^Trygghet")).check()
    facets(page).get_by_role("checkbox", name=re.compile("^Avslutad")).check()
    page.get_by_role("button", name="Visa de här metoderna").click()
    expect(page).to_have_url(re.compile(r"q=l%C3%A4xa.*area=trygghet.*phase=stopped"))
    expect(found(page)).to_have_count(1)
    expect(found(page)).to_contain_text("Avslutad, med lärdomar")
    found(page).get_by_role("link", name="Läxhjälp på torget").click()
    learned = main(page).get_by_role("region", name="Avslutad – det här lärde vi oss")
    expect(learned).to_contain_text("Varför den avslutades: Dags.")
    expect(learned).to_contain_text("Vi lärde oss.")


def test_a_choice_after_a_search_asks_the_server_once(page: Page, shelf: Shelf):
    asked: list[str] = []
    page.goto("/metoder/")
    page.on("request", lambda request: asked.append(request.url) if "hx-request" in request.headers else None)
    page.get_by_role("searchbox", name="Sök bland metoderna").fill("mentorerna")
    expect(found(page)).to_have_count(2)
    open_facets(page).get_by_role("checkbox", name=re.compile("^Sprida")).check()
    expect(found(page)).to_have_count(1)
    assert [re.sub(".*[?]", "", url) for url in asked] == [
        "q=mentorerna",
        "q=mentorerna&phase=spread&sort=relevance",
    ]


def found(page: Page) -> Locator:
    """The methods in the list."""
    return main(page).locator("#found .methods-item")


def facets(page: Page) -> Locator:
    return page.locator("#facets")


def open_facets(page: Page) -> Locator:
    if not facets(page).is_visible():
        page.get_by_text("Begränsa listan").click()
    return facets(page)
