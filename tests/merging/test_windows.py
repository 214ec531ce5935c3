"""Several windows on one form: nothing that one has written is wiped by another that has not seen it."""

import pytest

from merging import Merge, Seen, mark

KEPT = {"company": ["Ljusgården AB"], "regions": ["skane", "gotland"]}


def test_what_one_window_changes_is_kept():
    merge = Merge.of({"company": ["Nya namnet AB"]}, KEPT, Seen.of(KEPT))
    assert merge.values == {"company": ["Nya namnet AB"], "regions": ["skane", "gotland"]}
    assert (merge.news, merge.disputed) == ([], [])
    assert merge.seen.has("company", ["Nya namnet AB"])


def test_what_this_window_has_not_touched_is_taken_from_the_other():
    merge = Merge.of({"company": [], "website": ["a.example.org"]}, KEPT, Seen.read(""))
    assert merge.values == {**KEPT, "website": ["a.example.org"]}
    assert (merge.news, merge.disputed) == (["company"], [])
    assert not merge.seen.has("company", KEPT["company"]), "The window still shows an empty field."


def test_what_both_have_changed_is_left_to_a_person():
    merge = Merge.of({"company": ["Mitt AB"]}, KEPT, Seen.of({"company": ["Gammalt AB"]}))
    assert (merge.values["company"], merge.disputed) == (["Ljusgården AB"], ["company"])
    assert merge.seen.has("company", ["Gammalt AB"])
    decided = Merge.of({"company": ["Mitt AB"]}, merge.values, Seen.of(merge.values))
    assert (decided.values["company"], decided.disputed) == (["Mitt AB"], [])


def test_the_same_words_in_two_windows_are_no_dispute():
    merge = Merge.of({"company": ["Ljusgården AB"]}, KEPT, Seen.read(""))
    assert (merge.values, merge.news, merge.disputed) == (KEPT, [], [])


def test_an_emptied_field_is_empty():
    merge = Merge.of({"company": [], "regions": ["skane", "gotland"]}, KEPT, Seen.of(KEPT))
    assert merge.values == {"regions": ["skane", "gotland"]}


def test_a_request_that_has_seen_nothing_stands_as_it_is():
    assert Merge.of({"company": ["Mitt AB"]}, KEPT, None).values == {**KEPT, "company": ["Mitt AB"]}


def test_line_breaks_are_no_change():
    assert mark(["a\r\nb"]) == mark(["a\nb"])
    assert (mark([]), mark([""])) == ("", "")
    assert mark(["a", "b"]) != mark(["ab"])


def test_what_is_seen_survives_the_way_through_the_form():
    seen = Seen.of({**KEPT, "phone": []})
    assert Seen.read(str(seen)) == Seen({name: mark(written) for name, written in KEPT.items()})


@pytest.mark.parametrize("nonsense", ["x", ". .", "company", "company." * 999, "\x00.\x00", "a.b.c"])
def test_nonsense_has_seen_nothing(nonsense):
    assert not Seen.read(nonsense).has("company", KEPT["company"])
