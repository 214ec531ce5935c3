import pytest
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import CoordinatorRequiredMixin, SignInRequiredMixin
from accounts.exceptions import AlreadyInactive, CannotDeactivateOneself
from accounts.models import User
from tests.conftest import sign_in

PROFILE = "/konto/profil/"
PEOPLE = "/konto/personer/"
SESSIONS = "/konto/inloggningar/"


def profile(**fields):
    return {"name": "Demo Labbmedlem", "phone": "", "language": "sv", **fields}


def test_the_profile_is_saved_and_the_site_follows_the_language(member_client, lab_member):
    response = member_client.post(PROFILE, profile(name="Åsa Ny", phone="0701234567", language="en"))
    assert (response.status_code, response.url) == (302, "/en/account/profile/")
    lab_member.refresh_from_db()
    assert (lab_member.name, lab_member.phone, lab_member.language) == ("Åsa Ny", "+46 70 123 45 67", "en")
    assert "Your profile is saved." in member_client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("070-123 45 67", "+46 70 123 45 67"),
        ("+358 40 1234567", "+358 40 1234567"),
        ("011-15 00 00", "+46 11 15 00 00"),
    ],
)
def test_telephone_numbers_are_understood_as_people_write_them(member_client, lab_member, typed, stored):
    assert member_client.post(PROFILE, profile(phone=typed)).status_code == 302
    lab_member.refresh_from_db()
    assert lab_member.phone == stored


@pytest.mark.parametrize("typed", ["1", "hej", "0701234567890123", "+999 123456", "x" * 500, "070\x00123"])
def test_what_is_no_telephone_number_is_refused_and_kept_in_the_field(member_client, typed):
    response = member_client.post(PROFILE, profile(phone=typed))
    assert response.status_code == 400
    assert response.context["form"]["phone"].value() == typed
    assert response.context["form"].errors.keys() == {"phone"}


def test_a_refused_name_does_not_rename_the_person_in_the_page(member_client, lab_member):
    response = member_client.post(PROFILE, profile(name=""))
    assert response.status_code == 400
    assert lab_member.name in response.content.decode()


def test_the_profile_cannot_make_its_owner_a_coordinator(member_client, lab_member):
    member_client.post(PROFILE, profile(is_coordinator="on", email="annan@example.org"))
    lab_member.refresh_from_db()
    assert (lab_member.is_coordinator, lab_member.email) == (False, "medlem@example.org")


def test_work_begins_at_the_overview_or_in_ones_lab(coordinator_client, member_client, client):
    assert coordinator_client.get("/konto/").url == reverse("overview:home")
    assert member_client.get("/konto/").url == reverse("labs:mine")
    assert client.get("/konto/").url == "/konto/logga-in/?next=/konto/"


# --- Sessions ---


@pytest.fixture
def two_sessions(lab_member, ask_code):
    clients = [Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"), Client(HTTP_USER_AGENT="curl")]
    for client in clients:
        client.post("/konto/logga-in/kod/", {"code": ask_code(client, lab_member.email)})
    return clients


def test_one_sees_where_one_is_signed_in(two_sessions):
    page = two_sessions[1].get(SESSIONS).content.decode()
    assert "Firefox på Windows" in page
    assert "En okänd webbläsare" in page


def test_signing_out_everywhere_else_keeps_this_session(two_sessions):
    here, there = two_sessions
    assert here.post(SESSIONS).status_code == 302
    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302


def test_signing_out_everywhere_ends_this_session_too(two_sessions):
    here, there = two_sessions
    assert here.get("/konto/inloggningar/alla/").status_code == 405
    assert here.post("/konto/inloggningar/alla/").url == "/konto/logga-in/"
    assert here.get(PROFILE).status_code == 302
    assert there.get(PROFILE).status_code == 302
    assert not UserSession.objects.exists()


def test_another_persons_sessions_are_left_alone(two_sessions, other_member_client):
    other_member_client.post("/konto/inloggningar/alla/")
    assert two_sessions[0].get(PROFILE).status_code == 200


# --- The coordinators' list of people ---


def test_people_are_listed_in_swedish_order_with_their_places(coordinator_client, coordinator, lab_lead, lab):
    for name in ("Östen", "Ada", "Åsa", "Ärla"):
        User.objects.create_user(f"{name.lower()}@example.org".encode("ascii", "ignore").decode(), name)
    page = coordinator_client.get(PEOPLE)
    names = [person.name for person in page.context["people"]]
    assert names == ["Ada", "Demo Labbledare", "Demo Samordnare", "Åsa", "Ärla", "Östen"]
    assert lab.name in page.content.decode()


def test_the_list_of_people_costs_the_same_for_one_and_three(
    coordinator_client, lab_lead, django_assert_num_queries, lab
):
    with CaptureQueriesContext(connection) as one:
        assert coordinator_client.get(PEOPLE).status_code == 200
    for number in range(2):
        user = User.objects.create_user(f"p{number}@example.org", "Ny")
        lab.memberships.create(user=user)
    with django_assert_num_queries(len(one)):
        coordinator_client.get(PEOPLE)


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}1/"])
def test_people_are_for_coordinators_only(client, member_client, lead_client, path):
    assert client.get(path).status_code == 302
    assert member_client.get(path).status_code == 403
    assert lead_client.get(path).status_code == 403


