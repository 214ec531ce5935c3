"""Every kind of e-mail we send, as a mail server got it: read from its raw bytes, in both languages.

A new template must come with an entry in `LETTERS`; one that is on disk without it fails the first test.
"""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import translation

import accounts.mails
import methods.mails
import newsletter.mails
import procurement_portal.mails
from accounts.models import Invitation
from labs.models import Organisation
from mailing.letters import inline_css
from mailing.models import Letter
from methods.models import Review
from newsletter.models import Issue
from procurement_portal.models import Referral, StartedApplication, Tip
from procurement_portal.models.enclosures import SLOTS
from tests.labs.factories import make_goal, make_measurement
from tests.methods.factories import make_draft
from tests.newsletter.factories import make_entry, make_issue, make_method, make_subscriber
from tests.newsletter.sink import Sink
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application, make_supplier, propose

SITE = "https://innovationslabb.utvecklingsprojekt.sveriges-allmannytta-i-framtiden.example.org"
LONG = "Områdesutvecklingsöverenskommelser för stärkt trygghet & gemenskap – å, ä och ö"
ADDRESS = "anna.andersson-ostersjo+dagboken@boendeavdelningen.xn--rksmrgs-5wao1o.example"
POSTAL = "Sveriges Allmännytta, Box 474, 101 29 Stockholm"
MOST = 102_000


@pytest.fixture(autouse=True)
def surroundings(settings, disk_of_its_own):
    settings.SITE_URL = SITE
    settings.POSTAL_ADDRESS = POSTAL


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


# --- One of each kind --------------------------------------------------------------------------------------------


class Cast:
    """Who and what the letters are about, each with the longest realistic names, reading `language`."""

    def __init__(self, language: str, coordinator: Any, member: Any, lab: Any) -> None:
        self.language, self.coordinator, self.member, self.lab = language, coordinator, member, lab
        for person in (coordinator, member):
            person.name, person.language = f"Åsa-Brita Östersjö-Demo {'von Änglamark ' * 4}".strip(), language
            person.save()
        lab.name = f"{LONG}, Norrköping och Södertälje"[:120]
        lab.save()

    def measurement(self) -> Any:
        measurement = make_measurement(make_goal(self.lab, title=LONG), recorded_by=self.member)
        measurement.return_with(f"{LONG}. " * 3, by=self.coordinator)
        return measurement

    def supplier(self) -> Any:
        supplier = make_supplier(LONG, by=self.coordinator, language=self.language)
        Letter.objects.all().delete()
        return supplier

    def revision(self) -> Any:
        return make_draft(self.lab, self.member, title=LONG)

    def review(self, revision: Any) -> Review:
        review = Review.objects.create(revision=revision, reviewer=self.coordinator, verdict="changes")
        review.comments.create(section_key="effect", text=f"{LONG}. " * 5)
        review.comments.create(text=LONG)
        return review

    def application(self, state: str = "submitted") -> Any:
        application = make_application(state, by=self.coordinator, company=f"{LONG} AB", email=ADDRESS)
        application.language = self.language
        application.save()
        return application

    def subscriber(self, **fields: Any) -> Any:
        return make_subscriber(ADDRESS, language=self.language, **fields)

    def issue(self) -> Issue:
        partner = Organisation.objects.create(name=f"{LONG} <AB>"[:120], kind="company")
        picture = ready_picture(alt="Tolv grannar runt ett långt bord.", public=True)
        make_entry(LONG, lab=self.lab, picture=picture)
        make_entry(f"{LONG} again", language="en", partner=partner)
        make_method(LONG, lab=self.lab, by=self.coordinator)
        return make_issue(
            subject=f"{LONG}, {LONG}"[:150], subject_en="The longest of subjects about what happened " * 3,
            intro=f"<p>Hej!</p><ul><li>{LONG}</li></ul><p><a href='{SITE}/metoder/'>Alla metoder</a></p>",
        )  # fmt: skip


