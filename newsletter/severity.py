"""Tells an address that does not exist from a mailbox that is full, and both from servers that do not like our mail."""

import re

HARD, SOFT, OTHER = "hard", "soft", "other"

ENHANCED = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\d|\.\d)")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s-])")

# In words, for servers that say no more than “550”.
FULL = re.compile(
    r"mailbox (is )?full|over ?quota|quota exceeded|exceeded .{0,30}(quota|storage)|inbox (is |was )?full", re.I
)
ABOUT_US = re.compile(
    r"\bspam\b|block(ed|list)|black ?list|reputation|\bpolic(y|ies)\b|\bdmarc\b|\bspf\b|\bdkim\b|\bdnsbl\b|\brbl\b"
    r"|too (large|big)|size limit|rate limit|\brelay(ing|ed)?\b(?!@)|\bauthent"
    r"|\bsender\b[^@]{0,40}\b(rejected|verif|denied)",
    re.I,
)

# Status codes of RFC 3463 and what the large providers add to them. The longest match counts.
KINDS = {
    "5.0": SOFT,
    "5.1": HARD,
    "5.1.7": OTHER,  # our sender's address
    "5.1.8": OTHER,
    "5.1.9": OTHER,
    "5.2": SOFT,
    "5.2.1": HARD,  # disabled for good
    "5.2.2": SOFT,  # full, which passes
    "5.2.3": OTHER,  # mail too large
    "5.3": SOFT,
    "5.3.4": OTHER,
    "5.4": SOFT,
    "5.4.1": HARD,  # Microsoft: no such address
    "5.4.4": HARD,  # no such domain
    "5.4.310": HARD,
    "5.5": OTHER,
    "5.6": OTHER,
    "5.7": OTHER,
    "4": SOFT,
    "4.7": OTHER,
}


def kind_of(status: str, diagnostic: str, *, permanent: bool = True) -> str:
    """The kind of a failure: what its status code says, else the one in the server's words, else the words."""
    code = _specific(status) or _specific(diagnostic)
    if code:
        klass, subject, detail = code
        for prefix in (f"{klass}.{subject}.{detail}", f"{klass}.{subject}", klass):
            if prefix in KINDS:
                return KINDS[prefix]
    if FULL.search(diagnostic):
        return SOFT
    if ABOUT_US.search(diagnostic):
        return OTHER
    return HARD if permanent and not _is_temporary(status, diagnostic) else SOFT


def _specific(text: str) -> tuple[str, str, str] | None:
    """The first status code in the text that says more than “no”."""
    for klass, subject, detail in ENHANCED.findall(text):
        if klass != "2" and (subject, detail) != ("0", "0"):
            return klass, subject, detail
    return None


def _is_temporary(status: str, diagnostic: str) -> bool:
    if ENHANCED.match(status.strip()):
        return status.strip().startswith("4")
    reply = REPLY.search(f"{diagnostic} ")
    return bool(reply and reply[1].startswith("4"))
