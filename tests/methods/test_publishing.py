from collections.abc import Iterator

import pytest

from accounts.models import User
from labs.models import Lab, Measurement
from mailing.models import Letter
from methods import signals
from methods.exceptions import (
    AlreadyBeingWritten,
    FourEyes,
    NotACoordinator,
    NothingPublished,
    NotInThisState,
    NotYetWritten,
    ReasonNeeded,
)
from methods.models import Method, Revision
from tests.methods.factories import make_draft, make_measurement, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[dict]]:
    calls: list[dict] = []

    def listen(sender: object, **arguments: object) -> None:
        calls.append(arguments)

    signals.revision_published.connect(listen)
    yield calls
    signals.revision_published.disconnect(listen)


def test_an_empty_report_is_refused_with_what_is_missing(lab: Lab, lab_member: User) -> None:
    draft = Method.start(lab=lab, title="Kafé", by=lab_member).draft
    assert draft is not None
    with pytest.raises(NotYetWritten) as refusal:
        draft.submit(by=lab_member)
    assert [item.section.key for item in refusal.value.missing] == [
        "basics", "basics", "problem", "effect", "mechanism", "moderators", "implementation", "components",
        "economy", "economy", "economy", "economy", "failures", "conditions", "contact", "contact",
    ]  # fmt: skip
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_nought_kronor_and_nought_months_are_answers(lab: Lab, lab_member: User) -> None:
    assert make_draft(lab, lab_member, hours=0, cost_min=0, cost_max=0, months_to_effect=0).missing == []


@pytest.mark.parametrize("state", ["reported", "returned"])
def test_a_claim_on_an_unverified_measurement_stops_the_submission(
    draft: Revision, goal, lab_member: User, state: str
) -> None:
    draft.claim("15 av 22", [make_measurement(goal, state=state)], by=lab_member)
    with pytest.raises(NotYetWritten) as refusal:
        draft.submit(by=lab_member)
    assert [item.section.key for item in refusal.value.missing] == ["claims"]


def test_submitting_notes_who_and_when(draft: Revision, lab_member: User) -> None:
    draft.submit(by=lab_member)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == ("submitted", lab_member)
    assert draft.submitted_at is not None
    assert list(Revision.objects.submitted()) == [draft]


def test_changes_are_requested_with_comments_and_mailed_to_the_author(submitted: Revision, coordinator: User) -> None:
    submitted.request_changes(by=coordinator, comments={"effect": "Hur många?", "problem": " ", "": "Bra!"})
    submitted.refresh_from_db()
    assert submitted.state == "changes_requested"
    review = submitted.reviews.get()
    assert [(c.section_key, c.text) for c in review.comments.all()] == [("effect", "Hur många?"), ("", "Bra!")]
    letter = Letter.objects.get()
    assert letter.to == "medlem@example.org"
    assert "Hur många?" in letter.text
    assert f"/rapporter/{submitted.pk}/" in letter.text


def test_changes_without_a_comment_are_refused(submitted: Revision, coordinator: User) -> None:
    with pytest.raises(ReasonNeeded):
        submitted.request_changes(by=coordinator, comments={"effect": "  "})


def test_a_returned_report_can_be_written_and_sent_in_again(
    submitted: Revision, coordinator: User, lab_member: User
) -> None:
    submitted.request_changes(by=coordinator, comments={"": "Mer."})
    submitted.save_section("effect", {"effect": "<p>15 av 22.</p>"}, version=0, by=lab_member)
    submitted.submit(by=lab_member)
    assert submitted.state == "submitted"


def test_publishing_shows_the_report_signs_the_evidence_and_tells(
    submitted: Revision, coordinator: User, heard: list[dict]
) -> None:
    submitted.publish(by=coordinator, level=2, rationale="Mätt före och efter.")
    method = Method.objects.get(pk=submitted.method_id)
    assert method.published == submitted
    assert method.evidence is not None
    assert (method.evidence.level, method.evidence.signed_by) == (2, coordinator)
    assert [(call["method"], call["first"]) for call in heard] == [(method, True)]
    assert [letter.to for letter in Letter.objects.all()] == ["medlem@example.org"]
    assert [event.verb for event in submitted.events.newest_first()] == ["published", "submitted", "started"]


def test_the_next_version_takes_the_place_of_the_one_before(
    published: Method, lab_member: User, coordinator: User, heard: list[dict]
) -> None:
    first = published.published
    assert first is not None
    second = published.draft_successor(by=lab_member)
    assert published.published == first
    second.submit(by=lab_member)
    second.publish(by=coordinator)
    first.refresh_from_db()
    published.refresh_from_db()
    assert (first.state, second.state, published.published) == ("superseded", "published", second)
    assert [call["first"] for call in heard] == [False]


