"""In which order a reader meets what an issue holds, in the mail as on the web."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import conditional_escape

from newsletter.models.issue_item import IssueItem

# Gmail hides what comes after 102 kB of HTML. The rest is room for what mail servers and programs put in.
MOST_BYTES = 94_000
# What each part takes beside its words and addresses, as it leaves the templates with its styles in it: the mail
# around the items, an item, its picture, its mark as a partner's, the heading of a lab, a line with a title only.
FRAME, ITEM, PICTURE, MARK, HEADING, LINE = 11_500, 800, 500, 260, 420, 130


@dataclass
class Group:
    """What one lab has written, or what is about all of them when `lab` is None; in the coordinator's order."""

    lab: Any
    items: list[IssueItem] = field(default_factory=list)


@dataclass
class Arrangement:
    """Method reports first, then the diary lab by lab, partner articles last.

    `titles` are those of which only the title is told, and `more` is the number of those that are only on the web.
    """

    methods: list[IssueItem] = field(default_factory=list)
    diary: list[Group] = field(default_factory=list)
    partners: list[IssueItem] = field(default_factory=list)
    titles: list[IssueItem] = field(default_factory=list)
    more: int = 0


def arrange(items: Iterable[IssueItem]) -> Arrangement:
    """All of the items in reading order. Labs come in the order of their first item."""
    arranged = Arrangement()
    for item in items:
        if item.is_method:
            arranged.methods.append(item)
        elif item.partner:
            arranged.partners.append(item)
        else:
            group = next((group for group in arranged.diary if group.lab == item.lab), None)
            if group is None:
                group = Group(item.lab)
                arranged.diary.append(group)
            group.items.append(item)
    return arranged


def arrange_for_mail(items: Iterable[IssueItem], *, intro: str = "") -> Arrangement:
    """The items in reading order, as many in full as a mail has room for; then titles, the very last as a number.

    `intro` is the HTML above them.
    """
    whole = arrange(items)
    ordered = [*whole.methods, *(item for group in whole.diary for item in group.items), *whole.partners]
    room = MOST_BYTES - FRAME - HEADING * (len(whole.diary) + 3) - len(intro.encode()) * 2
    full = _how_many_in_full(ordered, room)
    arranged = arrange(ordered[:full])
    arranged.titles = ordered[full:]
    left = room - sum(map(_whole, ordered[:full]))
    while arranged.titles and sum(map(_line, arranged.titles)) > max(left, 0):
        arranged.titles.pop()
        arranged.more += 1
    return arranged


def _how_many_in_full(items: Sequence[IssueItem], room: int) -> int:
    lines = sum(map(_line, items))
    for number, item in enumerate(items):
        # The rest needs no lines when this is the last.
        lines -= _line(item)
        room -= _whole(item)
        if room < lines:
            return number
    return len(items)


def _whole(item: IssueItem) -> int:
    picture = PICTURE + _bytes(item.url) + _bytes(item.picture.alt) if item.picture else 0
    partner = MARK + _bytes(item.partner) if item.partner else 0
    words = _bytes(item.title) + _bytes(item.teaser) + _bytes(item.lab or "")
    return ITEM + words + 2 * _bytes(item.url) + picture + partner


def _line(item: IssueItem) -> int:
    partner = MARK + _bytes(item.partner) if item.partner else 0
    return LINE + _bytes(item.title) + _bytes(item.url) + partner


def _bytes(text: object) -> int:
    return len(conditional_escape(str(text)).encode())
