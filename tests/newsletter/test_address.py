import pytest
from django.core.exceptions import ValidationError

from newsletter.models.address import mark_of, normalised, readable, searchable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  anna@example.org ", "anna@example.org"),
        ("Anna.Berg@Example.ORG", "Anna.Berg@example.org"),
        ("anna+dagbok@example.org", "anna+dagbok@example.org"),
        ("anna@räksmörgås.example", "anna@xn--rksmrgs-5wao1o.example"),
        ("anna@RÄKSMÖRGÅS.example", "anna@xn--rksmrgs-5wao1o.example"),
        ("o'hara_1%x@example.org", "o'hara_1%x@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("anna@example.org.", "anna@example.org"),
        ("anna@xn--rksmrgs-5wao1o.example", "anna@xn--rksmrgs-5wao1o.example"),
        ("anna@☕.example", "anna@xn--53h.example"),
        ("anna@xn--53h.example", "anna@xn--53h.example"),
        ("anna@example.org\u200b", "anna@example.org"),
        ('"odd but valid"@example.org', '"odd but valid"@example.org'),
        ('"a@b"@example.org', '"a@b"@example.org'),
        ('"anna"@example.org', "anna@example.org"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
        (f"a@{'.'.join(['b' * 62] * 4)}", f"a@{'.'.join(['b' * 62] * 4)}"),
    ],
)
def test_an_address_is_kept_as_its_owner_gave_it_with_a_plain_domain(typed, kept):
    assert normalised(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@@example.org",
        "anna@exa mple.org",
        "anna@-.org",
        "a b@example.org",
        "anna@example",
        "anna\r\nBcc: x@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 300}.org",
        "anna@xn--\udcff.org",
        "anna@xn--zzzzz-.example",
        "anna@localhost",
        "anna@[192.0.2.1]",
        "anna@192.0.2.1",
        "anna@example.org..",
        "anna@.example.org",
        "anna..berg@example.org",
        ".anna@example.org",
        "anna.@example.org",
        'anna"@example.org',
        '"a\\"b"@example.org',
        '"=?utf-8?q?x?="@example.org',
        '"a\r\nBcc: x"@example.org',
        "=?utf-8?q?x?=@example.org",
        "Anna <anna@example.org>",
        "anna@example.org, bo@example.org",
        f"{'a' * 64}@{'.'.join(['b' * 62] * 4)}",
    ],
)
def test_nonsense_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        normalised(typed)
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("anna@localhost", "”localhost” är ingen domän"),
        ("anna@[192.0.2.1]", "”[192.0.2.1]” är en IP-adress"),
        ('"a(b)"@example.org', "Mellan citattecknen"),
        (f"{'a' * 65}@example.org", "längre än vad e-post klarar"),
    ],
)
def test_each_kind_of_nonsense_has_its_own_sentence(typed, words):
    with pytest.raises(ValidationError) as refusal:
        normalised(typed)
    assert words in refusal.value.messages[0]


def test_letters_our_server_cannot_send_to_are_named():
    with pytest.raises(ValidationError, match="åsa"):
        normalised("åsa@example.org")


def test_the_domain_is_shown_as_its_owner_writes_it():
    assert readable("anna@xn--rksmrgs-5wao1o.example") == "anna@räksmörgås.example"
    assert readable("anna@example.org") == "anna@example.org"


def test_an_erased_address_is_known_again_by_a_mark_that_does_not_tell_it():
    assert mark_of("Anna@example.org") == mark_of("anna@EXAMPLE.org") != mark_of("bo@example.org")
    assert len(mark_of("anna@example.org")) == 64


def test_a_search_finds_the_domain_as_people_write_it_and_as_we_keep_it():
    assert set(searchable(" anna@räksmörgås.example ")) == {
        "anna@räksmörgås.example", "anna@xn--rksmrgs-5wao1o.example",
    }  # fmt: skip
    assert searchable("anna") == ["anna"]
