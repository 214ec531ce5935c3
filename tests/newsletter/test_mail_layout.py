"""How the words of an issue are laid out: the order, the preview line, and a size that no inbox clips."""

import re

import pytest

from labs.models import Lab, Organisation
from newsletter.models import Issue
from newsletter.sending.rendering import Words, render
from tests.newsletter.factories import make_entry, make_issue, make_method
from tests.pictures.factories import ready_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://innovationslabb.allmannyttan-i-framtiden.example.org"


def written(issue: Issue, language: str = "sv") -> Words:
    return render(issue, list(issue.items.public().with_sources()), language)


def reading_order(page: str, *words: str) -> list[str]:
    return sorted((word for word in words if word in page), key=page.index)


@pytest.fixture
def mixed(lab, other_lab, coordinator) -> Issue:
    partner = Organisation.objects.create(name="Demobolaget", kind="company")
    make_entry("Partnerns text", partner=partner, lab=lab)
    make_entry("Ett från Prov", lab=lab)
    make_entry("Ett från alla")
    make_entry("Ett från Grann", lab=other_lab)
    make_entry("Ett till från Prov", lab=lab)
    make_method("En metod", lab=lab, by=coordinator)
    issue = make_issue()
    order = ["Partnerns text", "Ett från Prov", "Ett från alla", "Ett från Grann", "Ett till från Prov", "En metod"]
    ids = {item.title: item.pk for item in issue.items.with_sources()}
    issue.arrange([ids[title] for title in order], by=coordinator)
    return issue


def test_methods_come_first_then_lab_by_lab_and_partners_last(mixed):
    expected = [
        "En metod",
        "Ett från Prov",
        "Ett till från Prov",
        "Ett från alla",
        "Ett från Grann",
        "Partnerns text",
    ]
    for page in (written(mixed).text, written(mixed).html.partition("<h1")[2]):
        assert reading_order(page, *expected) == expected


def test_each_lab_has_its_heading_once(mixed):
    headings = re.findall(r"<h([1-6])[^>]*>(?:<a[^>]*>)?([^<]+)", written(mixed).html)
    assert headings == [
        ("1", mixed.subject),
        ("2", "Nya metodrapporter"),
        ("3", "En metod"),
        ("2", "Ur dagboken"),
        ("3", "Provlabbet"),
        ("4", "Ett från Prov"),
        ("4", "Ett till från Prov"),
        ("3", "Hela innovationslabbet"),
        ("4", "Ett från alla"),
        ("3", "Grannlabbet"),
        ("4", "Ett från Grann"),
        ("2", "Partnertexter"),
        ("3", "Partnerns text"),
    ]


def preview_line(page: str) -> str:
    return re.search(r'<div class="preheader"[^>]*>([^<]*)</div>', page)[1]


def test_the_preview_line_is_the_coordinators_in_the_readers_language(mixed):
    mixed.preheader, mixed.preheader_en = "Nio av tio fick jobb", "Nine in ten found work"
    assert preview_line(written(mixed).html).startswith("Nio av tio fick jobb")
    assert preview_line(written(mixed, "en").html).startswith("Nine in ten found work")
    mixed.preheader_en = ""
    assert preview_line(written(mixed, "en").html).startswith("Nio av tio fick jobb")


def test_without_one_it_is_the_titles_and_nothing_of_the_text_comes_after(mixed):
    line = preview_line(written(mixed).html)
    assert line.startswith("En metod · Partnerns text · Ett från Prov")
    assert line.count("\u200c") == 100


def test_the_way_to_the_browser_comes_before_all_else(mixed):
    words = written(mixed)
    assert reading_order(words.text, "/nyhetsbrev/arkiv/", "NYA METODRAPPORTER")[0] == "/nyhetsbrev/arkiv/"
    assert words.html.index("Läs i webbläsaren") < words.html.index("<h1")


def long_entries(number: int, *, coordinator, picture: bool = True) -> Issue:
    """So many entries of the longest kind: long words, long titles, pictures with long descriptions."""
    long = "Åtgärdsöversättningsgränsöverskridande områdesutveckling "
    labs = [
        Lab.objects.create(
            name=f"{'Västra Områdesutvecklingslabbet' * 2} {index}", slug=f"langt-labb-{index}",
            municipality="Göteborg", challenge="…", description="…", starts_on="2018-01-01",
        )
        for index in range(4)
    ]  # fmt: skip
    partner = Organisation.objects.create(name="Demobolaget för boendeinflytande & trygghet <AB>", kind="company")
    shown = ready_picture(alt=(long * 4)[:200], public=True) if picture else None
    for index in range(number):
        title = f"{index} {long * 3}"[:160]
        make_entry(
            title,
            lab=[*labs, None][index % 5],
            lede=(long * 6)[:300],
            picture=shown,
            partner=partner if index % 9 == 8 else None,
        )
    return make_issue(intro=f"<p>{long * 10}</p>")


@pytest.mark.parametrize("number", [1, 30, 80, 200])
def test_however_long_it_gets_no_inbox_clips_it(coordinator, number):
    words = written(long_entries(number, coordinator=coordinator))
    assert len(words.html.encode()) < 95_000


def test_thirty_ordinary_items_are_all_told_in_full(lab, other_lab):
    for index in range(30):
        make_entry(
            f"Grannarna på gatan möttes för {index}:e gången",
            lab=[lab, other_lab, None][index % 3],
            lede="Tolv grannar kom, kaffet räckte, och nästa vecka blir det fler som har lovat att ta med en vän.",
            picture=ready_picture(alt="Tolv grannar runt ett långt bord.", public=True) if index % 2 else None,
        )
    words = written(make_issue())
    assert words.html.count("Läs inlägget") == 30
    assert "Mer att läsa på webben" not in words.html
    assert len(words.html.encode()) < 95_000


def test_what_does_not_fit_is_there_by_its_title_in_both_parts(coordinator):
    issue = long_entries(60, coordinator=coordinator)
    words = written(issue)
    full = words.html.count(">Läs inlägget<")
    assert 10 < full < 60
    for part in (words.html, words.text.replace("\n", " ")):
        told = [number for number in range(60) if re.search(rf"(?:>| ){number} Åtgärds", part)]
        assert told == list(range(60))
    titles = words.html.partition("Mer att läsa på webben")[2]
    assert titles.count("<li") == 60 - full
    assert "(Partnertext från Demobolaget" in titles
    assert words.text.partition("MER ATT LÄSA PÅ WEBBEN")[2].count("https://") >= 60 - full


def test_beyond_even_the_titles_there_is_a_number(coordinator):
    words = written(long_entries(300, coordinator=coordinator, picture=False))
    left = re.search(r">(\d+) till på webben<", words.html)
    assert left
    assert f"{left[1]} till på webben: https://" in words.text


def test_formatted_words_of_the_introduction_read_as_people_write_in_plain_text(entry):
    issue = make_issue(
        intro="<p>Läs <a href='https://example.org/a_(b)'>allt [här]</a>. <strong>Nu</strong> 2 * 3, <em>sen</em>.</p>"
        "<ul><li><p>Ett</p></li><li><p>Två</p></li></ul>"
    )
    text = written(issue).text
    assert "Läs allt [här] <https://example.org/a_(b)>. Nu 2 * 3, _sen_." in text
    assert "- Ett\n- Två" in text
