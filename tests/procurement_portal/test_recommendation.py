import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from overview.actions import everything_waiting
from procurement_portal.models import Application, Recommendation, Supplier
from procurement_portal.models.refusals import AlreadyRecommended, NoRecommendation, NotUnderReview, OwnRecommendation
from tests.conftest import sign_in
from tests.procurement_portal.factories import LETTER, make_application, mend_data

pytestmark = pytest.mark.django_db
APPROVES = {"verdict": "approve", "because": "Bra referenser."}


def address(name: str, application: Application) -> str:
    return reverse(f"procurement_portal:{name}", args=[application.pk])


@pytest.fixture
def recommended(under_review, coordinator) -> Application:
    """An application that the coordinator of the cast has recommended to approve."""
    under_review.recommend("approve", by=coordinator, because="Bra referenser.")
    return under_review


def test_a_recommendation_is_shown_to_the_one_who_decides_and_not_to_the_applicant(
    coordinator_client, client, under_review, coordinator, other_coordinator
):
    assert coordinator_client.get(address("recommendation", under_review)).status_code == 200
    assert coordinator_client.post(address("recommendation", under_review), APPROVES).status_code == 302
    recommendation = Recommendation.objects.get()
    assert (recommendation.verdict, recommendation.because, recommendation.recommended_by) == (
        "approve",
        "Bra referenser.",
        coordinator,
    )
    assert under_review.events.newest_first()[0].verb == "recommended_approval"
    assert "Bra referenser." not in client.get(under_review.get_status_url()).content.decode()
    sign_in(client, other_coordinator)
    for page in [
        under_review.get_absolute_url(),
        address("approval", under_review),
        address("rejection", under_review),
    ]:
        assert "Bra referenser." in client.get(page).content.decode()


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_who_recommends_does_not_decide(recommended, coordinator, other_coordinator, verb):
    with pytest.raises(OwnRecommendation):
        getattr(recommended, verb)(by=coordinator, because="Passar väl.", **LETTER)
    getattr(recommended, verb)(by=other_coordinator, because="Passar väl.", **LETTER)
    assert recommended.decided_by == other_coordinator


@pytest.mark.parametrize("page", ["approval", "rejection"])
def test_deciding_on_ones_own_recommendation_is_a_409(coordinator_client, recommended, page):
    data = {"because": "Passar väl.", **LETTER}
    assert coordinator_client.get(address(page, recommended)).status_code == 409
    assert coordinator_client.post(address(page, recommended), data).status_code == 409
    assert Supplier.objects.count() == 0
    text = coordinator_client.get(recommended.get_absolute_url()).content.decode()
    assert (address(page, recommended) in text, address("complement", recommended) in text) == (False, True)


def test_one_can_take_it_back_and_decide(coordinator_client, recommended, coordinator):
    assert coordinator_client.post(address("recommendation_withdrawal", recommended)).status_code == 302
    assert recommended.events.newest_first()[0].verb == "recommendation_taken_back"
    assert "Bra referenser." not in coordinator_client.get(recommended.get_absolute_url()).content.decode()
    recommended.approve(by=coordinator, because="Passar väl.", **LETTER)
    assert recommended.state == "approved"


def test_a_recommendation_is_made_once_and_taken_back_once(coordinator_client, recommended, coordinator):
    with pytest.raises(AlreadyRecommended):
        recommended.recommend("reject", by=coordinator, because="Nej.")
    assert coordinator_client.get(address("recommendation", recommended)).status_code == 409
    assert coordinator_client.post(address("recommendation", recommended), APPROVES).status_code == 409
    recommended.take_back_recommendation(by=coordinator)
    with pytest.raises(NoRecommendation):
        recommended.take_back_recommendation(by=coordinator)
    assert coordinator_client.post(address("recommendation_withdrawal", recommended)).status_code == 409
    recommended.recommend("reject", by=coordinator, because="Nej.")
    assert [each.verdict for each in recommended.recommendations.standing()] == ["reject"]


def test_a_colleague_cannot_take_it_back(recommended, other_coordinator):
    with pytest.raises(NoRecommendation):
        recommended.take_back_recommendation(by=other_coordinator)
    assert recommended.recommendations.standing().count() == 1


def test_a_recommendation_needs_a_review(coordinator, submitted):
    with pytest.raises(NotUnderReview):
        submitted.recommend("approve", by=coordinator, because="Bra.")


@pytest.mark.parametrize(
    ("field", "value"), [("verdict", ""), ("verdict", "maybe"), ("because", " "), ("because", "\x00")]
)
def test_a_recommendation_that_is_not_right_is_shown_again(coordinator_client, under_review, field, value):
    response = coordinator_client.post(address("recommendation", under_review), {**APPROVES, field: value})
    assert (response.status_code, set(response.context["form"].errors)) == (400, {field})
    assert Recommendation.objects.count() == 0


def test_the_database_keeps_one_standing_recommendation_each(recommended, coordinator):
    with pytest.raises(IntegrityError, match="one_standing_recommendation_each"), transaction.atomic():
        Recommendation.objects.create(
            application=recommended, verdict="reject", because="Nej.", recommended_by=coordinator
        )


def test_a_recommendation_from_before_the_applicants_answer_says_so(
    client, coordinator_client, recommended, other_coordinator
):
    recommended.request_complement(by=other_coordinator, messages={"description": "För vem?"})
    url = reverse("procurement_portal:mending", args=[recommended.link_token])
    assert client.post(url, mend_data(recommended, description="För alla.")).status_code == 302
    recommended.refresh_from_db()
    recommended.take_up(by=other_coordinator)
    text = coordinator_client.get(recommended.get_absolute_url()).content.decode()
    assert ("före den sökandes senaste svar" in text, "För vem?" in text) == (True, True)


def test_the_overview_leaves_it_to_a_colleague(recommended, coordinator, other_coordinator):
    (mine,), (theirs,) = everything_waiting(coordinator), everything_waiting(other_coordinator)
    assert (mine.for_somebody_else, theirs.for_somebody_else) == (True, False)
    assert mine.detail == f"under granskning, {coordinator.name}"


@pytest.mark.parametrize("name", ["recommendation", "recommendation_withdrawal"])
def test_only_coordinators_recommend(client, member_client, coordinator_client, recommended, draft, name):
    assert client.post(address(name, recommended), APPROVES).status_code == 302
    assert member_client.post(address(name, recommended), APPROVES).status_code == 403
    assert coordinator_client.post(address(name, draft), APPROVES).status_code == 404
    assert coordinator_client.delete(address(name, recommended)).status_code == 405
    assert recommended.recommendations.standing().count() == 1


def test_a_supplier_with_the_same_number_is_linked_to(coordinator_client, coordinator):
    supplier = make_application("approved", by=coordinator, company="Ljuset AB").supplier
    again = make_application("submitted", organisation_number=supplier.organisation_number)
    text = coordinator_client.get(again.get_absolute_url()).content.decode()
    assert (supplier.get_absolute_url() in text, "finns i portalen" in text) == (True, True)
    supplier.take_down(by=coordinator, because="De bad om det.")
    assert "borttagen från portalen" in coordinator_client.get(again.get_absolute_url()).content.decode()


def test_each_picture_leads_to_its_largest_rendition(coordinator_client, client, under_review):
    picture = under_review.logo
    large = picture.url(picture.sizes[-1].width)
    assert f'href="{large}" data-zoom' in coordinator_client.get(under_review.get_absolute_url()).content.decode()
    assert coordinator_client.get(large).status_code == 200
    assert client.get(large).status_code == 404
    assert "data-zoom" not in client.get(under_review.get_status_url()).content.decode()
