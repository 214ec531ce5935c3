import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.http import http_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from labs.models import FocusArea, Lab
from mailing.letters import absolute
from newsletter.forms.diary_filter import DiaryFilterForm
from newsletter.models import DiaryEntry
from newsletter.models.diary_entry import DiaryEntryQuerySet

LATEST = 30
# What may not stand in XML, however it got into a text.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# When the labs began: before that nothing can have changed.
BEGINNING = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Strand:
    """The part of the diary that a feed follows."""

    title: str
    page: str
    address: str
    entries: DiaryEntryQuerySet

    @property
    def changed_at(self) -> datetime.datetime:
        """When anything in the diary last changed, so that what was taken back is noticed as well."""
        return DiaryEntry.objects.aggregate(latest=Max("changed_at"))["latest"] or BEGINNING


class Atom(Atom1Feed):
    """Atom whose entries say which language they are in, and that is the same document as long as nothing changes."""

    def latest_post_date(self) -> datetime.datetime:
        return super().latest_post_date() if self.items else self.feed["changed_at"]

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {**super().item_attributes(item), "xml:lang": item["language"]}


class DiaryFeed(Feed):
    """The diary for feed readers: the latest entries, narrowed like the page by ?lab= and ?area=."""

    feed_type = Atom

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        response["Last-Modified"] = http_date(self.get_object(request, *args, **kwargs).changed_at.timestamp())
        return response

    def get_object(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> Strand:
        narrowing = DiaryFilterForm({name: request.GET.get(name, "") for name in ("lab", "area")})
        entries = narrowing.narrow(DiaryEntry.objects.published())
        return Strand(
            _("The diary of Allmännyttans innovationslabb"),
            reverse("newsletter:diary"),
            request.get_full_path(),
            entries,
        )

    def title(self, strand: Strand) -> str:
        return strand.title

    def subtitle(self) -> str:
        return _("What happens in the labs, as it happens.")

    def link(self, strand: Strand) -> str:
        return absolute(strand.page)

    def feed_url(self, strand: Strand) -> str:
        return absolute(strand.address)

    def feed_extra_kwargs(self, strand: Strand) -> dict[str, Any]:
        return {"changed_at": strand.changed_at}

    def items(self, strand: Strand) -> Any:
        return strand.entries.with_people_and_places().newest_first()[:LATEST]

    def item_title(self, item: DiaryEntry) -> SafeString:
        title = _("Partner article: %(title)s") % {"title": item.title} if item.partner else item.title
        return SafeString(printable(title))

    def item_description(self, item: DiaryEntry) -> str:
        if not item.partner:
            return printable(item.body)
        mark = _("Partner article from %(partner)s") % {"partner": item.partner}
        return printable(format_html("<p><strong>{}</strong></p>", mark) + item.body)

    def item_link(self, item: DiaryEntry) -> str:
        return absolute(item.get_absolute_url())

    def item_author_name(self, item: DiaryEntry) -> str:
        return printable(str(item.partner or item.lab or _("Allmännyttans innovationslabb")))

    def item_pubdate(self, item: DiaryEntry) -> datetime.datetime | None:
        return item.published_at

    def item_updateddate(self, item: DiaryEntry) -> datetime.datetime:
        return item.changed_at

    def item_guid(self, item: DiaryEntry) -> str:
        # The same in both languages and whatever the entry is called.
        return f"{settings.SITE_URL}/diary-entry/{item.pk}"

    def item_categories(self, item: DiaryEntry) -> list[str]:
        mark = [_("Partner article")] if item.partner else []
        return mark + [area.name for area in item.focus_areas.all()]

    def item_extra_kwargs(self, item: DiaryEntry) -> dict[str, Any]:
        return {"language": item.language}


class LabFeed(DiaryFeed):
    """What one lab writes in the diary."""

    def get_object(self, request: HttpRequest, slug: str) -> Strand:
        lab = get_object_or_404(Lab, slug=slug)
        title = _("The diary: %(what)s") % {"what": lab}
        return Strand(title, lab.get_absolute_url(), request.path, DiaryEntry.objects.published().for_lab(lab))


class AreaFeed(DiaryFeed):
    """What the diary says about one focus area."""

    def get_object(self, request: HttpRequest, slug: str) -> Strand:
        area = get_object_or_404(FocusArea, slug=slug)
        title = _("The diary: %(what)s") % {"what": area}
        page = f"{reverse('newsletter:diary')}?area={area.slug}"
        return Strand(title, page, request.path, DiaryEntry.objects.published().for_area(area))


def printable(text: str) -> str:
    return UNPRINTABLE.sub("", text)
