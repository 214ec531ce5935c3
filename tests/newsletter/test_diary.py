import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import DiaryEntry
from tests.newsletter.factories import make_draft, make_entry
from tests.pictures.factories import ready_picture

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return [title for title in ("Om jobb", "Om trygghet", "Om allt", "Utkastet") if title in page]


@pytest.fixture
def diary(lab, other_lab, employment, safety):
    make_entry("Om jobb", lab=lab, areas=[employment], body="<p>Grannarna övade anställningsintervjuer.</p>")
    make_entry("Om trygghet", lab=other_lab, areas=[safety], body="<p>En lampa lagades.</p>")
    make_entry("Om allt")
    make_draft("Utkastet", lab=lab)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Om jobb", "Om trygghet", "Om allt"]),
        ("?lab=provlabbet", ["Om jobb"]),
        ("?area=trygghet", ["Om trygghet"]),
        ("?lab=provlabbet&area=trygghet", []),
        ("?q=intervju", []),
        ("?q=anställningsintervju", ["Om jobb"]),
        ("?q=lampor", ["Om trygghet"]),
        ("?lab=finns-inte&page=abc&area=%00", ["Om jobb", "Om trygghet", "Om allt"]),
        ("?page=99999999999999999999", ["Om jobb", "Om trygghet", "Om allt"]),
        (f"?q={'x' * 5000}", ["Om jobb", "Om trygghet", "Om allt"]),
        ("?q=%00%27%22)(%26|!:*", ["Om jobb", "Om trygghet", "Om allt"]),
    ],
)
def test_the_diary_is_narrowed_by_lab_area_and_words(client, diary, query, found):
    response = client.get(f"/dagbok/{query}")
    assert response.status_code == 200
    assert titles(response.content.decode().partition("<main")[2]) == found


def test_swedish_endings_do_not_matter_to_search(diary):
    assert [entry.title for entry in DiaryEntry.objects.search("lamporna")] == ["Om trygghet"]
    assert [entry.title for entry in DiaryEntry.objects.search("")] == []


@pytest.mark.parametrize("page", ["/dagbok/", "/dagbok/feed/", "/dagbok/mina/"])
def test_a_longer_list_takes_no_more_queries(client, coordinator_client, lab, employment, coordinator, page):
    reader = coordinator_client if "mina" in page else client

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reader.get(page)
        return len(queries)

    make_entry("Ett", lab=lab, areas=[employment], author=coordinator, picture=ready_picture())
    count()
    few = count()
    for title in ("Två", "Tre"):
        make_entry(title, lab=lab, areas=[employment], author=coordinator, picture=ready_picture())
    assert count() == few


def test_a_draft_is_there_for_its_lab_and_the_coordinators_only(
    client, member_client, other_member_client, coordinator_client, lab
):
    draft = make_draft(lab=lab)
    assert [
        reader.get(draft.get_absolute_url()).status_code
        for reader in (client, other_member_client, member_client, coordinator_client)
    ] == [404, 404, 200, 200]


def test_a_national_draft_is_for_coordinators(member_client, coordinator_client):
    draft = make_draft()
    assert member_client.get(draft.get_absolute_url()).status_code == 404
    assert coordinator_client.get(draft.get_absolute_url()).status_code == 200


def test_an_entry_shows_where_it_comes_from_and_in_which_language(client, lab, employment, lab_lead):
    entry = make_entry("A first meeting", lab=lab, areas=[employment], author=lab_lead, language="en")
    page = client.get(entry.get_absolute_url()).content.decode()
    assert '<h1 lang="en">A first meeting</h1>' in page
    assert "Demo Labbledare, Provlabbet" in page
    assert "Ökad sysselsättning" in page
    assert "Redigera" not in page


def test_a_partner_article_is_marked_everywhere(client, lab):
    from labs.models import Organisation

    partner = Organisation.objects.create(name="Demobolaget", kind="company")
    entry = make_entry(partner=partner)
    for address in ("/dagbok/", entry.get_absolute_url(), "/dagbok/feed/"):
        assert "Partnertext från Demobolaget" in client.get(address).content.decode()


def test_a_partner_article_is_marked_where_other_entries_the_home_page_the_lab_and_the_search_name_it(client, lab):
    from labs.models import Organisation

    partner = Organisation.objects.create(name="Demobolaget", kind="company")
    make_entry("Grillkvällen", lab=lab, partner=partner)
    own = make_entry("Vår gård", lab=lab)
    for address in (own.get_absolute_url(), "/", lab.get_absolute_url(), "/en/", "/sok/?q=grillkvällen"):
        page = client.get(address).content.decode()
        mark = "Partner article from" if "/en/" in address else "Partnertext från"
        assert (page.count("Grillkvällen") >= 1, page.count(mark)) == (True, 1)


def test_the_body_cannot_carry_a_script(client):
    entry = make_entry(body='<p onclick="x()">Hej<script>alert(1)</script><img src=x onerror=y></p>')
    page = client.get(entry.get_absolute_url()).content.decode().partition('class="prose"')[2]
    assert "onclick" not in page
    assert "alert(1)" not in page
    assert "onerror" not in page


def test_slugs_are_the_title_then_the_date_then_a_number(db):
    at = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)
    slugs = [make_entry("Språkkafé på Åsen!", published_at=at).slug for _ in range(3)]
    assert slugs == ["sprakkafe-pa-asen", "sprakkafe-pa-asen-2026-11-02", "sprakkafe-pa-asen-2026-11-02-2"]
    assert make_entry("Nytt").slug.startswith("nytt-20")
    assert make_entry("!?").slug == "inlagg"


@pytest.mark.parametrize(
    ("body", "teaser"),
    [
        ("<p>Kort.</p><p>Och mer.</p>", "Kort. Och mer."),
        (f"<p>Första meningen. {'ord ' * 60}</p>", "Första meningen."),
        (f"<p>{'ord ' * 60}</p>", f"{('ord ' * 50)[:199].rstrip()}…"),
    ],
)
def test_the_teaser_is_the_beginning_in_whole_sentences(body, teaser):
    assert DiaryEntry(title="x", body=body).teaser == teaser


def test_the_feed_is_atom_with_the_latest_first(client, lab):
    make_entry("Äldre", published_at=timezone.now() - datetime.timedelta(days=2))
    make_entry("Nyare & bättre", lab=lab)
    response = client.get("/dagbok/feed/")
    feed = response.content.decode()
    assert response["Content-Type"].startswith("application/atom+xml")
    assert feed.index("Nyare &amp; bättre") < feed.index("Äldre")
    assert "Äldre" not in client.get("/dagbok/feed/?lab=provlabbet").content.decode()


def test_visitors_see_published_entries_only(lab):
    make_entry(lab=lab)
    make_draft(lab=lab)
    assert DiaryEntry.objects.visible_to(AnonymousUser()).count() == 1
    assert DiaryEntry.objects.editable_by(AnonymousUser()).count() == 0


def test_the_lab_page_shows_its_latest_entries(client, lab, other_lab):
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab)
    page = client.get(lab.get_absolute_url()).content.decode()
    assert "Härifrån" in page
    assert "Därifrån" not in page
