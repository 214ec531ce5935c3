"""Every e-mail the portal sends, one function each. All of them go through the outbox, in the caller's transaction."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation

from accounts.models import User
from mailing.letters import absolute, compose, post
from mailing.models import Letter

if TYPE_CHECKING:
    from pictures.models import Picture
    from procurement_portal.models.change_request import ChangeRequest
    from procurement_portal.models.complement_request import ComplementRequest
    from procurement_portal.models.continuation import Continuable
    from procurement_portal.models.enclosures import Enclosure, Slot
    from procurement_portal.models.link import Followable
    from procurement_portal.models.new_address import AddressConfirmable
    from procurement_portal.models.referral import Referral
    from procurement_portal.models.supplier import Supplier
    from procurement_portal.models.tip import Tip
    from procurement_portal.models.tipped_page import TippedPage


def confirm(application: "Followable") -> None:
    """Ask the applicant to confirm the address; until then the application is not sent in."""
    _to_applicant("confirm", application)


def continuation(started: "Continuable") -> None:
    """The way back to an application that is being filled in. Our words only: nobody has confirmed the address."""
    with translation.override(started.language):
        url = absolute(started.get_continuation_url())
    post(
        template="procurement_portal/mail/continuation",
        to=started.mailed_to,
        language=started.language,
        context={"url": url},
    )


def new_link(application: "Followable") -> None:
    """A fresh link to the application, asked for on the page for it."""
    _to_applicant("new_link", application)


def complement_requested(application: "Followable", request: "ComplementRequest") -> None:
    """What the coordinators ask to have mended, field by field."""
    from procurement_portal.fields import field_labels

    with translation.override(application.language):
        labels = field_labels()
        asked = [(str(labels[name]), message) for name, message in request.messages.items() if name in labels]
    _to_applicant("complement_requested", application, note=request.note, asked=asked)


def decided(application: "Followable", *, subject: str, letter: str) -> None:
    """The decision, in the words that a coordinator has looked through. `letter` is plain text."""
    _to_applicant("decided", application, heading=subject, letter=letter)


def decided_as_shown(application: "Followable", *, subject: str, letter: str) -> Letter:
    """The same, unsent, for whoever decides. The applicant's link, which is theirs alone, is left out of it."""
    with translation.override(application.language):
        url = absolute(reverse("procurement_portal:status", args=["LINK"])).replace("LINK", "…")
    return compose(
        template="procurement_portal/mail/decided",
        to=application.email,
        language=application.language,
        context={"application": application, "url": url, "heading": subject, "letter": letter},
    )


def picture_rejected(application: "Followable", enclosure: "Enclosure") -> None:
    """A picture passed the first look but could not be processed: a link to replace that picture only."""
    with translation.override(application.language):
        path = reverse("procurement_portal:picture", args=[application.link_token, enclosure.slot.name])
        label = str(enclosure.slot.label)
        reason = enclosure.picture.reason_sentence
    _to_applicant("picture_rejected", application, picture_url=absolute(path), label=label, reason=reason)


def withdrawn(application: "Followable") -> None:
    """A receipt: if somebody else did it, the applicant gets to know."""
    _to_applicant("withdrawn", application)


def erased(application: "Followable") -> None:
    """A receipt of the erasure, the last thing we write. Names only the reference: the letter is kept for some days."""
    post(
        template="procurement_portal/mail/erased",
        to=application.email,
        language=application.language,
        context={"reference": application.reference},
    )


def takedown_requested(application: "Followable") -> None:
    """Tell each coordinator that a company wants its listing taken down."""
    page: Any = application.supplier
    _to_coordinators("takedown_requested", page, reply_to=application.email, application=application)


def assigned(application: "Followable", *, to: User, by: User) -> None:
    """Tell a coordinator that a colleague has given them an application to review."""
    with translation.override(to.language):
        url = absolute(reverse("procurement_portal:application", args=[application.pk]))
    post(
        template="procurement_portal/mail/assigned",
        to=to.email,
        language=to.language,
        context={"application": application, "url": url, "recipient": to, "by": by},
    )


def tip_received(tip: "Tip") -> None:
    """Tell each coordinator, and nobody else, that there is a tip to read."""
    _to_coordinators("tip_received", tip, reply_to=tip.email or None, tip=tip)


