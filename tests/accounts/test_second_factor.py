import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.accounts.proofs import SECRET, app_code, give_app
from tests.conftest import sign_in

CODE_PAGE = "/konto/logga-in/kod/"
STEP_PAGE = "/konto/logga-in/andra-steget/"
INDEX = "/konto/tvastegsinloggning/"
APP = f"{INDEX}app/"
CODES = f"{INDEX}reservkoder/"


@pytest.fixture
def with_app(coordinator):
    give_app(coordinator)
    return coordinator


def fresh(client: Client, user, ask_code) -> Client:
    """Signed in by code just now, with no second step."""
    client.post(CODE_PAGE, {"code": ask_code(client, user.email)})
    return client


def set_up_app(client: Client, letters):
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    with letters() as outbox:
        response = client.post(APP, {"code": app_code(secret)})
    return response, list(outbox)


def test_a_coordinator_without_a_second_step_is_sent_to_set_one_up_from_every_page(client, coordinator, ask_code):
    fresh(client, coordinator, ask_code)
    for path in [
        "/konto/",
        "/konto/profil/",
        "/konto/inbjudningar/",
        "/konto/personer/",
        "/oversikt/",
        "/",
        "/metoder/",
    ]:
        response = client.get(path)
        assert (response.status_code, response.url) == (302, INDEX), path
    assert client.post("/konto/profil/", {"name": "Annan"}).url == INDEX
    page = client.get(INDEX)
    assert page.status_code == 200
    assert "Ställ in ett andra steg först" in page.content.decode()


def test_a_coordinator_sets_up_an_app_gets_recovery_codes_and_may_go_on(client, coordinator, ask_code, letters):
    fresh(client, coordinator, ask_code)
    response, outbox = set_up_app(client, letters)
    assert (response.status_code, response.url) == (302, CODES)
    page = client.get(CODES)
    assert page.status_code == 200
    assert len(page.context["unused_codes"]) == 10
    assert client.get("/konto/profil/").status_code == 200
    assert coordinator.events.get().verb == "second_factor_added"
    assert [message.subject for message in outbox] == ["Din tvåstegsinloggning har ändrats"]
    assert "En app med koder har lagts till" in outbox[0].body


def test_a_wrong_code_from_the_app_sets_nothing_up_and_keeps_the_key(client, coordinator, ask_code):
    fresh(client, coordinator, ask_code)
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    response = client.post(APP, {"code": "000000"})
    assert response.status_code == 400
    assert secret in response.content.decode()
    assert not Authenticator.objects.exists()


def test_the_code_by_email_alone_does_not_let_a_coordinator_with_an_app_in(client, with_app, ask_code):
    response = client.post(CODE_PAGE, {"code": ask_code(client, with_app.email)})
    assert response.url == STEP_PAGE
    assert "_auth_user_id" not in client.session
    assert client.get("/konto/profil/").url.startswith("/konto/logga-in/")
    response = client.post(STEP_PAGE, {"code": app_code()})
    assert response.url == "/konto/"
    assert client.get("/konto/").url == reverse("overview:home")


def test_lab_staff_who_added_an_app_are_asked_for_it_too(client, lab_member, ask_code):
    give_app(lab_member)
    assert client.post(CODE_PAGE, {"code": ask_code(client, lab_member.email)}).url == STEP_PAGE


def test_a_code_from_the_app_is_good_once(with_app, ask_code):
    code = app_code()
    first = Client()
    first.post(CODE_PAGE, {"code": ask_code(first, with_app.email)})
    assert first.post(STEP_PAGE, {"code": code}).status_code == 302
    second = Client()
    second.post(CODE_PAGE, {"code": ask_code(second, with_app.email)})
    response = second.post(STEP_PAGE, {"code": code})
    assert response.status_code == 400
    assert "Koden stämmer inte" in response.content.decode()


