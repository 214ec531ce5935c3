"""Each way of going wrong has its page, in both languages, with its status and a way on."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override

from website.views import errors

VIEWS = [
    (lambda request: errors.bad_request(request, SuspiciousOperation("x")), 400, "Det gick inte att läsa"),
    (lambda request: errors.bad_request(request, RequestDataTooBig("x")), 413, "Det var för stort"),
    (lambda request: errors.forbidden(request, PermissionDenied()), 403, "Det här är inte öppet för dig"),
    (lambda request: errors.csrf_failure(request, "x"), 403, "Formuläret hade blivit för gammalt"),
    (lambda request: errors.not_found(request, Exception()), 404, "Sidan finns inte här"),
    (lambda request: errors.conflict(request, "Redan publicerad."), 409, "Redan publicerad."),
    (lambda request: errors.too_large(request, "Filen är för stor."), 413, "Filen är för stor."),
    (lambda request: errors.too_many(request, 90), 429, "Försök igen om ungefär 2 minuter."),
    (lambda request: errors.unavailable(request), 503, "Det här går inte just nu"),
    (lambda request: errors.server_error(request), 500, "Något gick sönder hos oss"),
]


@pytest.fixture
def request_(rf: RequestFactory):
    return rf.get("/finns/inte/")


@pytest.mark.parametrize(("view", "status", "sentence"), VIEWS)
def test_the_page_has_its_status_and_says_what_happened(view, status, sentence, request_):
    response = view(request_)
    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "408", "409", "411", "413", "429", "503"])
def test_the_page_is_there_in_english(code, request_):
    with override("en"):
        html = render_to_string(f"{code}.html", {"CONTACT_EMAIL": "x@example.org"}, request_)
    assert '<html lang="en">' in html
    assert "What you can do" in html


def test_too_many_tries_says_when_to_come_back(request_):
    assert errors.too_many(request_, 90).headers["Retry-After"] == "90"


def test_the_page_for_our_own_faults_needs_neither_request_nor_database():
    # No fixture opens the database here: a query would fail the test.
    html = render_to_string("500.html")
    assert "Something broke on our side" in html
    assert "stylesheet" in html


def test_a_reason_given_with_a_refusal_is_shown(request_):
    html = errors.forbidden(request_, PermissionDenied("Bara labbledaren får bjuda in.")).content.decode()
    assert "Bara labbledaren får bjuda in." in html


@pytest.mark.django_db
def test_an_unknown_address_is_not_found(client):
    response = client.get("/finns/inte/")
    assert response.status_code == 404
    assert "Sidan finns inte här" in response.content.decode()
    assert 'rel="canonical"' not in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_english_address_answers_in_english(client):
    assert "The page is not here" in client.get("/en/nowhere/").content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_kindly(member_client, lab_member):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lab_member)
    response = strict.post("/konto/logga-ut/")
    assert response.status_code in {403, 404}
    response = strict.post("/om/")
    assert response.status_code == 403
    assert "Formuläret hade blivit för gammalt" in response.content.decode()


@pytest.mark.django_db
def test_a_hostile_sentence_is_escaped(request_):
    assert "<script>" not in errors.conflict(request_, "<script>x</script>").content.decode().split("</head>")[1]
