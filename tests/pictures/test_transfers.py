"""The address that pictures are sent to while a form is filled in, a piece at a time."""

import hashlib
import io
import time
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from pictures import partial, tus
from pictures.limits import MAX_BYTES
from pictures.models import Draft, Picture, Transfer, transfer
from pictures.partial import held
from pictures.slots import Slot
from tests.pictures.factories import jpeg_bytes, png_bytes
from tests.pictures.transfers import PNG, TRANSFERS, TUS, begun, offset_of, patched, spooled, transferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


# --- A picture comes in ----------------------------------------------------------------------------------------------


def test_a_valid_picture_becomes_a_draft_and_the_widget_comes_back(client):
    response = transferred(client, PNG, "logga.png", piece=100_000)
    answer = response.json()
    draft = Draft.objects.get()
    assert response.status_code == 201
    assert answer["sentence"].startswith("logga.png är sparad: 300 × 300 pixlar")
    assert f'name="logo-saved" value="{draft.token}"' in answer["html"]
    assert 'id="id_logo"' in answer["html"]
    assert (response["Cache-Control"], response["Upload-Offset"]) == ("no-store", str(len(PNG)))
    assert draft.picture.original.read() == PNG
    assert spooled() == []


def test_its_checksum_is_counted_when_it_is_rendered(client):
    transferred(client, PNG)
    picture = Picture.objects.get()
    assert picture.sha256 == ""
    picture.render()
    picture.refresh_from_db()
    assert (picture.state, picture.sha256) == ("ready", hashlib.sha256(PNG).hexdigest())


def test_it_goes_on_where_it_broke(client, place):
    assert offset_of(client, place) == 100_000
    assert patched(client, place, PNG[100_000:], 100_000).status_code == 201
    assert Picture.objects.get().original.read() == PNG


def test_it_says_what_it_speaks_and_what_it_knows(client, place):
    response = client.options(TRANSFERS)
    assert response.status_code == 204
    assert {name: response[name] for name in response.headers if name.startswith("Tus-")} == {
        "Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0", "Tus-Max-Size": str(MAX_BYTES),
        "Tus-Extension": "creation,termination,expiration",
    }  # fmt: skip
    response = client.head(place, headers=TUS)
    assert response["Upload-Metadata"] == Transfer.objects.get().metadata
    assert tus.metadata(response["Upload-Metadata"]).keys() == {"filename", "slot", "saved"}
    assert (response["Upload-Offset"], response["Upload-Length"]) == ("100000", str(len(PNG)))
    assert (response["Cache-Control"], response["Tus-Resumable"]) == ("no-store", "1.0.0")
    assert response["Upload-Expires"].endswith(" GMT")


def test_it_answers_in_the_language_of_the_page(client):
    response = transferred(client, png_bytes(10, 10), slot=Slot("logo", "id_logo", "Logo", 200, "en"))
    assert response.json()["sentence"] == "The picture is 10 pixels wide; it needs to be at least 200."


def test_a_new_one_replaces_the_draft_it_names(client):
    transferred(client, PNG, "en.png")
    transferred(client, PNG, "två.png", saved=Draft.objects.get().token)
    assert [picture.name for picture in Picture.objects.all()] == ["två.png"]


def test_a_refused_one_leaves_the_draft_it_names(client):
    transferred(client, PNG, "en.png")
    assert transferred(client, png_bytes(10, 10), saved=Draft.objects.get().token).status_code == 400
    assert [picture.name for picture in Picture.objects.all()] == ["en.png"]


def test_it_cannot_replace_somebody_elses(client):
    transferred(client, PNG, "min.png")
    transferred(Client(), PNG, "din.png", saved=Draft.objects.get().token)
    assert Picture.objects.count() == 2


def test_a_picture_turned_by_its_exif_is_measured_as_it_is_seen(client):
    assert transferred(client, jpeg_bytes(180, 400, orientation=6), "a.jpg").status_code == 201
    assert transferred(client, jpeg_bytes(400, 180, orientation=6), "a.jpg").status_code == 400


def test_whoever_cannot_send_patch_sends_post(client):
    place = begun(client, len(PNG))["Location"]
    told = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    response = client.generic("POST", place, PNG, "application/offset+octet-stream", headers=told)
    assert response.status_code == 201


# --- Twice, and at once ----------------------------------------------------------------------------------------------


