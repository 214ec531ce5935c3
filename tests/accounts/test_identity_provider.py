"""Signing in through an organisation's own identity provider, against a small one that runs here."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views
from django.test import Client
from django.urls import path

from accounts.models import User
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 – part of an address list
from config.urls import urlpatterns as site
from tests.accounts.proofs import give_app

urlpatterns = [
    path("oidc/<slug:provider_id>/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/callback/", views.callback, name="openid_connect_callback"),
    *site,
]


class Provider(ThreadingHTTPServer):
    claims: dict = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    def answer(self) -> None:
        address = self.server.address
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": address,
                "authorization_endpoint": f"{address}/authorize",
                "token_endpoint": f"{address}/token",
                "userinfo_endpoint": f"{address}/userinfo",
                "jwks_uri": f"{address}/keys",
            },
            "/token": {"access_token": "secret", "token_type": "Bearer"},
            "/userinfo": self.server.claims,
        }
        body = json.dumps(pages[urlsplit(self.path).path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815 – the server's names

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def provider(settings):
    server = Provider(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ROOT_URLCONF = __name__
    # Both sides are this process: while it is held up, neither answers.
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 60
    app = {
        "provider_id": "oidc",
        "name": "Kommunen",
        "client_id": "labb",
        "secret": "s",
        "settings": {"server_url": server.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


def sign_in_there(client: Client, provider: Provider, *, query: str = "", **claims):
    provider.claims = {"sub": "4711", "name": "Demo Labbmedlem", **claims}
    away = client.post(f"/oidc/oidc/{query}")
    assert away.status_code == 302, away.content
    asked = parse_qs(urlsplit(away.url).query)
    assert away.url.startswith(f"{provider.address}/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/oidc/oidc/callback/", {"code": "abc", "state": asked["state"][0]})


def test_the_button_is_there_only_when_there_is_a_provider(client, db):
    assert "Logga in med Kommunen" not in client.get("/konto/logga-in/").content.decode()


def test_the_button_names_the_provider(client, db, provider):
    assert "Logga in med Kommunen" in client.get("/konto/logga-in/").content.decode()


def test_looking_at_the_address_signs_nobody_in(client, db, provider):
    assert client.get("/oidc/oidc/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_verified_address_of_an_account_signs_in_and_is_linked(client, provider, lab_member):
    response = sign_in_there(client, provider, email="Medlem@example.org", email_verified=True)
    assert (response.status_code, response.url) == (302, "/konto/")
    assert client.session["_auth_user_id"] == str(lab_member.pk)
    assert SocialAccount.objects.get().user == lab_member


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "medlem@example.org", "email_verified": False},
        {"email": "medlem@example.org"},
        {"email": "ingen@example.org", "email_verified": True},
        {},
    ],
)
def test_unverified_and_unknown_addresses_get_in_nowhere_and_no_account_is_made(client, provider, lab_member, claims):
    response = sign_in_there(client, provider, **claims)
    assert response.status_code == 403
    assert "Inget konto med den adressen" in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_the_second_step_is_asked_for_here_too(client, provider, coordinator):
    give_app(coordinator)
    response = sign_in_there(client, provider, email=coordinator.email, email_verified=True)
    assert response.url == "/konto/logga-in/andra-steget/"
    assert "_auth_user_id" not in client.session


def test_somebody_who_is_signed_in_cannot_link_another_identity(member_client, provider, lab_member):
    response = sign_in_there(
        member_client, provider, query="?process=connect", email="x@example.org", email_verified=True
    )
    assert response.status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_deactivated_person_does_not_get_in(client, provider, lab_member):
    User.objects.filter(pk=lab_member.pk).update(is_active=False)
    sign_in_there(client, provider, email=lab_member.email, email_verified=True)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("error", ["server_error", "access_denied", "x\x00"])
@pytest.mark.parametrize("honest", [True, False])
def test_an_error_at_the_provider_is_a_page_and_not_a_fault(client, db, provider, error, honest):
    state = parse_qs(urlsplit(client.post("/oidc/oidc/").url).query)["state"][0]
    response = client.get("/oidc/oidc/callback/", {"error": error, "state": state if honest else "forged"})
    assert response.status_code == 403
    assert "släppte inte fram dig" in response.content.decode()