def test_a_coordinator_keeps_somebody_out_and_lets_them_in_again(
    coordinator_client, coordinator, member_client, lab_member
):
    page = f"{PEOPLE}{lab_member.pk}/"
    assert coordinator_client.post(f"{page}avstangning/").url == page
    assert member_client.get(PROFILE).status_code == 302
    assert "Släpp in Demo Labbmedlem igen" in coordinator_client.get(page).content.decode()
    assert coordinator_client.post(f"{page}avstangning/").status_code == 409
    assert coordinator_client.post(f"{page}aterinslapp/").url == page
    assert [(event.verb, event.actor) for event in lab_member.events.newest_first()] == [
        ("reactivated", coordinator),
        ("deactivated", coordinator),
    ]
    assert "stängde av kontot" in coordinator_client.get(page).content.decode()


def test_nobody_deactivates_themselves(coordinator, coordinator_client):
    with pytest.raises(CannotDeactivateOneself):
        coordinator.deactivate(by=coordinator)
    assert coordinator_client.post(f"{PEOPLE}{coordinator.pk}/avstangning/").status_code == 409


def test_deactivating_twice_is_refused(coordinator, lab_member):
    lab_member.deactivate(by=coordinator)
    with pytest.raises(AlreadyInactive):
        lab_member.deactivate(by=coordinator)


def test_members_deactivate_nobody_and_get_does_nothing(member_client, coordinator_client, lab_lead):
    url = f"{PEOPLE}{lab_lead.pk}/avstangning/"
    assert member_client.post(url).status_code == 403
    assert coordinator_client.get(url).status_code == 405
    assert coordinator_client.post(f"{PEOPLE}0/avstangning/").status_code == 404
    lab_lead.refresh_from_db()
    assert lab_lead.is_active


def test_becoming_a_coordinator_leaves_one_event(lab_member, coordinator):
    lab_member.become_coordinator(by=coordinator)
    lab_member.become_coordinator(by=coordinator)
    assert lab_member.is_coordinator
    assert lab_member.events.get().actor == coordinator


def test_addresses_are_unique_whatever_their_case(lab_member):
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create(email="MEDLEM@example.org", name="Dubblett")


def test_a_real_address_cannot_be_a_demo_person(db):
    with pytest.raises(DatabaseError, match="user_demo_has_an_example_address"), transaction.atomic():
        User.objects.create_user("anna@sabo.se", "Anna", is_demo=True)


# --- Mixins ---


def test_the_mixins_ask_coordinators_for_the_second_step_even_without_the_middleware(rf, coordinator):
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpResponse
    from django.views import View

    class Page(CoordinatorRequiredMixin, View):
        def get(self, request):
            return HttpResponse("in")

    request = rf.get("/x/")
    request.user, request.session = coordinator, SessionStore()
    response = Page.as_view()(request)
    assert (response.status_code, response.url) == (302, "/konto/tvastegsinloggning/")
    assert issubclass(CoordinatorRequiredMixin, SignInRequiredMixin)


def test_the_test_helper_signs_in_for_good(coordinator):
    assert sign_in(Client(), coordinator).get(PEOPLE).status_code == 200
