"""Nothing under the originals is reachable without being a coordinator: asked over HTTP in every role there is."""

import pytest
from django.test import Client
from django.urls import reverse

from pictures.access import show_key
from pictures.models import Draft, Picture
from pictures.visitors import SESSION_KEY, Visitor
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application

pytestmark = pytest.mark.django_db

ROLES = ["visitor", "uploader", "applicant", "supplier", "member", "other_member", "lead", "half_coordinator"]


@pytest.fixture(params=["draft", "enclosed", "public"])
def picture(request) -> Picture:
    if request.param == "enclosed":
        return make_application("submitted").logo
    return ready_picture(public=request.param == "public", claimed=request.param == "public")


@pytest.fixture
def visitor(picture) -> Client:
    return Client()


@pytest.fixture
def uploader(picture) -> Client:
    """The browser that sent the picture in and still holds it as a draft."""
    client = Client()
    client.session  # noqa: B018
    session = client.session
    session[SESSION_KEY] = "somebody"
    session.save()
    client.cookies["sessionid"] = session.session_key
    Draft.objects.get_or_create(picture=picture, defaults={"visitor": Visitor(session).digest})
    return client


@pytest.fixture
def applicant(picture) -> Client:
    """Whoever holds the mailed link of an application, and has just looked at its pages."""
    client = Client()
    application = make_application("submitted")
    assert client.get(application.get_status_url()).status_code == 200
    return client


@pytest.fixture
def supplier(picture, coordinator) -> Client:
    client = Client()
    listed = make_application("approved", by=coordinator).supplier
    assert client.get(listed.get_absolute_url()).status_code == 200
    return client


@pytest.fixture
def member(member_client, picture) -> Client:
    return member_client


@pytest.fixture
def other_member(other_member_client, picture) -> Client:
    return other_member_client


@pytest.fixture
def lead(lead_client, picture) -> Client:
    return lead_client


@pytest.fixture
def half_coordinator(client, coordinator, picture) -> Client:
    """A coordinator who has not shown the second factor."""
    client.force_login(coordinator)
    return client


def addresses(picture: Picture) -> list[str]:
    """The original's address, the ways somebody might think of around it, and its name in the storage."""
    original = reverse("pictures:original", args=[picture.pk])
    name = str(picture.original.name)
    return [
        original,
        f"{original}?key={show_key(picture)}",
        f"{original}?next=/",
        f"/en{original}",
        original.rstrip("/"),
        f"{original}../original/",
        f"/bilder/{picture.pk}/original.{picture.format}",
        f"/bilder/{picture.pk}/{picture.width}.{picture.format}/original/",
        f"/{name}",
        f"/media/{name}",
        f"/static/{name}",
        f"/static/../{name}",
        f"/var/media/{name}",
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_one_else_gets_the_file_by_any_address(picture, role, request):
    client = request.getfixturevalue(role)
    with picture.original.storage.open(picture.original.name) as file:
        content = file.read()
    for address in addresses(picture):
        for ask in (client.get, client.head, client.post):
            response = ask(address)
            assert response.status_code in {301, 302, 403, 404, 405}, (role, address, response.status_code)
            assert content not in response.getvalue()
            if response.status_code in {301, 302}:
                assert "/originals/" not in response["Location"]


def test_what_each_role_is_told(picture, request):
    told = {}
    for role in ROLES:
        told[role] = request.getfixturevalue(role).get(picture.get_absolute_url()).status_code
    assert told == {
        "visitor": 302, "uploader": 302, "applicant": 302, "supplier": 302,
        "member": 403, "other_member": 403, "lead": 403, "half_coordinator": 302,
    }  # fmt: skip


def test_a_coordinator_gets_it(picture, coordinator_client):
    response = coordinator_client.get(picture.get_absolute_url())
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert coordinator_client.post(picture.get_absolute_url()).status_code == 405


def test_no_page_of_an_applicant_or_a_visitor_names_an_original(coordinator):
    application = make_application("approved", by=coordinator)
    client = Client()
    pages = [application.get_status_url(), application.get_receipt_url(), application.supplier.get_absolute_url()]
    pages += [reverse("procurement_portal:home"), reverse("website:home")]
    for page in pages:
        text = client.get(page).text
        assert "original" not in text
        assert application.logo.original.name not in text
