"""Loads six listed suppliers and three applications on their way, through the verbs that people use."""

import uuid
from typing import Any

from demo import people, pictures
from demo.content.suppliers import SUPPLIERS
from procurement_portal.models import Application, Category, Supplier, Tip

CONSENT = "Demoinnehåll: ingen har samtyckt, för ingen finns."
# The same every time, so that loading again finds what is there.
FORM_KEYS = uuid.UUID("6f0f6c0e-5d0a-4f3e-9d5e-000000000000")


def load() -> None:
    """Send in, and decide on, the applications that are not there yet. People must be there."""
    for number, content in enumerate(SUPPLIERS, start=1):
        if not Application.objects.filter(form_key=_form_key(number)).exists():
            _apply(number, content)
    _propose_a_change()
    Tip.receive(
        form_key=_form_key(100),
        kind="supplier",
        subject="Demoföretaget Bokbussen",
        message="De läser högt på gårdarna i grannkommunen och har plats för två områden till.",
    )


def _form_key(number: int) -> uuid.UUID:
    return uuid.UUID(int=FORM_KEYS.int + number)


def _apply(number: int, content: dict[str, Any]) -> None:
    application, _is_new = Application.receive(
        form_key=_form_key(number),
        categories=Category.objects.filter(slug__in=content["categories"]),
        region_codes=content["regions"],
        company=content["company"],
        organisation_number=content["orgnr"].replace("-", ""),
        website=f"https://leverantor{number}.example.org",
        description=content["description"],
        contact_name=content["contact"],
        contact_title=content["title"],
        email=f"leverantor{number}@example.org",
        # The series 070-174 06 05 to 06 99 is set aside for fiction by the Swedish Post and Telecom Authority.
        phone=f"+467017406{number + 4:02}",
        logo=pictures.enclosure("logotype", number, content["company"]),
        picture=pictures.enclosure("neighbourhood", 60 + number),
        contact_picture=pictures.enclosure("portrait", number),
        consent=CONSENT,
    )
    application.confirm()
    if content["state"] == "submitted":
        return
    by = people.coordinator()
    application.take_up(by=by)
    if content["state"] == "approved":
        because = "Erbjudandet passar det som bostadsbolagen frågar efter."
        application.approve(by=by, because=because, **_letter(content, "Ni finns nu i Inköpsportalen.", because))
    elif content["state"] == "complement_requested":
        application.request_complement(by=by, messages={"picture": content["complement"]})
    else:
        because = content["because"]
        application.reject(by=by, because=because, **_letter(content, "Den här gången blev det nej.", because))


def _propose_a_change() -> None:
    """The fourth of them would have its page say more."""
    supplier = Supplier.objects.get(organisation_number=SUPPLIERS[3]["orgnr"].replace("-", ""))
    supplier.propose(
        form_key=_form_key(200),
        description=f"{supplier.description} Nu också med praktikplatser i tre kommuner.",
        regions=["jonkoping", "kalmar", "ostergotland"],
    )


def _letter(content: dict[str, Any], news: str, because: str) -> dict[str, Any]:
    return {
        "subject": f"Om er ansökan: {content['company']}",
        "letter": f"Hej {content['contact']}!\n\n{news}\n\n{because}",
    }