def test_an_answer_that_was_lost_is_given_again_and_there_is_one_picture(client, place):
    # What is signed says when.
    with mock.patch("django.core.signing.time.time", return_value=time.time()):
        first = patched(client, place, PNG[100_000:], 100_000)
        assert offset_of(client, place) == len(PNG)
        again = patched(client, place, b"", len(PNG))
    assert (again.status_code, again.json()) == (201, first.json())
    assert (Picture.objects.count(), Draft.objects.count()) == (1, 1)


def test_the_last_byte_came_and_the_process_was_killed_before_the_picture_was_kept(client, place, monkeypatch):
    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Picture, "enter", killed)
        with pytest.raises(SystemExit):
            patched(client, place, PNG[100_000:], 100_000)
    assert offset_of(client, place) == len(PNG)
    assert patched(client, place, b"", len(PNG)).status_code == 201
    assert Picture.objects.get().original.read() == PNG
    assert spooled() == []


def test_a_claimed_picture_takes_its_transfer_with_it(client, place):
    patched(client, place, PNG[100_000:], 100_000)
    Picture.objects.get().claim("ansökan 1")
    assert not Transfer.objects.exists()
    assert client.head(place, headers=TUS).status_code == 404


def test_the_newer_of_two_connections_goes_on_and_the_older_adds_nothing(client, place):
    """The older is still waiting for bytes when its sender comes back: it must neither block nor spoil."""

    class Meanwhile(io.BytesIO):
        def read(self, size=-1, /):
            assert patched(client, place, PNG[100_000:200_000], 100_000).status_code == 204
            return super().read(size)

    older = {
        "CONTENT_LENGTH": "50000", "CONTENT_TYPE": "application/offset+octet-stream",
        "wsgi.input": Meanwhile(PNG[100_000:150_000]),
    }  # fmt: skip
    response = client.generic("PATCH", place, **older, headers={**TUS, "Upload-Offset": "100000"})
    assert response.status_code == 409
    assert patched(client, place, PNG[200_000:], 200_000).status_code == 201
    assert Picture.objects.get().original.read() == PNG


def test_while_somebody_finishes_it_others_are_told_to_come_back(client, place, monkeypatch):
    monkeypatch.setattr(partial, "PATIENCE", 0)
    with Transfer.objects.get().partial.opened() as file, held(file):
        assert patched(client, place, PNG[100_000:], 100_000).status_code == 423
        assert client.delete(place, headers=TUS).status_code == 423
    assert patched(client, place, PNG[100_000:], 100_000).status_code == 201


def test_a_hold_is_waited_for_a_moment(client, place, monkeypatch):
    with Transfer.objects.get().partial.opened() as file:
        hold = held(file)
        hold.__enter__()
        waited = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            hold.__exit__(None, None, None)

        # The moment is not over until the hold is: how long a machine takes for it is not asked.
        monkeypatch.setattr(partial, "time", SimpleNamespace(monotonic=lambda: 0.0, sleep=wait))
        assert patched(client, place, PNG[100_000:], 100_000).status_code == 201
    assert len(waited) == 1


# --- Given up --------------------------------------------------------------------------------------------------------


def test_giving_it_up_leaves_nothing(client, place):
    assert client.delete(place, headers=TUS).status_code == 204
    assert (Transfer.objects.count(), spooled()) == (0, [])
    assert client.head(place, headers=TUS).status_code == 404
    assert patched(client, place, b"x", 100_000).status_code == 404


def test_giving_it_up_just_as_it_was_saved_removes_what_was_saved(client, place):
    patched(client, place, PNG[100_000:], 100_000)
    assert client.delete(place, headers=TUS).status_code == 204
    assert (Transfer.objects.count(), Picture.objects.count(), spooled()) == (0, 0, [])


def test_giving_it_up_while_somebody_finishes_it_removes_what_was_saved(client, place, monkeypatch):
    """The file is still there when we open it; the hold is ours when the draft has been made."""

    @contextmanager
    def after_them(file):
        monkeypatch.setattr(transfer, "held", held)
        assert patched(client, place, PNG[100_000:], 100_000).status_code == 201
        with held(file):
            yield

    monkeypatch.setattr(transfer, "held", after_them)
    assert client.delete(place, headers=TUS).status_code == 204
    assert (Transfer.objects.count(), Picture.objects.count(), spooled()) == (0, 0, [])


