"""What somebody may tip a colleague about: public pages of ours, and nothing else."""

from dataclasses import dataclass
from urllib.parse import quote

from django.core.validators import slug_re
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailing.letters import absolute
from methods.models import Method
from procurement_portal.models.supplier import Supplier


class PageKind(models.TextChoices):
    PORTAL = "portal", gettext_lazy("Procurement portal")
    SUPPLIER = "supplier", gettext_lazy("supplier")
    METHOD = "method", gettext_lazy("method")


@dataclass(frozen=True)
class TippedPage:
    """A page as its link is passed on: its name, and its address in the reader's language."""

    kind: str
    slug: str
    title: str
    path: str

    @classmethod
    def find(cls, kind: str, slug: str = "") -> "TippedPage | None":
        """The page, or None when it is not public (any more)."""
        if kind == PageKind.PORTAL:
            return cls.portal()
        # From an address it may be anything, and the database takes no NUL.
        if kind not in PageKind or not slug_re.match(slug):
            return None
        pages = Supplier.objects.listed() if kind == PageKind.SUPPLIER else Method.objects.published()
        found = pages.filter(slug=slug).first()
        if found is None:
            return None
        title = found.name if isinstance(found, Supplier) else found.title
        return cls(kind, slug, title, found.get_absolute_url())

    @classmethod
    def portal(cls) -> "TippedPage":
        """The one that is always there."""
        return cls(PageKind.PORTAL, "", _("Procurement portal"), reverse("procurement_portal:home"))

    @classmethod
    def named(cls, name: str) -> "TippedPage":
        """The page with this `name`; the portal where there is none such to be seen."""
        kind, _slash, slug = name.partition("/")
        return cls.find(kind, slug) or cls.portal()

    @property
    def name(self) -> str:
        """For an address of ours that leads back to it: `method/bosparring`."""
        return f"{self.kind}/{self.slug}"

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def mailto(self) -> str:
        """Opens a letter in the reader's own mail program: of what is written there, and to whom, we know nothing."""
        subject = _("A tip: %(title)s") % {"title": self.title}
        body = _("I think this is something for you: %(title)s") % {"title": self.title}
        text = f"{body}\r\n\r\n{self.url}\r\n"
        return f"mailto:?subject={quote(subject)}&body={quote(text)}"
