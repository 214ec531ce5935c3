"""Where a supplier works: Sweden's 21 counties, or all of the country."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

# Names without “län”, the same in both languages, in Swedish order.
COUNTIES = [
    "Blekinge", "Dalarna", "Gotland", "Gävleborg", "Halland", "Jämtland", "Jönköping", "Kalmar", "Kronoberg",
    "Norrbotten", "Skåne", "Stockholm", "Södermanland", "Uppsala", "Värmland", "Västerbotten", "Västernorrland",
    "Västmanland", "Västra Götaland", "Örebro", "Östergötland",
]  # fmt: skip
WHOLE_COUNTRY = "hela-landet"
REGIONS: list[tuple[str, Any]] = [
    (WHOLE_COUNTRY, _("All of Sweden")),
    *((slugify(county), county) for county in COUNTIES),
]
CODES = [code for code, _name in REGIONS]


def reaching(codes: list[str]) -> list[str]:
    """The codes under which somebody who works in one of `codes` is kept: whoever works everywhere works there too."""
    return [*codes, WHOLE_COUNTRY]


def named(word: str) -> list[str]:
    """The codes of the regions with that word in their name."""
    return [code for code, name in REGIONS if word.lower() in str(name).lower()]


class Regional(models.Model):
    """Has the regions it works in; none where nobody has been asked yet."""

    region_codes = ArrayField(
        models.CharField(max_length=20, choices=REGIONS), default=list, blank=True, verbose_name=_("regions")
    )

    class Meta:
        abstract = True

    @property
    def regions(self) -> str:
        """Their names, in the reader's language: “Gotland, Skåne”."""
        return ", ".join(str(name) for code, name in REGIONS if code in self.region_codes)
