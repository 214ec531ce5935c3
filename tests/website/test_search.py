import re

import pytest

pytestmark = pytest.mark.django_db


def found(client, words: str, path: str = "/sok/") -> list[str]:
    """Titles of what was found, in order."""
    response = client.get(path, {"q": words})
    assert response.status_code == 200
    html = response.content.decode()
    return re.findall(r'<h3><a href="[^"]+"[^>]*>([^<]+)</a></h3>', html[html.index("<main") :])


def test_everything_public_is_searched(client, lab, make_method, make_entry, make_supplier):
    make_method("Gårdskvällar")
    make_entry("Gårdskvällar i november")
    make_supplier("Gårdskvällar Belysning")
    lab.challenge = "Få gårdskvällar."
    lab.save()
    assert found(client, "gårdskvällar") == [
        "Gårdskvällar",
        "Provlabbet",
        "Gårdskvällar i november",
        "Gårdskvällar Belysning",
    ]


def test_the_forms_of_swedish_words_are_known(client, make_entry):
    make_entry("Flickorna spelade")
    assert found(client, "flicka") == ["Flickorna spelade"]


def test_a_lab_is_found_by_its_place_half_written(client, lab):
    assert found(client, "norrk") == ["Provlabbet"]


def test_drafts_and_listings_taken_down_are_not_found(client, make_method, make_entry, make_supplier, coordinator):
    make_method("Hemlighet", published=False)
    make_entry("Hemlighet", state="draft")
    make_supplier("Hemlighet AB").take_down(by=coordinator, because="Uppdraget är slut.")
    assert found(client, "hemlighet") == []


def test_nothing_found_says_so_and_what_to_try(client):
    text = client.get("/sok/", {"q": "xyzzy <b>"}).content.decode()
    assert "Inget hittades för ”xyzzy &lt;b&gt;”" in text


def test_without_words_it_invites(client):
    text = client.get("/sok/").content.decode()
    assert "Skriv vad du är ute efter" in text


@pytest.mark.parametrize(
    "words", ["'", '"', "\\", "a & | ! ( )", ":*", "<->", "%", "_", "-", "🙂", "' OR 1=1 --", "å" * 200]
)
def test_no_words_can_break_it(client, words):
    assert client.get("/sok/", {"q": words}).status_code == 200


@pytest.mark.parametrize("words", ["a" * 201, "a\x00b"])
def test_words_that_cannot_be_searched_for_are_refused_with_a_reason(client, words):
    response = client.get("/sok/", {"q": words})
    assert response.status_code == 400
    assert "Sökord:" in response.content.decode()


def test_more_than_is_shown_leads_on(client, make_method):
    for number in range(9):
        make_method(f"Grannsamverkan {number}")
    html = client.get("/sok/", {"q": "grannsamverkan"}).content.decode()
    assert '<a href="/metoder/?q=grannsamverkan">Alla metoder som passar</a>' in html


def test_it_asks_the_database_as_much_for_one_find_as_for_three(
    client, make_method, make_entry, make_supplier, django_assert_num_queries
):
    make_method("Trygghet 1")
    make_entry("Trygghet 1")
    make_supplier("Trygghet 1")
    with django_assert_num_queries(5):
        client.get("/sok/", {"q": "trygghet"})
    for number, organisation in ((2, "5560160680"), (3, "5560125790")):
        make_method(f"Trygghet {number}")
        make_entry(f"Trygghet {number}")
        make_supplier(f"Trygghet {number}", organisation)
    with django_assert_num_queries(5):
        client.get("/sok/", {"q": "trygghet"})


def test_it_is_there_in_english(client, make_method):
    make_method("Mentorer")
    assert found(client, "mentor", "/en/search/") == ["Mentorer"]