def confirm_referral(referral: "Referral") -> Letter:
    """Ask whoever wants to tip a colleague whether it was they; nothing goes to the colleague before."""
    with translation.override(referral.language):
        url = absolute(referral.get_confirmation_url())
        page = referral.page
    return _about_referral("confirm_referral", referral, to=referral.sender, url=url, page=page)


def referral(referral: "Referral", page: "TippedPage") -> Letter:
    """The tip itself: in our own words, since nobody may have us mail theirs to a stranger."""
    return _about_referral(
        "referral", referral, to=referral.recipient, url=page.url, page=page, reply_to=referral.sender
    )


def renewal_due(supplier: "Supplier") -> None:
    """The listing's time is soon up: a link to a page with a button."""
    _to_supplier("renewal_due", supplier)


def listing_expired(supplier: "Supplier") -> None:
    """The listing's time is up and it is hidden; the same link brings it back."""
    _to_supplier("listing_expired", supplier)


def listing_link(supplier: "Supplier") -> None:
    """A fresh link to the company's own page, asked for on the page for it."""
    _to_supplier("listing_link", supplier)


def change_decided(change: "ChangeRequest") -> None:
    """What became of a proposed change, and why not all of it."""
    from procurement_portal.fields import field_labels

    with translation.override(change.supplier.language):
        labels = field_labels()
        accepted = [str(labels[field]) for field in change.accepted_fields]
        left_out = [str(labels[field]) for field in change.left_out]
    _to_supplier("change_decided", change.supplier, change=change, accepted=accepted, left_out=left_out)


def change_picture_rejected(change: "ChangeRequest", *, slot: "Slot", picture: "Picture") -> None:
    """A proposed picture passed the first look but could not be processed: a link to propose another."""
    with translation.override(change.supplier.language):
        label, reason = str(slot.label), picture.reason_sentence
    _to_supplier("change_picture_rejected", change.supplier, label=label, reason=reason)


def confirm_new_address(change: "AddressConfirmable") -> None:
    """Ask the owner of a proposed address whether it is theirs; until then it is used for nothing else."""
    supplier = change.supplier
    with translation.override(supplier.language):
        url = absolute(change.get_confirmation_url())
    _about_supplier("confirm_new_address", supplier, to=change.new_email, url=url)


def address_changed(supplier: "Supplier", former: str) -> None:
    """Tell the former address: if somebody else did it, the company gets to know."""
    _about_supplier("address_changed", supplier, to=former)


def _to_coordinators(name: str, page: "Supplier | Tip", *, reply_to: str | None, **context: Any) -> None:
    """To each of them in their own language, with a link to the page."""
    for coordinator in User.objects.active().coordinators().order_by("pk"):
        with translation.override(coordinator.language):
            url = absolute(page.get_absolute_url())
        post(
            template=f"procurement_portal/mail/{name}",
            to=coordinator.email,
            language=coordinator.language,
            context={"url": url, "recipient": coordinator, **context},
            reply_to=reply_to,
        )


def _to_supplier(name: str, supplier: "Supplier", **context: Any) -> None:
    with translation.override(supplier.language):
        url = absolute(supplier.get_renewal_url())
    _about_supplier(name, supplier, to=supplier.email, url=url, **context)


def _about_supplier(name: str, supplier: "Supplier", *, to: str, **context: Any) -> None:
    post(
        template=f"procurement_portal/mail/{name}",
        to=to,
        language=supplier.language,
        context={"supplier": supplier, **context},
    )


def _about_referral(name: str, referral: "Referral", *, to: str, reply_to: str | None = None, **context: Any) -> Letter:
    from procurement_portal.models.no_more_tips import NoMoreTips

    with translation.override(referral.language):
        no_more_url = absolute(reverse("procurement_portal:no_more_tips", args=[NoMoreTips.token_for(to)]))
    return post(
        template=f"procurement_portal/mail/{name}",
        to=to,
        language=referral.language,
        context={"referral": referral, "no_more_url": no_more_url, **context},
        reply_to=reply_to,
    )


def _to_applicant(name: str, application: "Followable", **context: Any) -> None:
    with translation.override(application.language):
        url = absolute(application.get_status_url())
    post(
        template=f"procurement_portal/mail/{name}",
        to=application.email,
        language=application.language,
        context={"application": application, "url": url, **context},
    )
