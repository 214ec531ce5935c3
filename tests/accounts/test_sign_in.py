import datetime

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User

CODE_PAGE = "/konto/logga-in/kod/"


def test_lab_staff_sign_in_with_a_code_by_email(client, lab_member, ask_code):
    code = ask_code(client, "Medlem@Example.org")
    response = client.post(CODE_PAGE, {"code": code, "action": "verify"})
    assert (response.status_code, response.url) == (302, "/konto/")
    assert client.get("/konto/").url == reverse("labs:mine")


def test_a_session_that_was_made_longer_for_a_visitor_lasts_as_long_as_any_once_signed_in(client, lab_member, ask_code):
    session = client.session
    session.set_expiry(datetime.timedelta(days=300))
    session.save()
    client.post(CODE_PAGE, {"code": ask_code(client, lab_member.email)})
    assert client.session["_auth_user_id"] == str(lab_member.pk)
    assert (client.session.get("_session_expiry"), client.session.get_expiry_age()) == (None, 14 * 24 * 3600)


def test_the_code_works_without_its_hyphen_and_only_once(client, lab_member, ask_code):
    code = ask_code(client, lab_member.email)
    assert client.post(CODE_PAGE, {"code": code.replace("-", "")}).status_code == 302
    other = Client()
    assert other.post(CODE_PAGE, {"code": code}).url == "/konto/logga-in/"


def test_a_wrong_code_is_refused_with_400_and_the_third_ends_the_attempt(client, lab_member, ask_code):
    code = ask_code(client, lab_member.email)
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    for _ in range(2):
        response = client.post(CODE_PAGE, {"code": wrong})
        assert response.status_code == 400
        assert "inte koden" in response.content.decode()
    assert client.post(CODE_PAGE, {"code": wrong}).status_code == 302
    assert client.post(CODE_PAGE, {"code": code}).url == "/konto/logga-in/"
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_for_ten_minutes(client, lab_member, ask_code, monkeypatch):
    code = ask_code(client, lab_member.email)
    import time

    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert client.post(CODE_PAGE, {"code": code}).url == "/konto/logga-in/"
    assert "_auth_user_id" not in client.session


def test_known_and_unknown_addresses_get_the_same_answer(lab_member, letters):
    pages = []
    for email in (lab_member.email, "ingen@example.org"):
        client = Client()
        with letters() as outbox:
            response = client.post("/konto/logga-in/", {"login": email})
        assert (response.status_code, response.url) == (302, CODE_PAGE)
        assert [message.to for message in outbox] == [[email]]
        page = client.get(CODE_PAGE).content.decode()
        pages.append(page.replace(email, "X"))
    strip = [
        "\n".join(line for line in page.splitlines() if "csrf" not in line and "nonce" not in line) for page in pages
    ]
    assert strip[0] == strip[1]


def test_an_unknown_address_is_told_so_in_its_mailbox_and_no_code_ever_fits(client, letters, db):
    with letters() as outbox:
        client.post("/konto/logga-in/", {"login": "ingen@example.org"})
    assert "ingen@example.org" in outbox[0].body
    assert not any(character.isdigit() for character in outbox[0].subject)
    assert client.post(CODE_PAGE, {"code": ""}).status_code == 400
    assert client.post(CODE_PAGE, {"code": "0000-0000"}).status_code == 400


def test_a_deactivated_person_gets_no_code(client, lab_member, letters):
    User.objects.filter(pk=lab_member.pk).update(is_active=False)
    with letters() as outbox:
        client.post("/konto/logga-in/", {"login": lab_member.email})
    assert [message.subject for message in outbox] == ["Det finns inget konto med den här adressen"]


def test_deactivation_ends_what_is_going_on(member_client, lab_member):
    assert member_client.get("/konto/profil/").status_code == 200
    User.objects.filter(pk=lab_member.pk).update(is_active=False)
    assert member_client.get("/konto/profil/").status_code == 302


def test_the_code_letter_is_complete_in_both_languages_from_its_raw_bytes(lab_member, letters):
    for path, subject, sentence in [
        ("/konto/logga-in/", "är din kod", "Din kod för att logga in"),
        ("/en/account/sign-in/", "is your code", "Your code for signing in"),
    ]:
        with letters() as outbox:
            Client().post(path, {"login": lab_member.email})
        message = outbox[0].message()
        raw = message.as_bytes()
        plain, html = message.get_payload()
        assert b"\nAuto-Submitted: auto-generated\n" in raw
        assert raw.count(b"\nMessage-ID: <letter.") == 1
        assert subject in outbox[0].subject
        assert sentence in plain.get_payload(decode=True).decode()
        assert sentence in html.get_payload(decode=True).decode()


@pytest.mark.parametrize("email", ["", "inte en adress", "a" * 300 + "@example.org", "a\x00b@example.org"])
def test_nonsense_instead_of_an_address_is_refused_at_the_field(client, db, email):
    response = client.post("/konto/logga-in/", {"login": email})
    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {"login"}


def test_the_sixth_request_for_the_same_address_within_a_quarter_is_429_for_known_and_unknown(lab_member, letters):
    for email in (lab_member.email, "ingen@example.org"):
        with letters() as outbox:
            for _ in range(5):
                assert Client().post("/konto/logga-in/", {"login": email}).status_code == 302
            response = Client().post("/konto/logga-in/", {"login": email})
        assert response.status_code == 429
        assert "Vänta några minuter" in response.content.decode()
        assert len(outbox) == 5


def test_a_flood_from_one_place_gets_the_429_page(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/10m/ip"}
    statuses = [client.post("/konto/logga-in/", {"login": ""}).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]
    assert "429.html" in [template.name for template in client.post("/konto/logga-in/", {"login": ""}).templates]


def test_after_signing_in_the_site_speaks_the_persons_language(client, lab_member, ask_code):
    User.objects.filter(pk=lab_member.pk).update(language="en")
    code = ask_code(client, lab_member.email)
    assert client.post(CODE_PAGE, {"code": code}).url == "/en/account/"


def test_one_comes_back_to_the_page_one_wanted_but_never_to_another_site(lab_member, ask_code):
    for wanted, got in [("/konto/profil/", "/konto/profil/"), ("https://evil.example/", "/konto/")]:
        client = Client()
        code = ask_code(client, lab_member.email, next=wanted)
        response = client.post(CODE_PAGE, {"code": code, "next": wanted})
        assert response.url == got


def test_signing_out_takes_a_post(member_client):
    assert member_client.get("/konto/logga-ut/").status_code == 200
    assert "_auth_user_id" in member_client.session
    member_client.post("/konto/logga-ut/")
    assert "_auth_user_id" not in member_client.session


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "socialaccount_signup",
        "socialaccount_connections",
        "openid_connect_login",
        "account_signup_by_passkey",
    ],
)
def test_what_we_do_not_use_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_visitors_are_sent_to_sign_in_and_back(client, db):
    response = client.get("/konto/profil/")
    assert (response.status_code, response.url) == (302, "/konto/logga-in/?next=/konto/profil/")


def test_a_new_code_can_be_asked_for_twice(client, lab_member, ask_code, letters):
    first = ask_code(client, lab_member.email)
    for _ in range(2):
        with letters() as outbox:
            assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 302
        assert len(outbox) >= 1
    assert "Skicka en ny kod" not in client.get(CODE_PAGE).content.decode()
    assert client.post(CODE_PAGE, {"code": first}).status_code == 400
