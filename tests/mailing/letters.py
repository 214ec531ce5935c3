"""One letter of each kind we send, with names and words that are hard to get right."""

from collections.abc import Callable
from typing import Any

import accounts.mails
import methods.mails
import newsletter.mails
import procurement_portal.mails
from accounts.models import Invitation
from labs.models import Organisation
from mailing.models import Letter
from methods.models import Review
from newsletter.models import Issue
from procurement_portal.models import Referral, StartedApplication, Tip
from procurement_portal.models.enclosures import SLOTS
from tests.labs.factories import make_goal, make_measurement
from tests.methods.factories import make_draft
from tests.newsletter.factories import make_entry, make_issue, make_method, make_subscriber
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application, make_supplier, propose

SITE = "https://innovationslabb.utvecklingsprojekt.sveriges-allmannytta-i-framtiden.example.org"
LONG = "Områdesutvecklingsöverenskommelser för stärkt trygghet & gemenskap – å, ä och ö"
ADDRESS = "anna.andersson-ostersjo+dagboken@boendeavdelningen.xn--rksmrgs-5wao1o.example"
POSTAL = "Sveriges Allmännytta, Box 474, 101 29 Stockholm"
MOST = 102_000


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
