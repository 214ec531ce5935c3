import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newsletter.forms.diary_filter import DiaryFilterForm
from newsletter.models import DiaryEntry


class DiaryFeed(Feed):
    """The diary for feed readers: the latest thirty entries, narrowed like the page by ?lab= and ?area=."""

    feed_type = Atom1Feed
    title = _("The diary of Allmännyttans innovationslabb")
    subtitle = _("What happens in the labs, as it happens.")

    def get_object(self, request: HttpRequest) -> DiaryFilterForm:
        return DiaryFilterForm({name: request.GET.get(name, "") for name in ("lab", "area")})

    def link(self) -> str:
        return reverse("newsletter:diary")

    def items(self, narrowing: DiaryFilterForm) -> Any:
        return narrowing.narrow(DiaryEntry.objects.published().with_people_and_places())[:30]

    def item_title(self, item: DiaryEntry) -> SafeString:
        return SafeString(item.title)

    def item_description(self, item: DiaryEntry) -> str:
        return item.body

    def item_author_name(self, item: DiaryEntry) -> str | None:
        if item.partner:
            return str(_("Partner article from %(partner)s") % {"partner": item.partner})
        return str(item.lab or _("Allmännyttans innovationslabb"))

    def item_pubdate(self, item: DiaryEntry) -> datetime.datetime | None:
        return item.published_at

    def item_updateddate(self, item: DiaryEntry) -> datetime.datetime:
        return item.changed_at

    def item_guid(self, item: DiaryEntry) -> str:
        return f"{settings.SITE_URL}/diary-entry/{item.pk}"

    def item_categories(self, item: DiaryEntry) -> list[str]:
        return [area.name for area in item.focus_areas.all()]
