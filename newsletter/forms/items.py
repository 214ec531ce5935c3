import datetime
import re
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from methods.models import Revision
from newsletter.models import DiaryEntry, Issue
from newsletter.news import News

KEY = re.compile(r"(entry|report)-([0-9]{1,18})")

# Days that the database and the clock on the wall both know.
FIRST_DAY, LAST_DAY = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(value)
        return min(max(day, FIRST_DAY), LAST_DAY) if day else None


class NewsForm(forms.Form):
    """What a coordinator looks for to put into an issue; what makes no sense is left out rather than refused."""

    words = forms.CharField(
        label=_("Words in the title"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    since = DayField(label=pgettext_lazy("days", "From"), required=False)
    until = DayField(label=pgettext_lazy("days", "To"), required=False)

    def news(self, issue: Issue) -> News:
        self.is_valid()
        chosen = self.cleaned_data
        return News(issue, words=chosen.get("words") or "", since=chosen.get("since"), until=chosen.get("until"))


class AddForm:
    """What was ticked to be put into an issue: keys of `Proposal`s; `one` instead where its own button was pressed.

    What is not published, or not there at all, is passed over; `missing` says that there was such a thing.
    """

    def __init__(self, data: MultiValueDict) -> None:
        keys = data.getlist("one") or data.getlist("news")
        found = [match for match in map(KEY.fullmatch, dict.fromkeys(keys)) if match]
        ids: dict[str, list[int]] = {"entry": [], "report": []}
        for match in found:
            ids[match[1]].append(int(match[2]))
        entries = DiaryEntry.objects.published().filter(pk__in=ids["entry"]).defer("search", "body")
        self.entries = list(entries.newest_first())
        self.revisions = list(Revision.objects.published().filter(pk__in=ids["report"]).order_by("-published_at"))
        self.missing = len(self.entries) + len(self.revisions) < len(set(keys))
        self.is_empty = not keys