def trial(cast: Cast) -> None:
    issue = cast.issue()
    newsletter.mails.test_issue(issue, list(issue.items.public().with_sources()), to=ADDRESS, language=cast.language)


def invitation(cast: Cast) -> None:
    Invitation.objects.invite(
        ADDRESS, by=cast.coordinator, role="member", lab=cast.lab, name=LONG, language=cast.language
    )


def tip(cast: Cast) -> None:
    procurement_portal.mails.tip_received(
        Tip.objects.create(kind="other", subject=LONG, message=LONG * 5, name=LONG, email="tips@example.org")
    )


def changes(cast: Cast) -> None:
    revision = cast.revision()
    methods.mails.changes_requested(revision, cast.review(revision))


def published(cast: Cast) -> None:
    method = make_method(LONG, lab=cast.lab, by=cast.member)
    methods.mails.published(method.published)


def complement(cast: Cast) -> None:
    application = cast.application()
    application.take_up(by=cast.coordinator)
    application.request_complement(by=cast.coordinator, messages={"description": LONG * 3}, note=LONG)


def picture_rejected(cast: Cast) -> None:
    application = cast.application()
    enclosure = next(iter(application.enclosures))
    enclosure.picture.reason = "unreadable"
    procurement_portal.mails.picture_rejected(application, enclosure)


def proposal(cast: Cast, **wishes: Any) -> Any:
    change = propose(cast.supplier(), **wishes)
    Letter.objects.all().delete()
    return change


def change_decided(cast: Cast) -> None:
    change = proposal(cast, description=LONG, website="https://ny.example.org", email=f"ny.{ADDRESS}")
    change.accept(["website", "email"], by=cast.coordinator, because=f"{LONG}. " * 3)


def change_picture_rejected(cast: Cast) -> None:
    picture = ready_picture(claimed=False)
    change = proposal(cast, logo=picture)
    picture.reason = "unreadable"
    procurement_portal.mails.change_picture_rejected(change, slot=SLOTS[0], picture=picture)


def decided(cast: Cast) -> None:
    procurement_portal.mails.decided(cast.application(), subject=LONG, letter=f"Hej!\n\n{LONG * 9}\n\nVänligen")


def referral(cast: Cast) -> Referral:
    return Referral.objects.create(
        kind="supplier",
        slug=make_supplier(LONG, by=cast.coordinator).slug,
        sender=ADDRESS,
        recipient=ADDRESS,
        language=cast.language,
    )


def tip_to_colleague(cast: Cast) -> None:
    about = referral(cast)
    page = about.page
    assert page
    Letter.objects.all().delete()
    procurement_portal.mails.referral(about, page)


def confirm_tip(cast: Cast) -> None:
    about = referral(cast)
    Letter.objects.all().delete()
    procurement_portal.mails.confirm_referral(about)


def takedown_requested(cast: Cast) -> None:
    application = make_supplier(LONG, by=cast.coordinator).applications.get()
    procurement_portal.mails.takedown_requested(application)


def continuation(cast: Cast) -> None:
    procurement_portal.mails.continuation(StartedApplication(mailed_to=ADDRESS, language=cast.language))


