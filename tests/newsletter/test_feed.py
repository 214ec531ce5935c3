"""The diary for feed readers: all of it, one lab's, one focus area's."""

import datetime
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labs.models import Organisation
from newsletter.models import DiaryEntry
from tests.newsletter.factories import make_draft, make_entry

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read(response) -> ElementTree.Element:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 – our own


def titles(response) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read(response).findall(f"{ATOM}entry")]


@pytest.fixture
def diary(lab, other_lab, employment, safety):
    for days, (title, where, areas) in enumerate(
        [("Om allt", None, []), ("Om trygghet", other_lab, [safety]), ("Om jobb", lab, [employment])]
    ):
        make_entry(title, lab=where, areas=areas, published_at=timezone.now() - datetime.timedelta(days=9 - days))
    make_draft("Utkastet", lab=lab, areas=[employment])


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/dagbok/feed/", ["Om jobb", "Om trygghet", "Om allt"]),
        ("/en/diary/feed/", ["Om jobb", "Om trygghet", "Om allt"]),
        ("/dagbok/feed/labb/provlabbet/", ["Om jobb"]),
        ("/en/diary/feed/labs/grannlabbet/", ["Om trygghet"]),
        ("/dagbok/feed/fokusomraden/trygghet/", ["Om trygghet"]),
        ("/en/diary/feed/areas/sysselsattning/", ["Om jobb"]),
        # As feeds were narrowed before they had addresses of their own.
        ("/dagbok/feed/?lab=provlabbet", ["Om jobb"]),
        ("/dagbok/feed/?area=trygghet", ["Om trygghet"]),
        ("/dagbok/feed/?lab=provlabbet&area=trygghet", []),
        ("/dagbok/feed/?lab=%00&area=finns-inte", ["Om jobb", "Om trygghet", "Om allt"]),
    ],
)
def test_each_feed_holds_its_part_of_the_diary_newest_first(client, diary, address, found):
    assert titles(client.get(address)) == found


@pytest.mark.parametrize(
    "address",
    ["/dagbok/feed/labb/finns-inte/", "/en/diary/feed/areas/finns-inte/", "/dagbok/feed/fokusomraden/provlabbet/"],
)
def test_an_unknown_lab_or_area_is_not_found(client, diary, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/dagbok/feed/labb/provlabbet/", "/dagbok/feed/fokusomraden/trygghet/"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_is_only_read(client, diary, address, method):
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/dagbok/", "/dagbok/feed/"),
        ("/en/diary/", "/en/diary/feed/"),
        ("/dagbok/?lab=provlabbet", "/dagbok/feed/labb/provlabbet/"),
        ("/dagbok/?area=trygghet", "/dagbok/feed/fokusomraden/trygghet/"),
        ("/dagbok/?lab=provlabbet&area=trygghet", "/dagbok/feed/?lab=provlabbet&amp;area=trygghet"),
        ("/labb/provlabbet/", "/dagbok/feed/labb/provlabbet/"),
        ("/en/labs/provlabbet/", "/en/diary/feed/labs/provlabbet/"),
    ],
)
def test_the_pages_say_where_their_feed_is(client, diary, page, address):
    shown = client.get(page).content.decode()
    found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', shown)
    assert found == [address]
    assert titles(client.get(address.replace("&amp;", "&"))) is not None


def test_the_addresses_in_it_are_the_sites_own(client, diary, settings):
    settings.SITE_URL = "https://innovationslabb.example.org"
    feed = read(client.get("/dagbok/feed/labb/provlabbet/"))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "https://innovationslabb.example.org/labb/provlabbet/",
        "self": "https://innovationslabb.example.org/dagbok/feed/labb/provlabbet/",
    }
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link.get("href") == "https://innovationslabb.example.org/dagbok/om-jobb/"
    assert feed.findtext(f"{ATOM}title") == "Dagboken: Provlabbet"


def test_an_entry_is_the_same_in_both_languages_and_under_another_title(client, lab):
    entry = make_entry(lab=lab)

    def ids() -> set[str]:
        feeds = ("/dagbok/feed/", "/en/diary/feed/", "/dagbok/feed/labb/provlabbet/")
        return {read(client.get(address)).findtext(f"{ATOM}entry/{ATOM}id") for address in feeds}

    before = ids()
    DiaryEntry.objects.filter(pk=entry.pk).update(title="Nytt namn", slug="nytt-namn")
    assert ids() == before
    assert len(before) == 1


def test_an_entry_says_which_language_it_is_in(client):
    make_entry("A meeting", language="en")
    feed = read(client.get("/dagbok/feed/"))
    assert feed.get(LANGUAGE) == "sv"
    assert feed.find(f"{ATOM}entry").get(LANGUAGE) == "en"


def test_a_partner_article_is_marked_as_one(client):
    make_entry("Gården", partner=Organisation.objects.create(name="Demobolaget <AB>", kind="company"))
    entry = read(client.get("/dagbok/feed/")).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Partnertext: Gården"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Demobolaget <AB>"
    assert entry.findtext(f"{ATOM}summary").startswith(
        "<p><strong>Partnertext från Demobolaget &lt;AB&gt;</strong></p><p>"
    )
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["Partnertext"]


def test_what_xml_cannot_hold_does_not_break_the_feed(client):
    DiaryEntry.objects.filter(pk=make_entry().pk).update(title="Rad\x0bbrott & <b>", body="<p>a\x08b\ufffe</p>")
    entry = read(client.get("/dagbok/feed/")).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Radbrott & <b>"
    assert entry.findtext(f"{ATOM}summary") == "<p>ab</p>"


@pytest.mark.parametrize("address", ["/dagbok/feed/", "/dagbok/feed/labb/grannlabbet/"])
def test_nothing_new_is_said_in_few_words(client, lab, other_lab, address):
    make_entry(lab=lab)
    first = client.get(address)
    for asked in (
        {"HTTP_IF_NONE_MATCH": first["ETag"]},
        {"HTTP_IF_MODIFIED_SINCE": first["Last-Modified"]},
    ):
        again = client.get(address, **asked)
        assert (again.status_code, again.content) == (304, b"")


def test_what_was_taken_back_is_news_to_a_feed_reader(client, lab, coordinator):
    kept, gone = make_entry("Kvar", lab=lab), make_entry("Borta", lab=lab)
    DiaryEntry.objects.update(changed_at=timezone.now() - datetime.timedelta(days=2))
    first = client.get("/dagbok/feed/")
    gone.withdraw(by=coordinator)
    assert titles(client.get("/dagbok/feed/", HTTP_IF_MODIFIED_SINCE=first["Last-Modified"])) == [kept.title]
    assert titles(client.get("/dagbok/feed/", HTTP_IF_NONE_MATCH=first["ETag"])) == [kept.title]


def test_an_empty_diary_is_a_feed_too(client, db):
    assert titles(client.get("/dagbok/feed/")) == []
    assert client.get("/dagbok/feed/").content == client.get("/dagbok/feed/").content


@pytest.mark.parametrize("address", ["/dagbok/feed/labb/provlabbet/", "/dagbok/feed/fokusomraden/sysselsattning/"])
def test_a_longer_feed_takes_no_more_queries(client, lab, employment, address):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    make_entry("Ett", lab=lab, areas=[employment])
    few = count()
    for title in ("Två", "Tre"):
        make_entry(title, lab=lab, areas=[employment])
    assert count() == few
