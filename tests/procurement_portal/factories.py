import itertools
import time
import uuid
from typing import Any
from unittest import mock

from stdnum import luhn

from accounts.models import User
from antispam.tickets import new_ticket
from procurement_portal.models import Application, Category, ChangeRequest, Supplier
from procurement_portal.organisation_number import OrganisationNumber
from tests.pictures.factories import png_bytes, ready_picture, upload

numbers = itertools.count(1)
LETTER = {"subject": "Beslut", "letter": "Hej!\n\nHär är beslutet."}
SOLE_TRADER = "8507099805"


def organisation_number(serial: int) -> str:
    """A legal person's number that no other factory call has got."""
    nine = f"5599{serial:05d}"
    return nine + luhn.calc_check_digit(nine)


def enclosures(**options: Any) -> dict[str, Any]:
    return {name: ready_picture(claimed=False, **options) for name in ("logo", "picture", "contact_picture")}


def make_application(state: str = "draft", *, by: User | None = None, **fields: Any) -> Application:
    """An application brought to a state by its own verbs; `by` is the coordinator who does what coordinators do."""
    serial = next(numbers)
    values = {
        "form_key": uuid.uuid4(),
        "categories": Category.objects.filter(slug="trygghet"),
        "company": f"Provföretaget {serial} AB",
        "organisation_number": organisation_number(serial),
        "region_codes": ["skane"],
        "website": "https://provforetaget.example.org",
        "description": "Vi lyser upp gårdar.",
        "contact_name": "Demo Kontakt",
        "contact_title": "Försäljare",
        "email": f"foretag{serial}@example.org",
        "phone": "+46701740605",
        "consent": "Vi samtycker.",
        **fields,
    }
    application, _is_new = Application.receive(**{**enclosures(), **values})
    if state == "draft":
        return application
    application.confirm()
    if state == "submitted":
        return application
    if state == "withdrawn":
        application.withdraw()
        return application
    application.take_up(by=by)
    if state == "complement_requested":
        application.request_complement(by=by, messages={"description": "Berätta för vem."}, note="Nästan klart.")
    elif state == "approved":
        application.approve(by=by, because="Passar väl.", **LETTER)
    elif state == "rejected":
        application.reject(by=by, because="Passar inte.", **LETTER)
    return application


def make_supplier(name: str = "Provföretaget AB", *, by: User, **fields: Any) -> Supplier:
    supplier = make_application("approved", by=by, company=name, **fields).supplier
    assert supplier is not None
    return supplier


def ticket(age: int = 60) -> str:
    """A form's ticket as it is after so many seconds."""
    with mock.patch("django.core.signing.time.time", return_value=time.time() - age):
        return new_ticket()


def form_data(**changes: Any) -> dict[str, Any]:
    """What a browser sends with a complete application. A value of None leaves the field out."""
    data = {
        "ticket": ticket(),
        "nickname": "",
        "company": "Ljusgården AB",
        "organisation_number": str(OrganisationNumber(organisation_number(next(numbers)))),
        "categories": [category.pk for category in Category.objects.filter(slug="trygghet")],
        "regions": ["skane"],
        "website": "ljusgarden.example.org",
        "description": "Vi lyser upp gårdar.",
        "logo": upload(png_bytes(200, 100), "logotyp.png"),
        "picture": upload(png_bytes(540, 300), "bild.png"),
        "contact_picture": upload(png_bytes(200, 250), "kontakt.png"),
        "contact_name": "Åsa Demo",
        "contact_title": "Säljare",
        "phone": "070-174 06 05",
        "email": "asa@example.org",
        "consent": "on",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def mend_data(application: Application, **changes: Any) -> dict[str, Any]:
    """What a browser sends when an applicant mends an application: what it says, its pictures kept."""
    request = application.open_complement_request
    data = {
        "answers": request.pk if request else "",
        "company": application.company,
        "organisation_number": str(application.number),
        "categories": [category.pk for category in application.categories.all()],
        "regions": application.region_codes,
        "website": application.website,
        "description": application.description,
        "contact_name": application.contact_name,
        "contact_title": application.contact_title,
        "phone": "070-174 06 05",
        **{f"{each.slot.name}-saved": str(each.picture.pk) for each in application.enclosures},
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def change_data(supplier: Supplier, **changes: Any) -> dict[str, Any]:
    """What a browser sends when a listed company proposes a change: what its page says, its pictures kept."""
    data = {
        "ticket": ticket(),
        "nickname": "",
        "company": supplier.name,
        "categories": [category.pk for category in supplier.categories.all()],
        "regions": supplier.region_codes,
        "website": supplier.website,
        "description": supplier.description,
        "contact_name": supplier.contact_name,
        "contact_title": supplier.contact_title,
        "phone": "070-174 06 05",
        "email": supplier.email,
        **{f"{each.slot.name}-saved": str(each.picture.pk) for each in supplier.enclosures},
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def propose(supplier: Supplier, **wishes: Any) -> ChangeRequest:
    """A proposal from the company; by default another description."""
    return supplier.propose(form_key=uuid.uuid4(), **(wishes or {"description": "Vi lyser upp parker."}))


def reject_picture(picture: Any, reason: str = "unreadable") -> None:
    """Let the processing give a picture up, as the worker does."""
    type(picture).objects.filter(pk=picture.pk).update(state="checking", renditions=[])
    picture.refresh_from_db()
    picture.reject(reason)