LETTERS: dict[str, Callable[[Cast], Any]] = {
    "accounts/mail/invitation": invitation,
    "accounts/mail/no_account": lambda cast: accounts.mails.no_account(ADDRESS, language=cast.language),
    "accounts/mail/second_factor_changed": lambda cast: accounts.mails.second_factor_changed(
        cast.member, change="recovery_codes_generated"
    ),
    "accounts/mail/sign_in_code": lambda cast: accounts.mails.sign_in_code(
        ADDRESS, code="1234-5678", language=cast.language
    ),
    "labs/mail/returned": lambda cast: cast.measurement(),
    "methods/mail/changes_requested": changes,
    "methods/mail/published": published,
    "newsletter/mail/address_change": lambda cast: cast.subscriber().ask_to_move(f"ny.{ADDRESS}"),
    "newsletter/mail/address_change_needless": lambda cast: newsletter.mails.address_change_needless(cast.subscriber()),
    "newsletter/mail/address_changed": lambda cast: newsletter.mails.address_changed(
        cast.subscriber(), old_email=ADDRESS
    ),
    "newsletter/mail/already_subscribing": lambda cast: newsletter.mails.already_subscribing(cast.subscriber()),
    "newsletter/mail/confirmation": lambda cast: newsletter.mails.confirmation(
        cast.subscriber(state="pending", confirmation_token="abcdefgh12345678")
    ),
    "newsletter/mail/test": trial,
    "procurement_portal/mail/address_changed": lambda cast: procurement_portal.mails.address_changed(
        cast.supplier(), ADDRESS
    ),
    "procurement_portal/mail/assigned": lambda cast: procurement_portal.mails.assigned(
        cast.application(), to=cast.coordinator, by=cast.coordinator
    ),
    "procurement_portal/mail/change_decided": change_decided,
    "procurement_portal/mail/change_picture_rejected": change_picture_rejected,
    "procurement_portal/mail/complement_requested": complement,
    "procurement_portal/mail/confirm": lambda cast: procurement_portal.mails.confirm(cast.application("draft")),
    "procurement_portal/mail/confirm_new_address": lambda cast: procurement_portal.mails.confirm_new_address(
        proposal(cast, email=f"ny.{ADDRESS}")
    ),
    "procurement_portal/mail/confirm_referral": confirm_tip,
    "procurement_portal/mail/continuation": continuation,
    "procurement_portal/mail/decided": decided,
    "procurement_portal/mail/erased": lambda cast: procurement_portal.mails.erased(cast.application()),
    "procurement_portal/mail/listing_expired": lambda cast: procurement_portal.mails.listing_expired(cast.supplier()),
    "procurement_portal/mail/listing_link": lambda cast: procurement_portal.mails.listing_link(cast.supplier()),
    "procurement_portal/mail/new_link": lambda cast: procurement_portal.mails.new_link(cast.application()),
    "procurement_portal/mail/picture_rejected": picture_rejected,
    "procurement_portal/mail/referral": tip_to_colleague,
    "procurement_portal/mail/renewal_due": lambda cast: procurement_portal.mails.renewal_due(cast.supplier()),
    "procurement_portal/mail/takedown_requested": takedown_requested,
    "procurement_portal/mail/tip_received": tip,
    "procurement_portal/mail/withdrawn": lambda cast: procurement_portal.mails.withdrawn(cast.application()),
}
# Not letters of the outbox: it goes out through the newsletter's own engine.
ISSUE = "newsletter/mail/issue"