def test_guessing_codes_is_stopped_with_429(client, with_app, ask_code):
    client.post(CODE_PAGE, {"code": ask_code(client, with_app.email)})
    statuses = [client.post(STEP_PAGE, {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 400, 429]


def test_a_recovery_code_opens_the_second_step_once(client, coordinator, ask_code, letters):
    fresh(client, coordinator, ask_code)
    set_up_app(client, letters)
    code = client.get(CODES).context["unused_codes"][0]
    for expected in (302, 400):
        other = Client()
        other.post(CODE_PAGE, {"code": ask_code(other, coordinator.email)})
        assert other.post(STEP_PAGE, {"code": code}).status_code == expected


def test_a_session_older_than_the_app_is_asked_for_it_and_comes_back(client, with_app):
    client.force_login(with_app)
    response = client.get("/konto/personer/")
    assert (response.status_code, response.url) == (302, f"{INDEX}igen/?next=%2Fkonto%2Fpersoner%2F")
    again = client.post(f"{INDEX}igen/", {"code": app_code(), "next": "/konto/personer/"})
    assert (again.status_code, again.url) == (302, "/konto/personer/")
    assert client.get("/konto/personer/").status_code == 200


def test_somebody_elses_second_step_in_the_session_does_not_count(coordinator, other_coordinator):
    client = sign_in(Client(), other_coordinator)
    session = client.session
    proofs = session["account_authentication_methods"]
    client.force_login(coordinator)
    session = client.session
    session["account_authentication_methods"] = proofs
    session.save()
    assert client.get("/konto/profil/").url == INDEX


def test_who_has_no_second_step_signs_in_afresh_before_adding_one(client, lab_member):
    client.force_login(lab_member)
    response = client.get(APP)
    assert (response.status_code, response.url) == (
        302,
        "/konto/logga-in/igen/?next=%2Fkonto%2Ftvastegsinloggning%2Fapp%2F",
    )
    assert client.post(APP, {"code": "123456"}).status_code == 302
    page = client.get(response.url).content.decode()
    assert 'value="/konto/logga-in/?next=%2Fkonto%2Ftvastegsinloggning%2Fapp%2F"' in page
    page = client.get("/konto/logga-in/igen/?next=https://evil.example/")
    assert page.context["next"] == "/konto/logga-in/?next=%2Fkonto%2Ftvastegsinloggning%2F"


def test_lab_staff_with_a_fresh_sign_in_may_add_an_app(client, lab_member, ask_code, letters):
    fresh(client, lab_member, ask_code)
    assert set_up_app(client, letters)[0].url == CODES


def test_a_second_step_shown_long_ago_is_asked_for_again_before_the_codes_are_shown(
    client, coordinator, ask_code, letters, monkeypatch
):
    fresh(client, coordinator, ask_code)
    set_up_app(client, letters)
    assert client.get(CODES).status_code == 200
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 16 * 60)
    response = client.get(CODES)
    assert (response.status_code, response.url) == (
        302,
        f"{INDEX}igen/?next=%2Fkonto%2Ftvastegsinloggning%2Freservkoder%2F",
    )


def test_a_coordinator_cannot_remove_the_last_second_step(client, coordinator, ask_code, letters):
    fresh(client, coordinator, ask_code)
    set_up_app(client, letters)
    page = client.get(f"{APP}borttagning/")
    assert "Samordnare behöver ett andra steg" in page.content.decode()
    assert client.post(f"{APP}borttagning/").status_code == 400
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_the_last_passkey_of_a_coordinator_stays_too(coordinator_client, coordinator):
    passkey = Authenticator.objects.create(user=coordinator, type="webauthn", data={"name": "Telefonen"})
    url = f"{INDEX}passnycklar/{passkey.pk}/borttagning/"
    assert coordinator_client.get(url).status_code == 200
    response = coordinator_client.post(url)
    assert response.status_code == 400
    assert "Samordnare behöver ett andra steg" in response.content.decode()
    give_app(coordinator)
    assert coordinator_client.post(url).url == INDEX
    assert list(Authenticator.objects.values_list("type", flat=True)) == ["totp"]


def test_a_passkey_can_be_renamed_by_its_owner_only(member_client, other_member_client, lab_member):
    passkey = Authenticator.objects.create(user=lab_member, type="webauthn", data={"name": "Telefonen"})
    url = f"{INDEX}passnycklar/{passkey.pk}/"
    assert other_member_client.post(url, {"name": "Stulen"}).status_code == 404
    assert member_client.post(url, {"name": "x" * 101}).status_code == 400
    assert member_client.post(url, {"name": "Blå nyckeln"}).status_code == 302
    passkey.refresh_from_db()
    assert passkey.data["name"] == "Blå nyckeln"


def test_lab_staff_may_remove_the_app(client, lab_member, ask_code, letters):
    fresh(client, lab_member, ask_code)
    set_up_app(client, letters)
    with letters() as outbox:
        assert client.post(f"{APP}borttagning/").url == INDEX
    assert not Authenticator.objects.exists()
    assert [event.verb for event in lab_member.events.newest_first()] == [
        "second_factor_removed",
        "second_factor_added",
    ]
    assert len(outbox) == 1


def test_the_apps_key_is_not_readable_in_the_database(with_app):
    assert SECRET not in str(Authenticator.objects.get().data)


def test_a_retired_secret_key_still_reads_what_it_wrote(with_app, settings):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key " * 6
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Authenticator.objects.get().wrap().validate_code(app_code())


def test_a_page_opened_by_number_says_that_passkeys_need_the_name(client, lab_member, ask_code):
    fresh(client, lab_member, ask_code)
    page = client.get(f"{INDEX}passnycklar/ny/", HTTP_HOST="127.0.0.1:8000").content.decode()
    assert "http://localhost:8000/" in page
    assert "localhost" not in client.get(f"{INDEX}passnycklar/ny/", HTTP_HOST="labb.example.org").content.decode()


@pytest.mark.parametrize(
    "credential", ["", "{", "null", "[]", "{}", '{"id": "x"}', '{"response": {"userHandle": 1}}', "x\x00"]
)
def test_a_nonsense_passkey_is_refused_without_a_fault(client, lab_member, ask_code, credential):
    response = client.post("/konto/logga-in/passnyckel/", {"credential": credential})
    assert (response.status_code, response.url) == (302, "/konto/logga-in/")
    fresh(client, lab_member, ask_code)
    response = client.post(f"{INDEX}passnycklar/ny/", {"credential": credential, "name": "Ny"})
    assert response.status_code == 400


def test_recovery_codes_come_as_a_file(client, lab_member, ask_code, letters):
    fresh(client, lab_member, ask_code)
    set_up_app(client, letters)
    codes = client.get(CODES).context["unused_codes"]
    response = client.get(f"{INDEX}reservkoder.txt")
    assert response["Content-Disposition"].startswith("attachment")
    assert all(code in response.content.decode() for code in codes)


@pytest.mark.parametrize("path", [APP, f"{APP}borttagning/", CODES, f"{CODES}nya/", f"{INDEX}passnycklar/ny/", INDEX])
def test_visitors_see_nothing_of_the_second_step(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/konto/logga-in/")
