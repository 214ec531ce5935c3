import pytest

from accounts.models import User
from labs.models import Lab, Measurement
from methods.exceptions import EditConflict, NotInThisState, NotThisLabs
from methods.models import Method, Revision
from tests.methods.factories import make_goal, make_measurement

pytestmark = pytest.mark.django_db


def test_starting_a_method_gives_it_a_draft_and_the_labs_focus_areas(lab: Lab, lab_member: User) -> None:
    method = Method.start(lab=lab, title="Språkkafé på Öster", by=lab_member)
    assert method.slug == "sprakkafe-pa-oster"
    assert method.draft is not None
    assert (method.draft.number, method.draft.state, method.draft.author) == (1, "draft", lab_member)
    assert [area.slug for area in method.draft.focus_areas.all()] == ["sysselsattning"]
    assert [event.verb for event in method.draft.events.all()] == ["started"]


def test_two_methods_of_the_same_name_get_addresses_of_their_own(
    lab: Lab, lab_member: User, lab_lead: User, coordinator: User
) -> None:
    slugs = [Method.start(lab=lab, title="Kafé", by=by).slug for by in (lab_member, lab_lead, coordinator)]
    assert slugs == ["kafe", "kafe-2", "kafe-3"]


@pytest.mark.parametrize("title", ["Ny", "New", "Reports", "Rapporter"])
def test_no_method_takes_the_address_of_another_page(lab: Lab, lab_member: User, title: str) -> None:
    assert Method.start(lab=lab, title=title, by=lab_member).slug == f"{title.lower()}-2"


def test_a_title_without_letters_still_gets_an_address(lab: Lab, lab_member: User) -> None:
    assert Method.start(lab=lab, title="!!!", by=lab_member).slug == "metod"


def test_saving_a_section_counts_the_version(draft: Revision, lab_member: User) -> None:
    assert draft.section_version("problem") == 0
    version = draft.save_section("problem", {"problem": "<p>Nytt.</p>"}, version=0, by=lab_member)
    draft.refresh_from_db()
    assert version == draft.section_version("problem") == 1
    assert draft.problem == "<p>Nytt.</p>"
    assert draft.saved_by("problem") == lab_member


def test_saving_the_same_again_changes_nothing(draft: Revision, lab_member: User) -> None:
    first = draft.save_section("problem", {"problem": "<p>Nytt.</p>"}, version=0, by=lab_member)
    again = draft.save_section("problem", {"problem": "<p>Nytt.</p>"}, version=0, by=lab_member)
    assert first == again == 1


def test_the_later_of_two_writers_gets_both_texts(draft: Revision, lab_member: User, lab_lead: User) -> None:
    draft.save_section("problem", {"problem": "<p>Först.</p>"}, version=0, by=lab_lead)
    with pytest.raises(EditConflict) as refusal:
        draft.save_section("problem", {"problem": "<p>Sedan.</p>"}, version=0, by=lab_member)
    assert refusal.value.theirs == {"problem": "<p>Först.</p>"}
    assert refusal.value.yours == {"problem": "<p>Sedan.</p>"}
    assert refusal.value.version == 1
    draft.refresh_from_db()
    assert draft.problem == "<p>Först.</p>"


def test_two_people_in_different_sections_do_not_meet(draft: Revision, lab_member: User, lab_lead: User) -> None:
    draft.save_section("problem", {"problem": "<p>Ett.</p>"}, version=0, by=lab_lead)
    draft.save_section("effect", {"effect": "<p>Två.</p>"}, version=0, by=lab_member)
    draft.refresh_from_db()
    assert (draft.problem, draft.effect) == ("<p>Ett.</p>", "<p>Två.</p>")


def test_parts_are_replaced_as_a_whole(draft: Revision, lab_member: User) -> None:
    parts = [{"kind": "core", "title": "En sak", "description": ""}]
    draft.save_section("components", {"components": parts}, version=0, by=lab_member)
    assert draft.section_values("components") == {"components": parts}


def test_a_submitted_revision_is_not_written(submitted: Revision, lab_member: User) -> None:
    with pytest.raises(NotInThisState):
        submitted.save_section("problem", {"problem": "<p>Nytt.</p>"}, version=0, by=lab_member)


def test_hostile_words_are_cleaned_when_a_section_is_saved(draft: Revision, lab_member: User) -> None:
    draft.save_section("problem", {"problem": "<p>Hej<script>alert(1)</script></p>"}, version=0, by=lab_member)
    draft.refresh_from_db()
    assert draft.problem == "<p>Hej</p>"


def test_a_claim_rests_on_measurements_of_one_goal(draft: Revision, verified: Measurement, lab_member: User) -> None:
    claim = draft.claim("15 av 22 fick arbete", [verified], by=lab_member)
    assert claim.goal == verified.goal
    assert claim.stands
    other = make_measurement(make_goal(draft.method.lab, title="Annat mål"))
    with pytest.raises(NotThisLabs):
        draft.claim("Blandat", [verified, other], by=lab_member)
    with pytest.raises(NotThisLabs):
        draft.claim("Inget", [], by=lab_member)


def test_a_claim_never_rests_on_another_labs_measurements(draft: Revision, other_lab: Lab, lab_member: User) -> None:
    with pytest.raises(NotThisLabs):
        draft.claim("Grannens", [make_measurement(make_goal(other_lab))], by=lab_member)


def test_a_new_version_begins_with_all_that_the_published_says(
    published: Method, verified: Measurement, lab_member: User, coordinator: User
) -> None:
    first = published.draft_successor(by=lab_member)
    first.claim("15 av 22 fick arbete", [verified], by=lab_member)
    first.submit(by=lab_member)
    first.publish(by=coordinator)
    published.refresh_from_db()
    second = published.draft_successor(by=lab_member)
    assert second.number == 3
    assert second.problem == first.problem
    assert [part.title for part in second.components.all()] == ["En fast dag i veckan", "Lokalen"]
    assert [(c.statement, list(c.measurements.all())) for c in second.claims.all()] == [
        ("15 av 22 fick arbete", [verified])
    ]
    assert first.components.count() == 2
    assert first.claims.count() == 1