# --- Reading bytes -------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a mail's HTML holds; fails on a tag that closes nothing."""

    EMPTY = {"meta", "img", "br", "hr", "link", "input"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.fetched: list[str] = []
        self.language: str | None = None
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "html":
            self.language = named["lang"]
        if tag == "a":
            self.links.append(named["href"] or "")
        if tag == "img":
            self.images.append(named)
        assert tag not in {"script", "iframe", "object", "embed", "form", "link", "base", "video", "audio", "svg"}, tag
        self.fetched += [value or "" for name, value in attrs if name in {"src", "background", "poster", "srcset"}]
        assert not [name for name in named if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def head_of(raw: bytes) -> list[str]:
    """The lines of the header as they stand."""
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def header(raw: bytes, name: str) -> str:
    """One header's value, unfolded as RFC 5322 says and not decoded."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", "\r\n".join(head_of(raw)))
    found = re.findall(rf"^{name}:[ \t]*(.*)$", unfolded.replace("\r\n", "\n"), flags=re.M | re.I)
    assert len(found) == 1, (name, found)
    return str(found[0])


def check(raw: bytes, *, to: str, subject: str, language: str) -> tuple[str, Page]:
    """All that holds for every kind of mail. Returns the text and the page for more."""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii() or max(map(len, raw.split(b"\r\n"))) <= 998
    check_lines(raw)
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)  # type: ignore[assignment]
    assert not message.defects
    assert message["Subject"] == subject
    assert header(raw, "To") == to
    assert header(raw, "From").endswith("<innovationslabb@example.org>")
    assert message["From"].addresses[0].display_name == "Allmännyttans innovationslabb"
    assert re.fullmatch(r"<[^<>@\s]+@example\.org>", header(raw, "Message-ID"))
    assert message["Date"].datetime
    assert header(raw, "MIME-Version") == "1.0"
    assert header(raw, "Content-Language") == language
    assert header(raw, "Auto-Submitted") == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert not any(part.defects for part in parts)
    text, html = (part.get_content() for part in parts)
    assert len(html.encode()) < MOST
    page = Page(html)
    assert page.language == language
    check_words(text, html, page)
    check_addresses(text, html, page)
    return text, page


def check_lines(raw: bytes) -> None:
    for line in head_of(raw):
        name, colon, value = line.partition(":")
        if colon and not line[:1].isspace():
            begun = name.lower()
            assert value.strip(), f"nothing on the first line of {name}"
        # Some mail programs do not unfold these, and an address or id must never be broken.
        may_be_long = begun in {"message-id", "to", "reply-to"} or begun.startswith("list-")
        assert len(line) <= (998 if may_be_long else 78), line


def check_words(text: str, html: str, page: Page) -> None:
    for words in (text, page.text):
        assert len(words.split()) > 15
        assert POSTAL in " ".join(words.split())
        assert "innovationslabb@example.org" in words
    for part in (text, html):
        assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#|%\(\w+\)s", part)
        assert "None" not in part
    assert "<" not in re.sub(r"<AB>|<https?://[^<>\s]+>", "", text)
    assert "&amp;" not in text
    assert not re.search(r"\n\n\n", text.replace("\r\n", "\n"))


def check_addresses(text: str, html: str, page: Page) -> None:
    assert "recipient.invalid" not in text + html
    for link in page.links:
        assert link.startswith((f"{SITE}/", "mailto:")) or link == SITE, link
    for address in re.findall(r"https?://[^\s<>]+", text):
        assert address.startswith(SITE), address
    for address in page.fetched:
        assert address.startswith(f"{SITE}/"), address
    for image in page.images:
        assert int(image["width"] or 0) > 16
        assert int(image["height"] or 0) > 16
        assert image["alt"] is not None
    assert not re.search(r"url\(|@import|@font-face", html)
    assert not re.search(r"[?&](?:utm_|mc_|fbclid|gclid|_hs|track|open|pixel)", html + text, flags=re.I)


# --- The tests -----------------------------------------------------------------------------------------------------


def on_disk() -> dict[str, set[str]]:
    """What there is of each kind of mail: {"labs/mail/returned": {".subject.txt", ".txt", ".html"}}."""
    root = Path(project.BASE_DIR) / "templates"
    kinds: dict[str, set[str]] = {}
    for path in root.glob("**/mail/*"):
        name = str(path.relative_to(root))
        # Parts of mails begin with a line; a coordinator's letter about a decision is only words to begin from.
        if not path.name.startswith("_") and not name.endswith(".letter.txt"):
            stem, dot, kind = name.partition(".")
            kinds.setdefault(stem, set()).add(dot + kind)
    return kinds


def test_every_kind_of_mail_on_disk_is_read_here():
    kinds = on_disk()
    assert sorted(kinds) == sorted([*LETTERS, ISSUE])
    for name, files in kinds.items():
        assert files == ({".txt", ".html"} if name == ISSUE else {".subject.txt", ".txt", ".html"}), name


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_is_right_to_the_byte(kind, language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    Letter.objects.all().delete()
    LETTERS[kind](cast)
    letter = Letter.objects.latest("pk")
    Letter.objects.claim(letter.pk).deliver()
    letter.refresh_from_db()
    assert letter.state == "sent", letter.last_error
    (recipient, raw), = sink.raw  # fmt: skip
    assert recipient == letter.to
    text, page = check(raw, to=letter.to, subject=letter.subject, language=language)
    assert header(raw, "X-Auto-Response-Suppress") == "All"
    assert header(raw, "Message-ID") == letter.message_id
    if reply_to := letter.headers.get("Reply-To"):
        assert header(raw, "Reply-To") == reply_to
    addresses = set(re.findall(rf"{re.escape(SITE)}/[^\s<>]+", text))
    assert addresses <= set(page.links), "the text leads where the page does not"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_an_issue_is_right_to_the_byte(language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    reader = cast.subscriber()
    issue = cast.issue()
    issue.send(by=coordinator, audience=1)
    (recipient, raw), = sink.raw  # fmt: skip
    assert recipient == reader.email
    subject = " ".join(issue.subject_in(language).split())
    text, page = check(raw, to=ADDRESS, subject=subject, language=language)
    for address in (reader.preferences_url, reader.unsubscribe_url, SITE + in_language(language, issue)):
        assert address in text
        assert address in page.links
    assert page.links[1] == SITE + in_language(language, issue), "read in the browser comes first, after the sender"
    assert len(page.images) == 1
    marks = re.findall(r"Partnertext från|Partner article from", text)
    assert len(marks) == len(re.findall(r"Partnertext från|Partner article from", page.text)) == 1


def in_language(language: str, issue: Issue) -> str:
    with translation.override(language):
        return issue.get_absolute_url()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_headers_of_a_list_are_right_to_the_byte(language, sink, coordinator, lab_member, lab):
    cast = Cast(language, coordinator, lab_member, lab)
    reader = cast.subscriber()
    cast.issue().send(by=coordinator, audience=1)
    raw = sink.raw[0][1]
    mailto = re.fullmatch(r"<(https://[^<>\s]+)>, <(mailto:[^<>\s]+)>", header(raw, "List-Unsubscribe"))
    assert mailto, header(raw, "List-Unsubscribe")
    assert mailto[1] == reader.unsubscribe_url
    assert re.fullmatch(rf"mailto:[^@?\s]+@example\.org\?subject=unsubscribe%20{reader.token}", mailto[2])
    # In one piece, as mail programs look for it that unfold nothing.
    assert any(line.startswith(f"List-Unsubscribe: <{reader.unsubscribe_url}>") for line in head_of(raw))
    assert header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"(?:[^<>]+ )?<diary\.example\.org>", header(raw, "List-Id"))
    assert header(raw, "List-Help") == "<mailto:innovationslabb@example.org>"
    with translation.override(language):
        assert header(raw, "List-Archive") == f"<{SITE}{reverse('newsletter:archive')}>"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive", "Message-ID"):
        assert "=?" not in header(raw, name), name


@pytest.mark.django_db
def test_a_test_is_the_very_mail_but_for_its_subject_and_the_personal_links(coordinator, lab_member, lab):
    from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, render

    issue = Cast("sv", coordinator, lab_member, lab).issue()
    items = list(issue.items.public().with_sources())[:1]
    newsletter.mails.test_issue(issue, items, to=ADDRESS, language="sv")
    letter, words = Letter.objects.latest("pk"), render(issue, items, "sv")
    page = f"{SITE}/nyhetsbrev/"
    assert letter.subject == f"Prov: {words.subject}"
    assert letter.text == words.text.replace(PREFERENCES, page).replace(UNSUBSCRIBE, page)
    assert letter.html == inline_css(words.html.replace(PREFERENCES, page).replace(UNSUBSCRIBE, page))
