from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView

from accounts.access import CoordinatorRequiredMixin
from generic.lists import ForgivingPages
from newsletter.forms.compose import ComposeForm
from newsletter.forms.schedules import SchedulesForm
from newsletter.models import Issue, Subscriber
from newsletter.models.rhythm import Rhythm


class IssuesView(CoordinatorRequiredMixin, ForgivingPages, ListView):
    """Every issue, newest first; POST composes a new one."""

    template_name = "newsletter/issues.html"
    context_object_name = "issues"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Issue]:
        return Issue.objects.annotate(item_count=Count("items")).newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receiving = Subscriber.objects.receiving(timezone.now())
        numbers = receiving.aggregate(
            **{rhythm: Count("pk", filter=Q(frequency=rhythm)) for rhythm in Rhythm.values}, total=Count("pk")
        )
        kwargs.setdefault("compose", ComposeForm())
        return super().get_context_data(numbers=numbers, schedules=SchedulesForm(), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ComposeForm(request.POST)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(compose=form), status=400)
        kind = form.cleaned_data["kind"]
        if kind == Issue.Kind.SPECIAL:
            return redirect(Issue.begin_special(by=request.user).get_desk_url())
        issue = Issue.compose(kind, until=timezone.now(), by=request.user)
        if issue is None:
            nothing = _("Nothing has been published since the last issue of that kind, so there is none.")
            too_new = _("What was published within the last minute can be told in a minute.")
            messages.info(request, f"{nothing} {too_new}")
            return redirect("newsletter:issues")
        return redirect(issue.get_desk_url())


class SchedulesView(CoordinatorRequiredMixin, View):
    """POST says which digests are sent by the clock."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SchedulesForm(request.POST)
        if not form.is_valid():
            return render(request, "newsletter/schedules.html", {"form": form}, status=400)
        form.save(by=request.user)
        messages.success(request, _("Saved."))
        return redirect("newsletter:issues")
