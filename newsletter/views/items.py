from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from generic.lists import wants_partial
from newsletter.audience import Audience
from newsletter.forms.ids import ids_in
from newsletter.forms.items import AddForm, NewsForm
from newsletter.models import Issue
from newsletter.models.composition import NoLongerDraft
from newsletter.views.scope import IssueScoped

# Nobody arranges more; what comes after is left where it is.
MOST = 2000


def composition(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    """What the desk shows of an issue's items, and of what it could hold as well. Takes the search from the address."""
    context: dict[str, Any] = {"issue": issue, "items": list(issue.items.with_sources())}
    if issue.is_editable:
        search = NewsForm(request.GET)
        context |= {"search": search, "news": search.news(issue), "query": request.GET.urlencode()[:1000]}
    return context


class ItemsView(IssueScoped, View):
    """The items of an issue. POST puts in what is ticked (`news`) or one thing (`one`), takes an item out (`remove`),
    moves one a step (`up`, `down`) or puts all in an `order`. htmx gets the lists alone, and what to say aloud."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if wants_partial(request):
            return self.show(issue, "")
        return redirect(f"{self.desk(issue)}#news")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        try:
            said, anchor = self.do(issue)
        except NoLongerDraft as refusal:
            if not wants_partial(request):
                raise
            return self.show(issue, str(refusal), status=409)
        if wants_partial(request):
            return self.show(issue, said)
        if anchor == "news" and said:
            messages.info(request, said)
        return redirect(f"{self.desk(issue)}#{anchor}")

    def do(self, issue: Issue) -> tuple[str, str]:
        """Do what the request asks for; returns what to say about it and where on the page that is."""
        wish, by = self.request.POST, self.request.user
        if "order" in wish:
            issue.arrange(ids_in(wish.getlist("order"), most=MOST), by=by)
            return self.where(issue, wish.get("moved", "")), "items"
        if "remove" in wish:
            return self.take_out(issue), "items"
        for verb, step in (("up", -1), ("down", 1)):
            if verb in wish:
                (pk,) = ids_in([wish[verb]], most=1) or [0]
                issue.move(pk, step, by=by)
                return self.where(issue, wish[verb]), f"item-{pk}" if pk else "items"
        return self.put_in(issue), "news"

    def put_in(self, issue: Issue) -> str:
        form = AddForm(self.request.POST)
        issue.check_editable()
        added = issue.add(*form.entries, revisions=form.revisions, by=self.request.user)
        said = ngettext("%(number)d item is put in.", "%(number)d items are put in.", added) % {"number": added}
        if form.is_empty:
            return _("Tick what is to be in the issue first.")
        if form.missing:
            said += " " + _("Some of it is no longer published, and was left out.")
        return said

    def take_out(self, issue: Issue) -> str:
        (pk,) = ids_in([self.request.POST["remove"]], most=1) or [0]
        item = issue.items.with_sources().filter(pk=pk).first()
        if item and issue.take_out(pk, by=self.request.user):
            return _("“%(title)s” is taken out.") % {"title": item.title}
        issue.check_editable()
        return _("That is not in the issue any more; somebody may have been faster.")

    def where(self, issue: Issue, wanted: str) -> str:
        """Which place the item that was moved has now."""
        items = list(issue.items.with_sources())
        for place, item in enumerate(items, start=1):
            if str(item.pk) == wanted:
                return _("“%(title)s” is now number %(place)d of %(number)d.") % {
                    "title": item.title,
                    "place": place,
                    "number": len(items),
                }
        return _("That is not in the issue any more; somebody may have been faster.") if wanted else ""

    def show(self, issue: Issue, said: str, *, status: int = 200) -> HttpResponse:
        # What was refused has changed the issue: it is shown as it is now.
        issue = self.issue if status == 409 else issue
        context = composition(self.request, issue) | {"said": said, "refused": said if status == 409 else ""}
        context["audience"] = Audience(issue).count()
        return render(self.request, "newsletter/_composition.html", context, status=status)

    def desk(self, issue: Issue) -> str:
        query = self.request.GET.urlencode()[:1000]
        return f"{issue.get_desk_url()}?{query}" if query else issue.get_desk_url()
