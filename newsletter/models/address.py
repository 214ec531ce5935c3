"""E-mail addresses as we keep them: the domain in lower-case ASCII, the part before the @ exactly as given."""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _


def normalised(address: str) -> str:
    """The address in the form we store and send to. Plus-addresses are kept; they are the owner's choice.

    Raises ValidationError with a sentence that says what was found.
    """
    address = address.strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise ValidationError(
            _("“%(address)s” is not an e-mail address. It needs a name, an @ and a domain, like name@example.org."),
            code="incomplete",
            params={"address": address[:80]},
        )
    if not local.isascii():
        raise ValidationError(
            _("Our mail server cannot deliver to “%(local)s@…”: before the @ it needs letters a–z, digits and signs."),
            code="local_part",
            params={"local": local[:80]},
        )
    try:
        domain = idna.encode(domain.strip("."), uts46=True).decode("ascii").lower()
        validate_email(f"{local}@{domain}")
    except (idna.IDNAError, ValidationError, UnicodeError) as error:
        raise ValidationError(
            _("“%(address)s” is not an e-mail address. It needs a name, an @ and a domain, like name@example.org."),
            code="invalid",
            params={"address": address[:80]},
        ) from error
    if len(local) > 64 or len(local) + len(domain) + 1 > 254:
        raise ValidationError(_("The address is longer than e-mail allows."), code="too_long")
    return f"{local}@{domain}"


def readable(address: str) -> str:
    """The address as its owner writes it, with å, ä and ö in the domain."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except (idna.IDNAError, UnicodeError):
        return address


def same(one: str, other: str) -> bool:
    """Whether two spellings mean the same mailbox: capitals never tell two apart in practice."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    try:
        return normalised(address).lower()
    except ValidationError:
        return address.strip().lower()


def without_addresses(text: str) -> str:
    """The text with an ellipsis for each e-mail address: what mail servers say names people, and is kept for long."""
    return re.sub(r"[^\s<>()\[\]\";,]{1,100}@[^\s<>()\[\]\";,]{1,255}", "…", text)