def test_one_that_was_given_up_meanwhile_takes_no_more(client, place):
    class Meanwhile(io.BytesIO):
        def read(self, size=-1, /):
            assert client.delete(place, headers=TUS).status_code == 204
            return super().read(size)

    late = {
        "CONTENT_LENGTH": "5", "CONTENT_TYPE": "application/offset+octet-stream", "wsgi.input": Meanwhile(b"bytes")
    }  # fmt: skip
    assert client.generic("PATCH", place, **late, headers={**TUS, "Upload-Offset": "100000"}).status_code == 410
    assert spooled() == []


# --- Whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["head", "delete"])
def test_somebody_elses_is_as_if_it_had_never_been(client, place, method):
    other = Client()
    transferred(other, PNG)
    for stranger in (Client(), other):
        assert getattr(stranger, method)(place, headers=TUS).status_code == 404
        assert patched(stranger, place, PNG[100_000:], 100_000).status_code == 404
    assert offset_of(client, place) == 100_000


def test_a_lost_session_begins_anew_and_finds_its_other_pictures_again(client):
    slot = Slot("logo", "id_logo", "Logotyp", 200, "sv", visitor="k" * 32)
    place = begun(client, len(PNG), slot=slot)["Location"]
    client.cookies.clear()
    assert client.head(place, headers=TUS).status_code == 404
    assert begun(client, len(PNG), slot=slot).status_code == 201
    assert client.head(place, headers=TUS).status_code == 200


def test_every_change_needs_the_csrf_token(place):
    strict = Client(enforce_csrf_checks=True)
    assert begun(strict, 10).status_code == 403
    assert patched(strict, place, b"x", 0).status_code == 403
    assert strict.delete(place, headers=TUS).status_code == 403


def test_too_many_at_once_get_429_and_those_under_way_count(client, settings):
    """An hour does not help: nothing is said of one."""
    settings.PICTURES_OPEN_DRAFTS = 2
    assert transferred(client, PNG).status_code == 201
    assert begun(client, len(PNG)).status_code == 201
    response = begun(client, len(PNG))
    assert (response.status_code, "Retry-After" in response) == (429, False)
    assert response.json()["sentence"].startswith("Du har redan 2 bilder som väntar,")
    Transfer.objects.get(draft=None).end()
    assert begun(client, len(PNG)).status_code == 201


def test_too_many_within_an_hour_get_429_and_are_told_when_to_come_back(client, settings):
    settings.PICTURES_UPLOADS_PER_HOUR = 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "an hour"}}
    assert begun(client, len(PNG)).status_code == 201
    response = begun(client, len(PNG))
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert response.json()["sentence"] == (
        "Du har laddat upp många bilder på kort tid. Vänta en timme och välj bilden igen; det du har sparat finns kvar."
    )


def test_it_waits_for_a_day_and_on_another_host_not_at_all(client, place):
    transfer = Transfer.objects.get()
    assert transfer.expires_at - timezone.now() > timedelta(hours=23, minutes=59)
    transfer.partial.forget()
    for response in (client.head(place, headers=TUS), patched(client, place, b"x", 100_000)):
        assert (response.status_code, response["Tus-Resumable"]) == (410, "1.0.0")


def test_it_waits_for_a_day_from_when_something_last_came(client, place):
    Transfer.objects.update(touched_at=timezone.now() - timedelta(minutes=11))
    assert patched(client, place, PNG[100_000:150_000], 100_000).status_code == 204
    assert Transfer.objects.get().expires_at - timezone.now() > timedelta(hours=23, minutes=59)


def test_what_comes_soon_after_the_last_writes_nothing_into_the_database(client, place):
    touched = timezone.now() - timedelta(minutes=9)
    Transfer.objects.update(touched_at=touched)
    assert patched(client, place, PNG[100_000:150_000], 100_000).status_code == 204
    assert Transfer.objects.get().touched_at == touched


def test_a_piece_takes_a_constant_number_of_questions(client, place, django_assert_num_queries):
    with django_assert_num_queries(2):  # the session and the transfer
        assert patched(client, place, PNG[100_000:150_000], 100_000).status_code == 204
    transferred(client, PNG)
    begun(client, len(PNG))
    with django_assert_num_queries(2):
        assert patched(client, place, PNG[150_000:200_000], 150_000).status_code == 204