def test_only_one_version_is_written_at_a_time(published: Method, lab_member: User) -> None:
    published.draft_successor(by=lab_member)
    with pytest.raises(AlreadyBeingWritten):
        published.draft_successor(by=lab_member)


def test_an_unpublished_method_has_no_successor(lab: Lab, lab_member: User, coordinator: User) -> None:
    draft = make_draft(lab, lab_member)
    draft.withdraw(by=lab_member, because="Fel.")
    with pytest.raises(NothingPublished):
        draft.method.draft_successor(by=lab_member)


def test_nobody_publishes_what_they_have_written(lab: Lab, coordinator: User, other_coordinator: User) -> None:
    revision = make_submitted(lab, coordinator)
    with pytest.raises(FourEyes):
        revision.publish(by=coordinator, level=1, rationale="Själv.")
    revision.publish(by=other_coordinator, level=1, rationale="En annan.")
    assert revision.state == "published"


def test_nobody_publishes_what_they_have_mended(draft: Revision, coordinator: User, lab_member: User) -> None:
    draft.save_section("problem", {"problem": "<p>Bättre ord.</p>"}, version=0, by=coordinator)
    draft.submit(by=lab_member)
    with pytest.raises(FourEyes):
        draft.publish(by=coordinator, level=1, rationale="Själv.")


def test_a_later_save_by_somebody_else_does_not_hide_who_wrote(
    draft: Revision, coordinator: User, lab_member: User
) -> None:
    version = draft.save_section("problem", {"problem": "<p>Samordnarens ord.</p>"}, version=0, by=coordinator)
    draft.save_section("problem", {"problem": "<p>Samordnarens ord!</p>"}, version=version, by=lab_member)
    draft.submit(by=lab_member)
    with pytest.raises(FourEyes):
        draft.publish(by=coordinator, level=1, rationale="Själv.")


def test_lab_staff_do_not_publish(submitted: Revision, lab_lead: User) -> None:
    with pytest.raises(NotACoordinator):
        submitted.publish(by=lab_lead, level=1, rationale="Vi är klara.")


def test_a_draft_is_not_published(draft: Revision, coordinator: User) -> None:
    with pytest.raises(NotInThisState):
        draft.publish(by=coordinator, level=1, rationale="Snabbt.")


def test_a_first_publication_needs_signed_evidence(submitted: Revision, coordinator: User) -> None:
    with pytest.raises(ReasonNeeded):
        submitted.publish(by=coordinator)
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    with pytest.raises(ReasonNeeded):
        submitted.publish(by=coordinator, level=3, rationale=" ")


def test_a_measurement_corrected_during_review_stops_the_publication(
    draft: Revision, verified: Measurement, lab_member: User, coordinator: User
) -> None:
    draft.claim("15 av 22", [verified], by=lab_member)
    draft.submit(by=lab_member)
    Measurement.objects.filter(pk=verified.pk).update(superseded_at=draft.submitted_at)
    with pytest.raises(NotYetWritten):
        draft.publish(by=coordinator, level=2, rationale="Mätt.")


def test_a_withdrawn_report_leaves_nothing_public(published: Method, coordinator: User, lab_lead: User) -> None:
    revision = published.published
    assert revision is not None
    with pytest.raises(NotACoordinator):
        revision.withdraw(by=lab_lead, because="Fel.")
    with pytest.raises(ReasonNeeded):
        revision.withdraw(by=coordinator, because=" ")
    revision.withdraw(by=coordinator, because="Siffrorna var fel.")
    published.refresh_from_db()
    assert published.published is None
    assert not Method.objects.published().exists()
    assert revision.withdrawn_because == "Siffrorna var fel."


def test_staff_take_their_report_back_from_review(submitted: Revision, lab_member: User) -> None:
    submitted.take_back(by=lab_member)
    assert submitted.state == "draft"
    with pytest.raises(NotInThisState):
        submitted.take_back(by=lab_member)


def test_stopping_a_method_needs_what_was_learned(published: Method, lab_lead: User) -> None:
    with pytest.raises(ReasonNeeded):
        published.move_to("stopped", by=lab_lead, because="Ingen kom.")
    published.refresh_from_db()
    assert published.phase == "test"
    published.move_to("stopped", by=lab_lead, because="Ingen kom.", learned="<p>Fråga först.<script>x</script></p>")
    published.refresh_from_db()
    assert (published.phase, published.learned) == ("stopped", "<p>Fråga först.</p>")


def test_moving_to_another_phase_is_remembered_with_its_reason(published: Method, lab_lead: User) -> None:
    published.move_to("evaluate", by=lab_lead, because="Nu mäter vi.")
    event = published.events.newest_first().first()
    assert event is not None
    assert (event.verb, event.note, event.particulars["before"]) == ("moved", "Nu mäter vi.", "test")
    with pytest.raises(ReasonNeeded):
        published.move_to("spread", by=lab_lead, because="")
