"""What kind of file somebody uploads, and what each line of it says."""

import pytest
from django.core.exceptions import ValidationError

from newsletter.importing.layout import Layout, records
from newsletter.importing.line import Line, LineProblem


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter", "columns"),
    [
        (b"e-post\na@example.org\n", "utf-8-sig", ";", {"email": 0}),
        (b"namn;E-post:;Spr\xc3\xa5k\nAnna;a@example.org;sv\n", "utf-8-sig", ";", {"email": 1, "language": 2}),
        (b"namn;E-POST;spr\xe5k\n\xc5sa;a@example.org;sv\n", "cp1252", ";", {"email": 1, "language": 2}),
        (b"\xef\xbb\xbfEmail,Frequency\na@example.org,weekly\n", "utf-8-sig", ",", {"email": 0, "frequency": 1}),
        (b"hur ofta\te-postadress\nvecka\ta@example.org", "utf-8-sig", "\t", {"frequency": 0, "email": 1}),
        ("e-post;namn\na@example.org;Åsa".encode("utf-16"), "utf-16", ";", {"email": 0}),
        (b"\n\ne-post\na@example.org\n", "utf-8-sig", ";", {"email": 0}),
        (b"adress;e-post\nGatan 1;a@example.org", "utf-8-sig", ";", {"email": 1}),
        (b'"e-post","namn"\r\n"a@example.org","Berg, Anna"\r\n', "utf-8-sig", ",", {"email": 0}),
    ],
)
def test_encoding_delimiter_and_columns_are_recognised(data, encoding, delimiter, columns):
    layout = Layout.of(data)
    assert (layout.encoding, layout.delimiter, layout.columns) == (encoding, delimiter, columns)
    assert layout.has_header


def test_a_list_of_nothing_but_addresses_needs_no_heading():
    assert Layout.of(b"a@example.org\nb@example.org\n") == Layout("utf-8-sig", ";", {"email": 0}, has_header=False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n \n;;\n", "empty"),
        (b"e-post\n", "only_heading"),
        (b"namn;telefon\nAnna;1", "header"),
        (b"Anna;a@example.org\nBo;b@example.org", "header"),
        (b"PK\x03\x04" + bytes(200), "workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(200), "workbook"),
        (bytes(range(256)) * 9, "not_text"),
        (b"e-post\na\x00@example.org", "not_text"),
        (b"e-post\n\x81\x8d@example.org", "not_text"),
        (b"\xff\xfe\x00", "not_text"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(data, code):
    with pytest.raises(ValidationError) as refusal:
        Layout.of(data)
    assert refusal.value.error_list[0].code == code
    assert refusal.value.messages[0].endswith(".")


def test_each_record_comes_with_the_line_it_begins_on():
    data = b'e-post;anm\na@example.org;"tv\nrader"\n\nb@example.org;\n'
    assert list(records(data, "utf-8-sig", ";")) == [
        (1, ["e-post", "anm"]),
        (2, ["a@example.org", "tv\nrader"]),
        (5, ["b@example.org", ""]),
    ]


def test_a_cell_without_end_costs_its_line_and_not_the_file():
    data = b'e-post;anm\na@example.org;"utan slut\n' + b"x@example.org;y\n" * 20_000 + b"b@example.org;z\n"
    found = list(records(data, "utf-8-sig", ";"))
    assert found[1][0] == 2
    with pytest.raises(LineProblem) as problem:
        read(*found[1][1])
    assert problem.value.code == "quotation"
    assert found[-1] == (20_003, ["b@example.org", "z"])


def read(*cells):
    return Line.of(list(cells), {"email": 0, "frequency": 1, "language": 2}, frequency="weekly", language="sv")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["a@example.org"], ("a@example.org", "weekly", "sv")),
        ([" A.B@Example.ORG ", "", " "], ("A.B@example.org", "weekly", "sv")),
        (["a@example.org", "Varje månad", "Engelska"], ("a@example.org", "monthly", "en")),
        (["a@example.org", "each", "sv", "annat", "mer"], ("a@example.org", "each", "sv")),
        (["a+b@räksmörgås.example"], ("a+b@xn--rksmrgs-5wao1o.example", "weekly", "sv")),
        (['"odd but valid"@example.org'], ('"odd but valid"@example.org', "weekly", "sv")),
        (["'+a@example.org"], ("+a@example.org", "weekly", "sv")),
        (["'a@example.org"], ("'a@example.org", "weekly", "sv")),
    ],
)
def test_a_line_is_read_with_its_choices_or_those_of_the_whole_list(cells, says):
    line = read(*cells)
    assert (line.email, line.frequency, line.language) == says


@pytest.mark.parametrize(
    ("cells", "code", "found"),
    [
        ([""], "missing", ""),
        (["", "weekly"], "missing", ""),
        (["inte en adress"], "incomplete", "inte en adress"),
        (["<b>a</b>@example.org"], "invalid", "<b>a</b>@example.org"),
        (["x" * 10_000], "incomplete", "x" * 80),
        (["x" * 10_000 + "@example.org"], "too_long", "x" * 80),
        (["åsa@example.org"], "local_part", "åsa"),
        (["a@localhost"], "no_dot", "localhost"),
        (["a@example.org", "dagligen"], "frequency", "dagligen"),
        (["a@example.org", "", "norska"], "language", "norska"),
        (["a@example.org", "x\nb@example.org"], "quotation", "x"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(cells, code, found):
    with pytest.raises(LineProblem) as problem:
        read(*cells)
    assert (problem.value.code, problem.value.found) == (code, found)
