import pytest
from django.urls import reverse

from procurement_portal.models import Category
from procurement_portal.models.region import CODES
from tests.procurement_portal.factories import SOLE_TRADER, make_supplier
from tests.procurement_portal.listings import shown, without_keys


@pytest.fixture
def home() -> str:
    return reverse("procurement_portal:home")


def names(response) -> list[str]:
    return [supplier.name for supplier in response.context["page_obj"]]


@pytest.mark.django_db
def test_an_empty_portal_says_how_to_begin(client, home):
    response = client.get(home)
    assert response.status_code == 200
    assert reverse("procurement_portal:apply") in response.content.decode()
    assert reverse("procurement_portal:tip_us") in response.content.decode()


def test_listed_suppliers_are_shown_in_swedish_order(client, home, coordinator):
    for name in ["Öppna gårdar", "Åkern", "Zebra", "Ängen"]:
        make_supplier(name, by=coordinator)
    assert names(client.get(home)) == ["Zebra", "Åkern", "Ängen", "Öppna gårdar"]


def test_what_is_taken_down_is_not_shown(client, home, supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    assert names(client.get(home)) == []
    assert client.get(supplier.get_absolute_url()).status_code == 404


def test_a_coordinator_sees_what_is_taken_down(coordinator_client, supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    response = coordinator_client.get(supplier.get_absolute_url())
    assert (response.status_code, "Konkurs." in response.content.decode()) == (200, True)


@pytest.fixture
def four(coordinator) -> None:
    """Four suppliers that differ in what they offer and where they work."""
    school = Category.objects.filter(slug="skolstod")
    both = Category.objects.filter(slug__in=["skolstod", "trygghet"])
    make_supplier("Lampan", by=coordinator, region_codes=["skane", "gotland"])
    make_supplier("Läxan", by=coordinator, region_codes=["hela-landet"], categories=school)
    make_supplier("Åsikten", by=coordinator, region_codes=["stockholm"], categories=both)
    make_supplier("Äldre", by=coordinator, region_codes=[])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Lampan", "Läxan", "Åsikten", "Äldre"]),
        ("category=skolstod", ["Läxan", "Åsikten"]),
        ("category=skolstod&category=trygghet", ["Lampan", "Läxan", "Åsikten", "Äldre"]),
        ("region=skane", ["Lampan", "Läxan"]),
        ("region=skane&region=stockholm", ["Lampan", "Läxan", "Åsikten"]),
        ("region=hela-landet", ["Läxan"]),
        ("region=orebro", ["Läxan"]),
        ("region=skane&category=trygghet", ["Lampan"]),
        ("q=lampa", ["Lampan"]),
        ("q=lampa&category=skolstod", []),
        ("q=SKÅNE", ["Lampan", "Läxan"]),
        ("q=gårdarna", ["Lampan", "Läxan", "Åsikten", "Äldre"]),
    ],
)
def test_facets_and_search_narrow_the_list(client, home, four, query, found):
    assert names(client.get(f"{home}?{query}")) == found


def counts(response) -> dict[str, dict[str, int]]:
    return {
        facet.name: {choice.value: choice.count for choice in facet.choices} for facet in response.context["facets"]
    }


def test_facets_count_what_each_choice_leads_to(client, home, four):
    everywhere = dict.fromkeys(CODES, 1)
    found = counts(client.get(home))
    assert found["category"] == {"skolstod": 2, "trygghet": 3}
    assert found["region"] == {**everywhere, "gotland": 2, "skane": 2, "stockholm": 2}
    found = counts(client.get(f"{home}?category=skolstod"))
    assert found["category"] == {"skolstod": 2, "trygghet": 3}
    assert found["region"] == {**everywhere, "stockholm": 2}
    found = counts(client.get(f"{home}?region=gotland&q=lampa"))
    assert found == {"category": {"trygghet": 1}, "region": {"gotland": 1, "skane": 1}}


def test_what_is_chosen_is_told_and_can_be_taken_away(client, home, four):
    response = client.get(f"{home}?region=skane&q=lampa")
    assert [(str(facet.label), choice.label) for facet, choice in response.context["chosen"]] == [
        ("Var de arbetar", "Skåne")
    ]
    assert f'href="{home}?q=lampa"' in response.content.decode()


def test_a_choice_that_does_not_exist_is_left_out_and_told(client, home, four):
    response = client.get(f"{home}?region=norge&category=skolstod")
    assert (names(response), response.context["ignored"]) == (["Läxan", "Åsikten"], ["Var de arbetar"])


def test_htmx_gets_the_results_and_the_facets_alone(client, home, four):
    response = client.get(f"{home}?region=skane", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert ("<html" in text, 'id="found"' in text, 'id="facets" hx-swap-oob="true"' in text) == (False, True, True)
    assert "HX-Request" in response.headers["Vary"]
    whole = client.get(home, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()


def test_a_search_that_finds_nothing_says_how_to_go_on(client, home, four):
    text = client.get(home, {"q": "rymdraket"}).content.decode()
    assert "Ingen leverantör passar" in text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "x"},
        {"page": "99"},
        {"page": "-1"},
        {"page": "9" * 5000},
        {"page": "\x00"},
        {"category": "finns-inte"},
        {"category": "\x00"},
        {"region": "\x00"},
        {"region": "finns-inte"},
        {"q": "\x00"},
        {"q": "å" * 5000},
        {"q": "%' OR 1=1"},
    ],
)
def test_nonsense_in_the_address_shows_a_list(client, home, supplier, query):
    assert client.get(home, query).status_code == 200


def test_the_list_is_paged(client, home, coordinator, monkeypatch):
    monkeypatch.setattr("procurement_portal.views.directory.HomeView.per_page", 2)
    for name in "abc":
        make_supplier(name, by=coordinator)
    assert names(client.get(home, {"page": 2})) == ["c"]
    assert names(client.get(home, {"page": 9})) == ["c"]


def test_the_list_does_as_many_queries_for_three_as_for_one(client, home, coordinator, django_assert_num_queries):
    make_supplier("Ett", by=coordinator)
    with django_assert_num_queries(6):
        client.get(home)
    make_supplier("Två", by=coordinator, categories=Category.objects.all()[:4])
    make_supplier("Tre", by=coordinator)
    with django_assert_num_queries(6):
        client.get(home)


@pytest.mark.parametrize("prefix", ["", "/en/procurement-portal/suppliers/"])
def test_a_supplier_has_a_page_with_its_contact(client, supplier, prefix):
    url = f"{prefix}{supplier.slug}/" if prefix else supplier.get_absolute_url()
    text = client.get(url).content.decode()
    assert 'rel="external nofollow noopener"' in text
    for expected in [
        supplier.name,
        "Demo Kontakt",
        "070-174 06 05",
        "provforetaget.example.org",
        str(supplier.number),
        "Skåne",
    ]:
        assert expected in text


def test_a_sole_traders_number_is_never_public(client, coordinator):
    supplier = make_supplier(by=coordinator, organisation_number=SOLE_TRADER)
    text = without_keys(shown(client, supplier.get_absolute_url()))
    assert ("850709" in text, SOLE_TRADER in text) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["finns-inte", "%00", "a" * 500])
def test_an_unknown_supplier_is_a_404(client, slug):
    assert client.get(f"/inkopsportalen/leverantorer/{slug}/").status_code == 404


def test_hostile_words_are_shown_as_words(client, coordinator):
    supplier = make_supplier(by=coordinator, description="<script>alert(1)</script>\n\nhttp://x")
    text = client.get(supplier.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in text
