from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.access import SignInRequiredMixin
from methods.forms.method import MethodForm
from methods.models import Method, Revision
from methods.views.scoping import MethodScoped


class MethodNew(SignInRequiredMixin, View):
    """Where a report begins: GET asks for title and lab, POST starts the method."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(MethodForm(user=request.user, initial={"lab": request.GET.get("lab")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MethodForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, status=400)
        method = Method.start(by=request.user, **form.cleaned_data)
        return redirect("methods:section", method.draft.pk, "basics")  # type: ignore[union-attr]

    def show(self, form: MethodForm, status: int = 200) -> HttpResponse:
        return render(self.request, "methods/new.html", {"form": form}, status=status)


class MethodDetail(View):
    """The method's public page; 410 when its report was withdrawn. Staff of an unpublished method go to its editor."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        method = get_object_or_404(_with_all(), slug=slug)
        if method.published is None:
            return self._without_report(method)
        return show_report(request, method, method.published)

    def _without_report(self, method: Method) -> HttpResponseBase:
        withdrawn = method.revisions.filter(state=Revision.State.WITHDRAWN, published_at__isnull=False).first()
        if withdrawn:
            return gone(self.request, withdrawn)
        revision = method.draft
        if revision is None or not method.lab.worked_on_by(self.request.user):
            raise Http404
        return redirect("methods:revision", revision.pk)


class MethodVersion(View):
    """An older version of the report, as it was published; gone with the report when that is withdrawn."""

    def get(self, request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
        method = get_object_or_404(_with_all(), slug=slug)
        revision = get_object_or_404(
            method.revisions.with_content().filter(published_at__isnull=False).select_related("published_by"),
            number=number,
        )
        if method.published is None:
            return gone(request, method.revisions.filter(state=Revision.State.WITHDRAWN, published_at__isnull=False)[0])
        if revision.state == Revision.State.WITHDRAWN:
            return gone(request, revision)
        if revision.state == Revision.State.PUBLISHED:
            return redirect("methods:detail", slug)
        return show_report(request, method, revision)


class Successor(MethodScoped, View):
    """POST begins the next version of a published report."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        return redirect("methods:revision", self.method.draft_successor(by=request.user).pk)


def gone(request: HttpRequest, revision: Revision) -> HttpResponse:
    """The page that stays when a published report is withdrawn, and says why."""
    return render(request, "methods/withdrawn.html", {"revision": revision}, status=410)


def _with_all() -> Any:
    return Method.objects.select_related("lab", "evidence__signed_by").prefetch_related(
        "focus_areas", Prefetch("published", Revision.objects.with_content())
    )


def show_report(request: HttpRequest, method: Method, revision: Revision, *, preview: bool = False) -> HttpResponse:
    """The page the public reads, for any version. `preview` marks one that is not published."""
    user = request.user
    return render(
        request,
        "methods/detail.html",
        {
            "method": method,
            "revision": revision,
            "preview": preview,
            "is_older": revision.state == Revision.State.SUPERSEDED,
            "versions": method.revisions.filter(published_at__isnull=False).order_by("-number"),
            "may_write": method.lab.worked_on_by(user) and not preview,
            "draft": method.draft if user.is_authenticated and not preview else None,
            "events": method.events.newest_first() if user.is_authenticated and user.is_coordinator else None,
        },
    )
