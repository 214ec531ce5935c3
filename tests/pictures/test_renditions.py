"""Who gets to see which picture, and what the answer carries."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from pictures.access import show_key
from pictures.models import Draft, Picture
from pictures.visitors import SESSION_KEY, Visitor
from tests.pictures.factories import kept_picture, ready_picture

pytestmark = pytest.mark.django_db


def address(picture, width=320, extension="webp", query="") -> str:
    return f"/bilder/{picture.pk}/{width}.{extension}{query}"


def test_a_public_rendition_is_for_everyone_and_for_good(client):
    picture = ready_picture(public=True)
    response = client.get(address(picture))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response.streaming_content)[:4] == b"RIFF"
    assert client.get(address(picture, extension="jpg"))["Content-Type"] == "image/jpeg"


def test_a_conditional_get_answers_304_without_a_file(client):
    picture = ready_picture(public=True)
    etag = client.get(address(picture))["ETag"]
    picture.original.storage.delete(picture.rendition_file(320, "webp"))
    response = client.get(address(picture), headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert client.get(address(picture)).status_code == 404


def test_head_says_the_same_without_a_body(client):
    response = client.head(address(ready_picture(public=True)))
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


@pytest.mark.parametrize(
    "path", ["321.webp", "320.png", "320.gif", "0.webp", "99999999999999999999.webp", "-1.webp", ""]
)
def test_only_renditions_that_exist_have_an_address(client, path):
    picture = ready_picture(public=True)
    assert client.get(f"/bilder/{picture.pk}/{path}").status_code == 404


def test_unknown_pictures_are_not_found(client):
    assert client.get(f"/bilder/{uuid.uuid4()}/320.webp").status_code == 404
    assert client.get("/bilder/not-a-key/320.webp").status_code == 404


def test_one_that_is_not_public_is_not_there_for_the_public(client):
    assert client.get(address(ready_picture())).status_code == 404


def test_it_is_there_for_staff_and_kept_by_no_shared_cache(client, lab_member):
    client.force_login(lab_member)
    response = client.get(address(ready_picture()))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, max-age=0, must-revalidate"


def test_and_for_whoever_uploaded_the_draft_until_it_is_claimed(client):
    session = client.session
    session[SESSION_KEY] = "somebody"
    session.save()
    picture = ready_picture(claimed=False)
    Draft.objects.create(picture=picture, visitor=Visitor(session).digest)
    assert client.get(address(picture)).status_code == 200
    assert Client().get(address(picture)).status_code == 404
    picture.claim("application 1")
    assert client.get(address(picture)).status_code == 404


def test_a_shown_link_opens_one_picture_for_an_hour(client, monkeypatch):
    picture, other = ready_picture(), ready_picture()
    key = show_key(picture)
    assert client.get(address(picture, query=f"?key={key}")).status_code == 200
    assert client.get(address(other, query=f"?key={key}")).status_code == 404
    for forged in ("", "x", "x:y", "%00", key[:-1], key + "0"):
        assert client.get(address(picture, query=f"?key={forged}")).status_code == 404
    later = timezone.now().timestamp() + 3_700
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.get(address(picture, query=f"?key={key}")).status_code == 404


@pytest.mark.parametrize("state", [{}, {"state": "rejected", "reason": "unreadable"}])
def test_one_that_is_not_ready_is_not_there_for_anyone(client, lab_member, state):
    client.force_login(lab_member)
    assert client.get(address(kept_picture(public=True, **state))).status_code == 404


def test_withdrawing_takes_it_from_the_public(client):
    picture = ready_picture()
    picture.publish()
    assert client.get(address(picture)).status_code == 200
    picture.withdraw()
    assert client.get(address(picture)).status_code == 404


class TestOriginal:
    def test_coordinators_download_it_and_no_cache_keeps_it(self, coordinator_client):
        picture = ready_picture(name="hus å.png")
        response = coordinator_client.get(picture.get_absolute_url())
        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert response["Content-Disposition"] == "attachment; filename*=utf-8''hus%20%C3%A5.png"
        assert response["Cache-Control"] == "no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")

    def test_other_staff_may_not(self, client, lab_lead):
        client.force_login(lab_lead)
        assert client.get(ready_picture(public=True).get_absolute_url()).status_code == 403

    def test_visitors_are_sent_to_sign_in(self, client):
        response = client.get(ready_picture(public=True).get_absolute_url())
        assert response.status_code == 302

    def test_a_coordinator_without_a_second_factor_is_not_let_in(self, client, coordinator):
        client.force_login(coordinator)
        assert client.get(ready_picture().get_absolute_url()).status_code == 302

    def test_one_that_is_gone_is_not_found(self, coordinator_client):
        picture = ready_picture()
        picture.original.storage.delete(picture.original.name)
        assert coordinator_client.get(picture.get_absolute_url()).status_code == 404
        assert coordinator_client.get(f"/bilder/{uuid.uuid4()}/original/").status_code == 404


def test_writing_to_a_rendition_is_not_allowed(client):
    assert client.post(address(ready_picture(public=True))).status_code == 405


def test_a_row_cannot_be_ready_without_renditions_or_rejected_without_a_reason():
    from django.db import IntegrityError, transaction

    picture = kept_picture()
    for wrong in ({"state": "ready"}, {"state": "rejected"}, {"reason": "lost"}, {"width": 0}, {"orientation": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Picture.objects.filter(pk=picture.pk).update(**wrong)
