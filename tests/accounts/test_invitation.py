import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.exceptions import AccountIsDeactivated, InvitationIsClosed
from accounts.models import Invitation, User
from accounts.models.invitation import DOUBLE_CLICK
from labs.models import Membership
from tests.accounts.proofs import app_code, give_app, link_in, path_of

LIST = "/konto/inbjudningar/"


@pytest.fixture
def invite(letters, coordinator, lab):
    """Invite somebody; returns the invitation and the path of its link."""

    def send(**fields):
        fields = {
            "email": "ny@example.org",
            "by": coordinator,
            "role": "member",
            "lab": lab,
            "language": "sv",
            **fields,
        }
        with letters() as outbox:
            invitation = Invitation.objects.invite(**fields)
        return invitation, path_of(link_in(outbox[0]))

    return send


def wait_past_double_click():
    Invitation.objects.update(accepted_at=timezone.now() - DOUBLE_CLICK - datetime.timedelta(seconds=1))


def test_the_letter_says_who_invites_to_what_and_how_long(letters, coordinator, lab):
    with letters() as outbox:
        Invitation.objects.invite("Ny@Example.org", by=coordinator, role="lead", lab=lab, name="Åsa", language="sv")
    letter = outbox[0]
    assert letter.to == ["ny@example.org"]
    assert letter.subject == "Du är inbjuden till Provlabbet"
    assert letter.extra_headers["Reply-To"] == coordinator.email
    assert "Hej Åsa!" in letter.body
    assert f"{coordinator.name} bjuder in dig att arbeta i Provlabbet" in letter.body
    html = letter.alternatives[0][0]
    assert link_in(letter) in html
    assert "/konto/inbjudan/" in link_in(letter)


def test_an_english_letter_leads_to_the_english_page(letters, coordinator, lab):
    with letters() as outbox:
        Invitation.objects.invite("ny@example.org", by=coordinator, role="member", lab=lab, language="en")
    assert outbox[0].subject == "You are invited to Provlabbet"
    assert "/en/account/invitation/" in link_in(outbox[0])


def test_the_secret_of_the_link_is_not_in_the_database(invite):
    _, path = invite()
    token = path.rstrip("/").rpartition("/")[2]
    assert token not in str(vars(Invitation.objects.get()))


def test_looking_at_the_invitation_changes_nothing(client, invite):
    invitation, path = invite(name="Åsa Ny")
    response = client.get(path)
    assert response.status_code == 200
    assert 'value="Åsa Ny"' in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.is_open
    assert not User.objects.filter(email="ny@example.org").exists()


def test_coming_in_makes_the_account_and_the_membership_and_signs_in(client, invite, lab):
    invitation, path = invite(role="lead", language="en")
    response = client.post(path, {"name": "Åsa Ny"})
    assert (response.status_code, response.url) == (302, "/en/account/")
    user = User.objects.get(email="ny@example.org")
    assert (user.name, user.language, user.is_coordinator) == ("Åsa Ny", "en", False)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert lab.memberships.get(user=user).role == Membership.Role.LEAD
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.is_open) == (user, False)
    assert [event.verb for event in invitation.events.newest_first()] == ["accepted", "created"]


def test_a_new_person_must_say_their_name(client, invite):
    _, path = invite()
    response = client.post(path, {"name": " "})
    assert response.status_code == 400
    assert not User.objects.filter(email="ny@example.org").exists()


def test_a_coordinator_comes_in_and_is_sent_to_set_up_a_second_step(client, invite, coordinator):
    _, path = invite(role="coordinator", lab=None)
    assert client.post(path, {"name": "Ny Samordnare"}).status_code == 302
    user = User.objects.get(email="ny@example.org")
    assert user.is_coordinator
    assert user.events.filter(verb="became_coordinator").get().actor == coordinator
    assert client.get("/konto/").url == "/konto/tvastegsinloggning/"


def test_somebody_with_an_account_just_gets_the_place(client, invite, other_member, lab):
    _, path = invite(email=other_member.email)
    assert client.get(path).context["form"] is None
    assert client.post(path).url == "/konto/"
    assert lab.has_member(other_member)
    assert User.objects.filter(email=other_member.email).count() == 1


