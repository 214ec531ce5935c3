"""The coordinators' pages for bringing a list."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from newsletter.models import ImportContent, Subscriber, SubscriberImport
from newsletter.tasks import run_import
from tests.newsletter.factories import make_checked_import, make_import

pytestmark = pytest.mark.django_db
PAGE = "/nyhetsbrev/prenumeranter/import/"
GROUND = "Sa ja på mässan i Norrköping i maj 2019."


@pytest.fixture
def bring(coordinator_client):
    """Fills in and sends the form."""

    def fill_in(data: bytes = b"e-post\na@example.org\n", name: str = "lista.csv", **fields):
        answer = {
            "file": SimpleUploadedFile(name, data, content_type="text/csv"),
            "ground": GROUND,
            "shown": "on",
            "frequency": "weekly",
            "language": "sv",
            **fields,
        }
        return coordinator_client.post(PAGE, {name: value for name, value in answer.items() if value is not None})

    return fill_in


def test_a_list_is_kept_and_checked(bring, coordinator):
    response = bring(name="förvaltare.csv")
    upload = SubscriberImport.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}{upload.pk}/")
    assert (upload.name, upload.ground, upload.uploaded_by, upload.state) == (
        "förvaltare.csv", GROUND, coordinator, "checking",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"file": None}, "Välj en fil."),
        ({"ground": ""}, "Fyll i det här."),
        ({"ground": "De sa ja."}, "Skriv minst 20 tecken; nu är det 9."),
        ({"ground": " " * 30}, "Fyll i det här."),
        ({"shown": None}, "Utan det får vi inte skriva till dem."),
        ({"frequency": "hourly"}, "hourly"),
        ({"data": b"x" * 13_000_000}, "Den får vara högst 10"),
        ({"data": b"PK\x03\x04xlsx", "name": "lista.xlsx"}, "Det här är en arbetsbok."),
        ({"data": b"\x00\x01\x02" * 99}, "Filen är ingen text som vi kan läsa."),
        ({"data": b""}, "Filen är tom."),
        ({"data": b"e-post\n"}, "Listan har en rubrik och ingenting under den."),
        ({"data": b"<script>;b\n1;2"}, "Nu står där ”&lt;script&gt;;b”."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(bring, fields, sentence):
    response = bring(**fields)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    if "ground" not in fields:
        assert GROUND in page
    assert not SubscriberImport.objects.exists()


def test_a_hundred_megabytes_are_refused_with_a_sentence(bring, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    response = bring(data=b"a" * 100_000_000)
    assert response.status_code == 400
    assert "Filen är 95" in response.content.decode()
    assert not ImportContent.objects.exists()


def test_the_result_is_shown_and_the_number_confirmed(coordinator_client, coordinator):
    upload = make_checked_import(["a@example.org", "b@example.org", "<b>fel</b>"], by=coordinator)
    page = coordinator_client.get(upload.get_absolute_url()).content.decode()
    assert "Importera 2 adresser" in page
    assert "”&lt;b&gt;fel&lt;/b&gt;” är ingen e-postadress." in page
    assert "hx-get" not in page
    response = coordinator_client.post(f"{upload.get_absolute_url()}bestallning/", {"count": "2"})
    assert (response.status_code, response["Location"]) == (302, upload.get_absolute_url())
    assert "hx-get" in coordinator_client.get(upload.get_absolute_url()).content.decode()
    run_import(upload.pk)
    assert "2 adresser importerades." in coordinator_client.get(upload.get_absolute_url()).content.decode()
    assert Subscriber.objects.count() == 2


@pytest.mark.parametrize(("count", "status"), [("1", 409), ("", 400), ("x", 400), ("-1", 400), ("9" * 30, 409)])
def test_another_number_is_asked_for_again(coordinator_client, coordinator, count, status):
    upload = make_checked_import(["a@example.org", "b@example.org"], by=coordinator)
    response = coordinator_client.post(f"{upload.get_absolute_url()}bestallning/", {"count": count})
    assert response.status_code == status
    assert "Importera 2 adresser" in response.content.decode()


def test_htmx_gets_the_standing_alone(coordinator_client, coordinator):
    upload = make_import(["a@example.org"], by=coordinator)
    part = coordinator_client.get(upload.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part


def test_cancelling_deletes_the_list(coordinator_client, coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    assert coordinator_client.post(f"{upload.get_absolute_url()}avbrott/").status_code == 302
    upload.refresh_from_db()
    assert (upload.state, ImportContent.objects.count(), upload.rows.count()) == ("cancelled", 0, 0)
    refused = coordinator_client.post(f"{upload.get_absolute_url()}bestallning/", {"count": "1"})
    assert refused.status_code == 409


def test_the_first_two_hundred_problems_are_shown_and_all_can_be_downloaded(coordinator_client, coordinator):
    upload = make_checked_import([f"=fel{number}" for number in range(250)], by=coordinator)
    page = coordinator_client.get(upload.get_absolute_url()).content.decode()
    assert page.count("är ingen e-postadress") == 200
    assert "De första 200 visas här." in page
    response = coordinator_client.get(f"{upload.get_absolute_url()}fel/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Rad", "Det som står där", "Vad som är fel"]
    assert len(rows) == 251
    assert rows[1][:2] == ["2", "'=fel0"]


def test_the_pages_ask_a_constant_number_of_questions(coordinator_client, coordinator, django_assert_num_queries):
    upload = make_checked_import(["fel", "a@example.org"], by=coordinator)
    coordinator_client.get(PAGE)
    with django_assert_num_queries(4):
        coordinator_client.get(PAGE)
    with django_assert_num_queries(5):
        coordinator_client.get(upload.get_absolute_url())
    make_checked_import(["fel", "fel igen", "b@example.org"], by=coordinator)
    third = make_checked_import(["fel", "fel igen", "fel till", "c@example.org"], by=coordinator)
    with django_assert_num_queries(4):
        coordinator_client.get(PAGE)
    with django_assert_num_queries(5):
        coordinator_client.get(third.get_absolute_url())


def test_only_coordinators_come_in(client, member_client, coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    pages = [PAGE, upload.get_absolute_url(), f"{upload.get_absolute_url()}fel/"]
    posts = [PAGE, f"{upload.get_absolute_url()}bestallning/", f"{upload.get_absolute_url()}avbrott/"]
    for page in pages:
        assert client.get(page).status_code == 302
        assert member_client.get(page).status_code == 403
    for page in posts:
        assert client.post(page, {"count": "1"}).status_code == 302
        assert member_client.post(page, {"count": "1"}).status_code == 403
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_wrong_methods_and_unknown_imports(coordinator_client, coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    assert coordinator_client.get(f"{upload.get_absolute_url()}bestallning/").status_code == 405
    assert coordinator_client.get(f"{upload.get_absolute_url()}avbrott/").status_code == 405
    assert coordinator_client.post(upload.get_absolute_url()).status_code == 405
    assert coordinator_client.get(f"{PAGE}{upload.pk + 1}/").status_code == 404
