"""E-mail addresses as we keep them: the domain in lower-case ASCII, the part before the @ exactly as given."""

import re
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

# A part before the @ in quotation marks, as RFC 5321 has it, with the signs that no program on the way reads otherwise.
QUOTED = re.compile(r'"([A-Za-z0-9 !#$%&\'*+/^_`{|}~.,;:@-]+)"')
PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
ENCODED = re.compile(r"=\?.*\?=")
MOST_LOCAL, MOST = 64, 254

# What is wrong with an address, by code. `found` is the address or the part that is meant, cut to 80 characters.
SENTENCES: dict[str, Any] = {
    "incomplete": _("“%(found)s” is not an e-mail address. It needs a name, an @ and a domain, like name@example.org."),
    "invalid": _("“%(found)s” is not an e-mail address. It needs a name, an @ and a domain, like name@example.org."),
    "local_part": _(
        "Our mail server cannot deliver to “%(found)s@…”: before the @ it needs letters a–z, digits and signs."
    ),
    "quotes": _("Between the quotation marks in “%(found)s” there are signs that mail servers do not agree about."),
    "number": _("“%(found)s” is the number of a computer. After the @ we need a domain, like example.org."),
    "no_dot": _("“%(found)s” is not a domain that mail can be sent to. It needs a dot, like example.org."),
    "too_long": _("The address is longer than e-mail allows."),
}


def normalised(address: str) -> str:
    """The address in the form we store and send to. Plus-addresses are kept; they are the owner's choice.

    Raises ValidationError with a sentence that says what was found; its `code` is one of SENTENCES.
    """
    address = address.strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise _refusal("incomplete", address)
    return f"{_checked_local(local, address)}@{_checked_domain(domain, len(local), address)}"


def _checked_local(local: str, address: str) -> str:
    if not local.isascii():
        raise _refusal("local_part", local)
    if len(local) > MOST_LOCAL:
        raise _refusal("too_long", local)
    if local.startswith('"') and local.endswith('"'):
        quoted = QUOTED.fullmatch(local)
        if quoted is None:
            raise _refusal("quotes", local)
        # Quotation marks that are not needed are no part of the address: "anna"@… and anna@… are one mailbox.
        return quoted[1] if PLAIN.fullmatch(quoted[1]) else local
    # What looks like an encoded word would be decoded on its way into a header, and be another address.
    if not PLAIN.fullmatch(local) or ENCODED.search(local):
        raise _refusal("invalid", address)
    return local


def _checked_domain(domain: str, local_length: int, address: str) -> str:
    if domain.startswith("["):
        raise _refusal("number", domain)
    try:
        ascii_domain = _ascii(domain.removesuffix("."))
        # Without the part before the @, which has been looked at: Django takes more in quotation marks than we do.
        validate_email(f"name@{ascii_domain}")
    except (UnicodeError, ValidationError) as error:
        raise _refusal("no_dot" if PLAIN.fullmatch(domain) and "." not in domain else "invalid", address) from error
    if "." not in ascii_domain:
        raise _refusal("no_dot", domain)
    if local_length + 1 + len(ascii_domain) > MOST:
        raise _refusal("too_long", address)
    return ascii_domain


def _ascii(domain: str) -> str:
    """The domain as it stands in DNS. Raises UnicodeError (idna's errors are its kind too)."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        # The rules of today know no ☕.example, but there are such domains and they take mail.
        return domain.encode("idna").decode("ascii").lower()


def _refusal(code: str, found: str) -> ValidationError:
    return ValidationError(SENTENCES[code], code=code, params={"found": found[:80]})


@lru_cache(maxsize=8)
def bare(sender: str) -> str:
    """The address alone of a sender like `Innovationslabbet <labb@example.org>`, its domain in ASCII: what goes into
    envelopes and headers byte by byte."""
    local, at, domain = parseaddr(sender)[1].rpartition("@")
    return f"{local}{at}{punycode(domain)}"


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


def searchable(words: str) -> list[str]:
    """What to look for among kept addresses when a person writes `words`: as written, and as the domain is kept."""
    start, at, domain = words.strip().rpartition("@")
    try:
        kept = f"{start}{at}{_ascii(domain)}" if domain and not domain.isascii() else ""
    except UnicodeError:
        kept = ""
    return [each for each in {words.strip(), kept} if each]


def mark_of(address: str) -> str:
    """What an erased address leaves behind: enough to know it again in an old list, not enough to find out what it was.

    Keyed with SECRET_KEY; after that is changed, earlier marks are no longer known again.
    """
    return salted_hmac("newsletter.erased", address.lower(), algorithm="sha256").hexdigest()