def test_the_link_alone_does_not_open_an_account_with_a_second_step(client, invite, other_member, lab):
    give_app(other_member)
    _, path = invite(email=other_member.email)
    assert client.post(path).url == "/konto/logga-in/andra-steget/"
    assert "_auth_user_id" not in client.session
    assert client.post("/konto/logga-in/andra-steget/", {"code": app_code()}).status_code == 302
    assert "_auth_user_id" in client.session


def test_an_invitation_as_lead_promotes_and_one_as_member_does_not_demote(client, invite, lab_member, lab_lead, lab):
    _, path = invite(email=lab_member.email, role="lead")
    client.post(path)
    assert lab.memberships.get(user=lab_member).role == "lead"
    _, path = invite(email=lab_lead.email, role="member")
    Client().post(path)
    assert lab.memberships.get(user=lab_lead).role == "lead"


def test_a_double_click_comes_in_once_and_both_clicks_end_well(invite, lab):
    _, path = invite()
    first, second = Client(), Client()
    assert first.post(path, {"name": "Åsa"}).status_code == 302
    assert second.post(path, {"name": "Åsa"}).status_code == 302
    assert lab.memberships.count() == 1
    assert Invitation.objects.get().events.filter(verb="accepted").count() == 1


def test_a_used_link_is_gone_and_says_so(client, invite):
    _, path = invite()
    client.post(path, {"name": "Åsa"})
    wait_past_double_click()
    for response in (Client().get(path), Client().post(path, {"name": "Åsa"})):
        assert response.status_code == 410
        assert "Den är redan använd" in response.content.decode()


def test_a_link_that_ran_out_is_gone_until_it_is_sent_again(client, invite, coordinator, letters):
    invitation, path = invite()
    Invitation.objects.update(expires_at=timezone.now())
    assert client.get(path).status_code == 410
    assert client.post(path, {"name": "Åsa"}).status_code == 410
    with letters() as outbox:
        invitation.resend(by=coordinator)
    assert client.get(path).status_code == 404
    assert client.get(path_of(link_in(outbox[0]))).status_code == 200


def test_a_withdrawn_link_is_gone(client, invite, coordinator):
    invitation, path = invite()
    invitation.revoke(by=coordinator)
    response = client.post(path, {"name": "Åsa"})
    assert response.status_code == 410
    assert "Den är återkallad" in response.content.decode()
    assert not User.objects.filter(email="ny@example.org").exists()


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "../..", "å" * 40, "a" * 5000])
def test_a_forged_link_is_404(client, db, token):
    assert client.get(f"/konto/inbjudan/{token}/").status_code == 404
    assert client.post(f"/konto/inbjudan/{token}/").status_code == 404


def test_somebody_else_who_is_signed_in_cannot_take_the_place(member_client, invite):
    invitation, path = invite()
    assert "Du är inloggad som" in member_client.get(path).content.decode()
    response = member_client.post(path, {"name": "Åsa"})
    assert response.status_code == 409
    invitation.refresh_from_db()
    assert invitation.is_open


def test_a_deactivated_person_is_not_let_in_by_an_invitation(client, invite, other_member):
    User.objects.filter(pk=other_member.pk).update(is_active=False)
    invitation, path = invite(email=other_member.email)
    assert client.post(path).status_code == 409
    with pytest.raises(AccountIsDeactivated):
        invitation.accept()


def test_accepted_and_withdrawn_invitations_can_neither_be_sent_nor_withdrawn(invite, coordinator):
    invitation, _ = invite()
    invitation.revoke(by=coordinator)
    for verb in (invitation.revoke, invitation.resend):
        with pytest.raises(InvitationIsClosed):
            verb(by=coordinator)
    with pytest.raises(InvitationIsClosed):
        invitation.accept()


