"""What a listing says, field by field: under the names of the form's fields, in its order."""

from typing import Any

from procurement_portal.models.enclosures import SLOT_NAMES
from procurement_portal.models.region import REGIONS

FIELDS = [
    "company", "categories", "regions", "website", "description", "logo", "picture",
    "contact_name", "contact_title", "contact_picture", "phone", "email",
]  # fmt: skip
WORDS = [field for field in FIELDS if field not in SLOT_NAMES]
# Of a person, who has to agree to it.
ABOUT_THE_CONTACT = ["contact_name", "contact_title", "contact_picture", "phone", "email"]
COLUMNS = {"company": "name", "regions": "region_codes"}


def column(field: str) -> str:
    """The column of a listing that holds a field."""
    return COLUMNS.get(field, field)


def in_order(fields: Any) -> list[str]:
    """Those of `fields` that there are, in the order of the form."""
    return [field for field in FIELDS if field in fields]


def in_words(field: str, value: Any, categories: dict[str, str]) -> Any:
    """A value as it is read: categories (slug → name) and regions by name, the rest as it stands."""
    if field == "categories":
        return ", ".join(name for slug, name in categories.items() if slug in value)
    if field == "regions":
        return ", ".join(str(name) for code, name in REGIONS if code in value)
    return value
