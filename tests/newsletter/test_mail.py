"""The mail itself, from the raw bytes a mail server got."""

import re

import pytest

from labs.models import Organisation
from tests.newsletter.factories import make_entry, make_issue, make_method, make_subscriber
from tests.newsletter.sink import Sink
from tests.pictures.factories import ready_picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(settings):
    settings.SITE_URL = "https://innovationslabb.example.org"
    return make_subscriber("anna+dagbok@xn--rksmrgs-5wao1o.example")


@pytest.fixture
def sent(sink, reader, lab, coordinator) -> Sink:
    partner = Organisation.objects.create(name="Demobolaget <AB>", kind="company")
    picture = ready_picture()
    picture.describe("Tolv grannar runt ett långt bord.")
    picture.publish()
    make_entry("Kaffe & bullar räckte åt alla", lab=lab, picture=picture, body="<p>.\n.En punkt först.</p>")
    make_entry("A meeting", lab=lab, language="en")
    make_entry("Gården", partner=partner)
    make_method("Språkkafé", lab=lab, by=coordinator)
    issue = make_issue(subject="Årets första möten – å, ä och ö", intro="<p>Hej <em>alla</em>!</p>")
    issue.send(by=coordinator, audience=1)
    assert len(sink.raw) == 1
    return sink


def header(sink: Sink, name: str) -> str:
    """The header's value as it stands in the bytes, unfolded."""
    head = sink.raw[0][1].partition(b"\r\n\r\n")[0].decode("ascii")
    unfolded = re.sub(r"\r\n[ \t]+", " ", head)
    found = re.findall(rf"^{name}: (.*)$", unfolded, flags=re.M | re.I)
    assert len(found) == 1, (name, found)
    return found[0].strip()


def test_leaving_by_one_click_is_in_the_bytes_exactly(sent, reader):
    url = f"https://innovationslabb.example.org/u/{reader.token}/"
    mailto = f"mailto:innovationslabb@example.org?subject=unsubscribe%20{reader.token}"
    assert header(sent, "List-Unsubscribe") == f"<{url}>, <{mailto}>"
    assert header(sent, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    # Not folded within, not encoded: the address stands in one piece.
    assert f"<{url}>".encode() in sent.raw[0][1]


def test_every_line_is_short_and_plain(sent):
    content = sent.raw[0][1]
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_headers_of_a_proper_newsletter(sent, reader):
    delivery = reader.deliveries.get()
    assert header(sent, "Message-ID") == delivery.message_id
    assert header(sent, "To") == "anna+dagbok@xn--rksmrgs-5wao1o.example"
    assert header(sent, "List-Id").endswith("<diary.example.org>")
    assert header(sent, "List-Help") == "<mailto:innovationslabb@example.org>"
    assert header(sent, "List-Archive") == "<https://innovationslabb.example.org/nyhetsbrev/arkiv/>"
    assert header(sent, "Auto-Submitted") == "auto-generated"
    assert header(sent, "Date")
    message = sent.message()
    assert message["Subject"] == "Årets första möten – å, ä och ö"
    assert "Allmännyttans innovationslabb" in message["From"]


def test_text_and_html_say_the_same(sent, reader):
    message = sent.message()
    assert message.get_content_type() == "multipart/alternative"
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    for words in ("Kaffe", "A meeting", "Gården", "Språkkafé", "en gång i veckan"):
        assert words in text
        assert words in page
    assert "Kaffe & bullar" in text
    assert "Kaffe &amp; bullar" in page
    for part in (text, page):
        assert reader.preferences_url in part
        assert reader.unsubscribe_url in part
        assert "recipient.invalid" not in part


def test_a_partner_article_is_marked_as_one(sent):
    assert "[Partnertext från Demobolaget <AB>]" in sent.message().get_body(("plain",)).get_content()
    assert "Partnertext från Demobolaget &lt;AB&gt;" in sent.message().get_body(("html",)).get_content()


def test_pictures_have_a_size_a_description_and_our_own_address(sent):
    page = sent.message().get_body(("html",)).get_content()
    images = re.findall(r"<img [^>]*>", page)
    assert len(images) == 1
    assert 'alt="Tolv grannar runt ett långt bord."' in images[0]
    assert 'src="https://innovationslabb.example.org/' in images[0]
    assert re.search(r'width="\d+"', images[0])
    assert re.search(r'height="\d+"', images[0])


def test_nothing_is_fetched_from_elsewhere_and_nothing_counts(sent):
    page = sent.message().get_body(("html",)).get_content()
    addresses = set(re.findall(r'(?:src|href|background)="(https?://[^/"]+)', page))
    assert addresses == {"https://innovationslabb.example.org"}
    assert "@import" not in page
    assert "url(" not in page


def test_content_in_another_language_is_marked_as_such(sent):
    page = sent.message().get_body(("html",)).get_content()
    assert re.search(r'<h4 [^>]*lang="en"[^>]*><a [^>]*>A meeting</a></h4>', page)


def test_it_is_small_enough_not_to_be_clipped(sent):
    assert len(sent.raw[0][1]) < 102_000


def test_an_english_reader_gets_english_around_swedish_content(sink, coordinator, lab):
    make_entry("Kaffe", lab=lab)
    make_subscriber("reader@example.org", language="en")
    make_issue(subject="På svenska", intro="<p>Bara på svenska.</p>", subject_en="").send(by=coordinator)
    page = sink.message().get_body(("html",)).get_content()
    assert '<html lang="en"' in page
    assert "From the diary" in page
    assert '<div lang="sv"><p' in page
    assert "/en/u/" in page


def test_a_subject_cannot_carry_headers(sink, coordinator, reader):
    make_entry("Rad\r\nBcc: alla@example.org")
    issue = make_issue(subject="Ett\r\nBcc: alla@example.org")
    issue.send(by=coordinator)
    assert b"\r\nBcc:" not in sink.raw[0][1].partition(b"\r\n\r\n")[0]
    assert list(sink.counts) == [reader.email]