def test_the_database_takes_one_open_invitation_per_place(invite, coordinator):
    for fields in ({}, {"role": "coordinator", "lab": None}):
        invite(**fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            invite(**fields)


@pytest.mark.parametrize("fields", [{"role": "coordinator"}, {"role": "member", "lab": None}])
def test_the_database_refuses_a_place_that_is_none(invite, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        invite(**fields)


# --- The page of those who invite ---


def data(**fields):
    return {"email": "ny@example.org", "name": "", "role": "member", "lab": "", "language": "sv", **fields}


def test_a_coordinator_invites_to_any_lab_and_as_coordinator(coordinator_client, lab, other_lab, letters):
    for fields in (
        {"lab": lab.pk},
        {"lab": other_lab.pk, "role": "lead"},
        {"role": "coordinator"},
        {"role": "coordinator", "lab": lab.pk, "email": "annan@example.org"},
    ):
        with letters() as outbox:
            assert coordinator_client.post(LIST, data(**fields)).status_code == 302
        assert len(outbox) == 1
    assert Invitation.objects.filter(role="coordinator", lab=None).count() == 2


def test_a_lead_invites_to_the_own_lab_only(lead_client, lab, other_lab):
    assert lead_client.get(LIST).status_code == 200
    assert lead_client.post(LIST, data(lab=other_lab.pk)).status_code == 400
    assert lead_client.post(LIST, data(role="coordinator")).status_code == 400
    assert lead_client.post(LIST, data(role="coordinator", lab=lab.pk)).status_code == 400
    assert not Invitation.objects.exists()
    assert lead_client.post(LIST, data(lab=lab.pk, role="lead")).status_code == 302
    assert Invitation.objects.get().lab == lab


def test_members_may_not_invite_and_visitors_are_sent_to_sign_in(member_client, client, lab):
    for method in ("get", "post"):
        assert getattr(member_client, method)(LIST).status_code == 403
        assert getattr(client, method)(LIST).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "nej"}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
        ({"lab": "0"}, "lab"),
        ({"lab": "å"}, "lab"),
        ({"lab": ""}, "lab"),
        ({"role": "king"}, "role"),
        ({"language": "fi"}, "language"),
        ({"name": "x" * 151}, "name"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_sent(coordinator_client, lab, fields, field):
    response = coordinator_client.post(LIST, data(**{"lab": lab.pk, **fields}))
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not Invitation.objects.exists()


def test_inviting_twice_or_somebody_who_is_in_already_is_refused_in_words(coordinator_client, invite, lab, lab_member):
    invite()
    response = coordinator_client.post(LIST, data(lab=lab.pk, email="NY@example.org"))
    assert response.status_code == 400
    assert "är redan inbjuden" in response.content.decode()
    response = coordinator_client.post(LIST, data(lab=lab.pk, email=lab_member.email))
    assert "har redan den rollen" in response.content.decode()
    User.objects.filter(pk=lab_member.pk).update(is_active=False)
    response = coordinator_client.post(LIST, data(lab=lab.pk, email=lab_member.email))
    assert "är avstängt" in response.content.decode()


def test_a_lead_sees_and_handles_only_the_own_labs_invitations(lead_client, invite, other_lab, letters):
    own, _ = invite()
    other, _ = invite(lab=other_lab, email="annan@example.org")
    page = lead_client.get(LIST).content.decode()
    assert own.email in page
    assert other.email not in page
    for verb in ("utskick", "aterkallande"):
        assert lead_client.post(f"{LIST}{other.pk}/{verb}/").status_code == 404
        assert lead_client.get(f"{LIST}{own.pk}/{verb}/").status_code == 405
    with letters() as outbox:
        assert lead_client.post(f"{LIST}{own.pk}/utskick/").status_code == 302
    assert len(outbox) == 1
    assert lead_client.post(f"{LIST}{own.pk}/aterkallande/").status_code == 302
    assert lead_client.post(f"{LIST}{own.pk}/aterkallande/").status_code == 409
    assert lead_client.post(f"{LIST}{2**63}/utskick/").status_code == 404


def test_the_list_costs_the_same_for_one_and_three(
    coordinator_client, invite, lab, other_lab, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    invite()
    with CaptureQueriesContext(connection) as one:
        assert coordinator_client.get(LIST).status_code == 200
    invite(email="b@example.org", lab=other_lab)
    invite(email="c@example.org")
    with django_assert_num_queries(len(one)):
        coordinator_client.get(LIST)


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=x", "?page=99999999999999999999", "?lab=%00", "?lab=9999999999999999999999"]
)
def test_a_bad_query_string_is_no_fault(coordinator_client, query):
    assert coordinator_client.get(f"{LIST}{query}").status_code == 200


def test_the_form_knows_the_lab_one_came_from(coordinator_client, lab):
    assert coordinator_client.get(f"{LIST}?lab={lab.pk}").context["form"]["lab"].value() == str(lab.pk)
