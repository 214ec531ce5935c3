import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_an_empty_site_says_what_will_be_here(client):
    text = text_of(client.get("/"))
    assert "Den första metoden skrivs just nu" in text
    assert "Dagboken har inga inlägg än" in text
    assert "Inget labb har öppnat än" in text
    assert "Det här har labben mätt" not in text


def test_it_is_there_in_english(client):
    response = client.get("/en/")
    assert '<html lang="en">' in response.content.decode()
    assert "What works in one place can work in more" in text_of(response)


def test_a_verified_number_is_shown_with_what_when_and_who(client, measure):
    measure(15, 22)
    text = text_of(client.get("/"))
    assert "15 av 22" in text
    assert "Deltagare som fått arbete" in text
    assert "2019. Verifierat av Demo Samordnare den" in text


def test_a_number_nobody_has_verified_is_not_shown(client, measure):
    measure(15, 22, state="reported")
    assert "15 av 22" not in text_of(client.get("/"))


def test_a_number_that_could_point_at_someone_is_not_shown(client, measure):
    measure(3, 22)
    assert "3 av 22" not in text_of(client.get("/"))


def test_only_the_latest_number_of_a_lab_is_shown(client, measure):
    measure(8, 20, year=2018)
    measure(15, 22, year=2019)
    text = text_of(client.get("/"))
    assert "15 av 22" in text
    assert "8 av 20" not in text


def test_new_methods_are_shown_but_no_drafts(client, make_method):
    make_method("Mentorer från arbetslivet")
    make_method("Hemlig idé", published=False)
    text = text_of(client.get("/"))
    assert "Mentorer från arbetslivet" in text
    assert "Så gör man: Mentorer från arbetslivet." in text
    assert "Hemlig idé" not in text


def test_a_coordinator_sees_the_same_front_page_as_the_public(coordinator_client, make_method, make_entry):
    make_method("Hemlig idé", published=False)
    make_entry("Halvskrivet", state="draft")
    text = text_of(coordinator_client.get("/"))
    assert "Hemlig idé" not in text
    assert "Halvskrivet" not in text


def test_the_latest_entries_come_newest_first(client, make_entry):
    for title in ("Ett", "Två", "Tre", "Fyra", "Fem"):
        make_entry(f"Inlägg {title}")
    on_top, *shown = re.findall(r">Inlägg (\w+)</a>", client.get("/").content.decode())
    assert on_top == "Fem"
    assert shown == ["Fem", "Fyra", "Tre", "Två"]


def test_it_does_not_ask_more_of_the_database_for_more_content(
    client, lab, other_lab, measure, make_method, make_entry, django_assert_num_queries, safety
):
    measure(15, 22)
    make_method("Första")
    make_entry("Första inlägget")
    client.get("/")
    with django_assert_num_queries(7):
        client.get("/")
    for number in range(3):
        make_method(f"Metod {number}").focus_areas.add(safety)
        make_entry(f"Inlägg {number}").focus_areas.add(safety)
    with django_assert_num_queries(7):
        client.get("/")


def test_a_visitor_gets_no_cookie(client):
    assert client.get("/").cookies == {}


def test_writing_is_refused(client):
    assert client.post("/").status_code == 405


def test_the_page_tells_where_it_is_in_other_languages(client):
    html = client.get("/om/").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/om/">' in html
    assert '<link rel="alternate" hreflang="sv" href="http://127.0.0.1:8000/om/">' in html
    assert '<link rel="alternate" hreflang="en" href="http://127.0.0.1:8000/en/about/">' in html


def test_the_language_switch_leads_to_the_same_page(client, lab):
    html = client.get("/labb/provlabbet/").content.decode()
    assert '<a href="/en/labs/provlabbet/" lang="en" hreflang="en">' in html


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/om/", "Om innovationslabbet"),
        ("/en/about/", "About the innovation labs"),
        ("/tillganglighet/", "Tillgänglighet"),
        ("/en/accessibility/", "Accessibility"),
        ("/integritet/", "Integritet"),
        ("/en/privacy/", "Privacy"),
    ],
)
def test_the_statements_are_there_in_both_languages(client, path, heading):
    response = client.get(path)
    assert response.status_code == 200
    assert f"<h1>{heading}</h1>" in response.content.decode()


def test_the_work_bar_is_for_those_who_are_signed_in(client, coordinator_client, member_client):
    assert 'class="workbar"' not in client.get("/").content.decode()
    coordinators = coordinator_client.get("/").content.decode()
    assert coordinators.index("Översikt") < coordinators.index("Utskick") < coordinators.index("Inbjudningar")
    assert "Mitt labb" in member_client.get("/").content.decode()


def test_signing_out_is_a_button_that_posts(member_client):
    html = member_client.get("/").content.decode()
    assert re.search(r'<form method="post" action="/konto/[^"]*">.*?Logga ut', html, re.S)


def test_every_page_forbids_inline_code(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_an_unknown_visitor_needs_no_session(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/om/").status_code == 200
