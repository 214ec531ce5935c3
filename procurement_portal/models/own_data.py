from typing import Any

from procurement_portal.models.enclosures import Enclosure
from procurement_portal.models.timeline import SENTENCES, Told


class Exportable(Told):
    """What the applicant has told us, and we them, for their own eyes. Not what coordinators write to each other."""

    class Meta:
        abstract = True

    def export(self: Any) -> dict[str, Any]:
        """JSON-ready but for dates, which Django's encoder knows."""
        return {
            "reference": self.reference,
            "state": self.state,
            "language": self.language,
            "company": self.company,
            "organisation_number": str(self.number),
            "is_sole_trader": self.is_sole_trader,
            "categories": [category.name for category in self.categories.all()],
            "regions": self.region_codes,
            "website": self.website,
            "description": self.description,
            "contact_name": self.contact_name,
            "contact_title": self.contact_title,
            "email": self.email,
            "phone": self.phone,
            "consent": {"text": self.consent, "given_at": self.consented_at, "confirmed_at": self.confirmed_at},
            "pictures": {each.slot.name: about(each) for each in self.enclosures},
            "created_at": self.created_at,
            "events": list(
                self.events.filter(verb__in=SENTENCES).order_by("created_at", "pk").values("verb", "created_at")
            ),
            "requests_for_more_information": list(
                self.complement_requests.order_by("pk").values("messages", "note", "requested_at", "answered_at")
            ),
            "decision": {"reason": self.reason, "decided_at": self.decided_at, "letter": self._letter()},
            "page_in_the_portal": self.supplier.slug if self.supplier else None,
        }

    def _letter(self: Any) -> dict[str, str] | None:
        letter = getattr(self, "decision_letter", None)
        return {"subject": letter.subject, "body": letter.body} if letter else None


def about(enclosure: Enclosure) -> dict[str, Any]:
    picture = enclosure.picture
    return {
        "name": picture.name,
        "text_alternative": picture.alt,
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.size,
        "sha256": picture.sha256,
        "uploaded_at": picture.uploaded_at,
    }
