import pytest
from django.urls import reverse

from accounts.models import User
from mailing.models import Letter
from procurement_portal.models import Application
from procurement_portal.models.refusals import AlreadyAssigned, AlreadyDecided, NotConfirmed
from tests.procurement_portal.factories import make_application

pytestmark = pytest.mark.django_db


def address(application: Application) -> str:
    return reverse("procurement_portal:assignment", args=[application.pk])


def verbs(application: Application) -> list[str]:
    return [event.verb for event in application.events.newest_first()]


def test_a_coordinator_becomes_the_reviewer_without_beginning_the_review(coordinator_client, coordinator, submitted):
    letters = Letter.objects.count()
    assert coordinator_client.post(address(submitted), {"to": coordinator.pk}).status_code == 302
    submitted.refresh_from_db()
    assert (submitted.reviewer, submitted.state) == (coordinator, "submitted")
    assert (verbs(submitted)[0], Letter.objects.count()) == ("taken_on", letters)


def test_a_colleague_who_is_given_it_is_told(coordinator_client, submitted, coordinator, other_coordinator):
    coordinator_client.post(address(submitted), {"to": other_coordinator.pk})
    submitted.refresh_from_db()
    letter = Letter.objects.latest("pk")
    assert (submitted.reviewer, verbs(submitted)[0]) == (other_coordinator, "assigned")
    assert (letter.to, letter.subject) == (
        other_coordinator.email,
        f"En ansökan för dig att granska: {submitted.company}",
    )
    assert (submitted.get_absolute_url() in letter.text, coordinator.name in letter.text) == (True, True)


def test_it_can_be_let_go(coordinator_client, under_review, coordinator):
    data = {"to": "", "instead_of": coordinator.pk}
    assert coordinator_client.post(address(under_review), data).status_code == 302
    under_review.refresh_from_db()
    assert (under_review.reviewer, verbs(under_review)[0]) == (None, "let_go")


def test_two_who_press_at_once_do_not_take_it_from_each_other(
    coordinator_client, coordinator, other_coordinator, submitted
):
    submitted.assign(other_coordinator, by=other_coordinator, instead_of=None)
    response = coordinator_client.post(address(submitted), {"to": coordinator.pk})
    assert (response.status_code, other_coordinator.name in response.content.decode()) == (409, True)
    submitted.refresh_from_db()
    assert submitted.reviewer == other_coordinator


def test_what_was_let_go_meanwhile_is_a_409(coordinator, other_coordinator, submitted):
    with pytest.raises(AlreadyAssigned, match="utan granskare"):
        submitted.assign(coordinator, by=coordinator, instead_of=other_coordinator.pk)


def test_assigning_twice_to_the_same_is_done_once(coordinator, submitted):
    submitted.assign(coordinator, by=coordinator, instead_of=None)
    submitted.assign(coordinator, by=coordinator, instead_of=None)
    assert verbs(submitted).count("taken_on") == 1


@pytest.mark.parametrize("to", ["lab_member", "gone"])
def test_only_coordinators_at_work_can_be_given_one(request, coordinator_client, submitted, to):
    gone = User.objects.create_user("borta@example.org", "Demo Borta", is_coordinator=True, is_active=False)
    person = gone if to == "gone" else request.getfixturevalue(to)
    response = coordinator_client.post(address(submitted), {"to": person.pk})
    assert (response.status_code, set(response.context["assignment_form"].errors)) == (400, {"to"})


def test_a_draft_and_a_decided_one_have_no_reviewer_to_change(coordinator, draft):
    rejected = make_application("rejected", by=coordinator)
    with pytest.raises(AlreadyDecided):
        rejected.assign(None, by=coordinator, instead_of=coordinator.pk)
    with pytest.raises(NotConfirmed):
        draft.assign(coordinator, by=coordinator, instead_of=None)


def test_the_page_offers_it_while_the_application_is_open(coordinator_client, coordinator, submitted):
    assert address(submitted) in coordinator_client.get(submitted.get_absolute_url()).content.decode()
    rejected = make_application("rejected", by=coordinator)
    assert address(rejected) not in coordinator_client.get(rejected.get_absolute_url()).content.decode()


def test_assigning_is_a_post_by_a_coordinator(client, coordinator_client, member_client, coordinator, submitted, draft):
    data = {"to": coordinator.pk}
    assert client.post(address(submitted), data).status_code == 302
    assert member_client.post(address(submitted), data).status_code == 403
    assert coordinator_client.get(address(submitted)).status_code == 405
    assert coordinator_client.post(address(draft), data).status_code == 404
    submitted.refresh_from_db()
    assert submitted.reviewer is None


def test_who_reviews_is_not_told_to_the_applicant(coordinator, submitted):
    submitted.assign(coordinator, by=coordinator, instead_of=None)
    submitted.add_note(by=coordinator, body="Ring.")
    assert verbs(submitted)[:2] == ["noted", "taken_on"]
    assert len(submitted.timeline()) == 2
