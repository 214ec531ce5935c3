import pytest
from django.core.exceptions import ValidationError

from newsletter.models.address import normalised, readable


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
    ],
)
def test_nonsense_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        normalised(typed)
    assert refusal.value.messages[0].endswith(".")


def test_letters_our_server_cannot_send_to_are_named():
    with pytest.raises(ValidationError, match="åsa"):
        normalised("åsa@example.org")


def test_the_domain_is_shown_as_its_owner_writes_it():
    assert readable("anna@xn--rksmrgs-5wao1o.example") == "anna@räksmörgås.example"
    assert readable("anna@example.org") == "anna@example.org"
