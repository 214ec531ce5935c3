"""Swedish organisation numbers, read the way people write them."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum import luhn
from stdnum.exceptions import ValidationError as NumberError
from stdnum.se import orgnr, personnummer

# “16” is put before a legal person's number and the century before a sole trader's in twelve-digit systems.
TWELVE_DIGITS = re.compile(r"(?:16|18|19|20)(\d{10})")


class OrganisationNumberError(ValueError):
    """The message is a translated sentence: what was found and what is needed."""


@dataclass(frozen=True)
class OrganisationNumber:
    digits: str
    """Ten digits without a dash."""

    @classmethod
    def read(cls, written: str) -> "OrganisationNumber":
        """Take `556016-0680`, `5560160680`, `16 556016-0680` or a sole trader's `850709-9805`.

        Raises OrganisationNumberError with a sentence for the person who wrote it.
        """
        compact = re.sub(r"[+–−]", "", orgnr.compact(written))
        if not re.fullmatch(r"[0-9]+", compact):
            raise OrganisationNumberError(
                _(
                    "“%(found)s” has something other than digits in it. "
                    "An organisation number is ten digits, like 556016-0680."
                )
                % {"found": written.strip()[:40]}
            )
        if twelve := TWELVE_DIGITS.fullmatch(compact):
            compact = twelve[1]
        if len(compact) != 10:
            raise OrganisationNumberError(
                _("You wrote %(count)d digits. An organisation number is ten digits, like 556016-0680.")
                % {"count": len(compact)}
            )
        if not luhn.is_valid(compact):
            raise OrganisationNumberError(
                _(
                    "%(found)s is not an organisation number: its last digit does not match the others. "
                    "Check for a slip of the finger."
                )
                % {"found": orgnr.format(compact)}
            )
        number = cls(compact)
        if number.is_sole_trader and not number._is_a_birth_date():
            raise OrganisationNumberError(
                _(
                    "%(found)s is neither a company’s number (its third digit is 2 or more) "
                    "nor a sole trader’s (which begins with a date of birth)."
                )
                % {"found": orgnr.format(compact)}
            )
        return number

    @property
    def is_sole_trader(self) -> bool:
        """Whether the number is a person's own, and so personal data. A legal person's third digit is 2 or more."""
        return self.digits[2] in "01"

    def _is_a_birth_date(self) -> bool:
        # A coordination number has 60 added to the day.
        day = int(self.digits[4:6])
        date = self.digits[:4] + f"{day - 60 if day > 60 else day:02d}"
        try:
            personnummer.get_birth_date(date + self.digits[6:])
        except NumberError:
            return False
        return True

    def __str__(self) -> str:
        return str(orgnr.format(self.digits))

    @property
    def masked(self) -> str:
        """For lists: a sole trader's last four digits are left out."""
        return f"{self.digits[:6]}-••••" if self.is_sole_trader else str(self)
