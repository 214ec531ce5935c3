import pytest
from django.db import IntegrityError, transaction

from procurement_portal.models import Category, Supplier
from procurement_portal.models.refusals import AlreadyListed, NotListed
from procurement_portal.models.region import COUNTIES
from tests.procurement_portal.factories import SOLE_TRADER, make_supplier


def test_taking_down_hides_the_listing_and_its_pictures(supplier, coordinator):
    supplier.take_down(by=coordinator, because="På egen begäran.")
    supplier.refresh_from_db()
    assert list(Supplier.objects.listed()) == []
    assert list(Supplier.objects.visible_to(coordinator)) == [supplier]
    assert [each.picture.public for each in supplier.enclosures] == [False, False, False]
    taken_down = supplier.events.newest_first()[0]
    assert (supplier.taken_down_because, taken_down.verb, taken_down.note) == ("På egen begäran.", "taken_down", "")


def test_what_is_taken_down_cannot_be_taken_down_again(supplier, coordinator):
    supplier.take_down(by=coordinator, because="På egen begäran.")
    with pytest.raises(NotListed):
        supplier.take_down(by=coordinator, because="Igen.")


def test_putting_back_shows_it_again(supplier, coordinator):
    supplier.take_down(by=coordinator, because="På egen begäran.")
    supplier.put_back(by=coordinator)
    supplier.refresh_from_db()
    assert list(Supplier.objects.listed()) == [supplier]
    assert [each.picture.public for each in supplier.enclosures] == [True, True, True]
    with pytest.raises(AlreadyListed):
        supplier.put_back(by=coordinator)


def test_suppliers_of_the_same_name_get_addresses_of_their_own(coordinator):
    slugs = [make_supplier("Åkes Äpplen & Öl AB", by=coordinator).slug for _ in range(3)]
    assert slugs == ["akes-applen-ol-ab", "akes-applen-ol-ab-2", "akes-applen-ol-ab-3"]


def test_a_name_without_latin_letters_gets_an_address_too(coordinator):
    assert make_supplier("株式会社", by=coordinator).slug == "leverantor"


def test_one_company_is_listed_once(supplier, coordinator):
    other = make_supplier("Annat AB", by=coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.filter(pk=other.pk).update(organisation_number=supplier.organisation_number)


def test_taking_down_needs_a_reason_in_the_database_too(supplier):
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.filter(pk=supplier.pk).update(taken_down_at=supplier.listed_at)


def test_suppliers_come_in_swedish_order(coordinator):
    for name in ["Öppna gårdar", "Zebra", "Ängen", "Ljus", "Åkern", "adam"]:
        make_supplier(name, by=coordinator)
    assert [each.name for each in Supplier.objects.alphabetical()] == [
        "adam", "Ljus", "Zebra", "Åkern", "Ängen", "Öppna gårdar",
    ]  # fmt: skip


def test_search_finds_names_words_and_categories(coordinator):
    lamps = make_supplier("Lampan AB", by=coordinator, description="Vi lyser upp.")
    school = make_supplier(
        "Klara AB", by=coordinator, description="Läxor.", categories=Category.objects.filter(slug="skolstod")
    )
    found = {
        words: list(Supplier.objects.search(words)) for words in ["lampan", "LYSER upp", "läxhjälp", "%", "x'; --"]
    }
    assert found == {"lampan": [lamps], "LYSER upp": [lamps], "läxhjälp": [school], "%": [], "x'; --": []}


def test_a_sole_trader_is_known_as_one(coordinator):
    assert make_supplier(by=coordinator, organisation_number=SOLE_TRADER).is_sole_trader is True


def test_search_knows_the_forms_of_swedish_words_and_the_names_of_regions(coordinator):
    lamps = make_supplier("Lampan AB", by=coordinator, description="Vi lyser upp gårdarna.", region_codes=["orebro"])
    found = {words: list(Supplier.objects.search(words)) for words in ["gård", "belyste gårdar", "örebro", "  ", "och"]}
    assert found == {"gård": [lamps], "belyste gårdar": [], "örebro": [lamps], "  ": [lamps], "och": []}


def test_search_for_a_region_finds_whoever_works_in_all_of_sweden(coordinator):
    everywhere = make_supplier("Läxan AB", by=coordinator, region_codes=["hela-landet"])
    on_gotland = make_supplier("Lampan AB", by=coordinator, region_codes=["gotland"])
    found = {words: list(Supplier.objects.search(words).alphabetical()) for words in ["Gotland", "landet", "lampan"]}
    assert found == {"Gotland": [on_gotland, everywhere], "landet": [everywhere], "lampan": [on_gotland]}


def test_search_looks_at_ten_words(coordinator):
    lamps = make_supplier("Lampan AB", by=coordinator)
    assert list(Supplier.objects.search("lampan " * 10 + "rymdraket")) == [lamps]
    assert list(Supplier.objects.search("lampan " * 9 + "rymdraket")) == []


def test_a_region_that_is_none_is_refused_by_the_database(supplier):
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.filter(pk=supplier.pk).update(region_codes=["norge"])


def test_a_listing_takes_over_where_the_company_works(coordinator):
    supplier = make_supplier(by=coordinator, region_codes=["gotland", "vastra-gotaland"])
    assert (supplier.region_codes, supplier.regions) == (["gotland", "vastra-gotaland"], "Gotland, Västra Götaland")


def test_there_are_twenty_one_counties_in_swedish_order():
    assert len(COUNTIES) == 21
    assert COUNTIES[-2:] == ["Örebro", "Östergötland"]
