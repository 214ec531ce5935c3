from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView

from accounts.access import CoordinatorRequiredMixin
from generic.lists import ForgivingPages, wants_partial
from newsletter.forms.subscriber_import import ConfirmedImportForm, SubscriberImportForm
from newsletter.models import ImportProblem, SubscriberImport
from newsletter.models.ordering_import import NumberToImportChanged
from newsletter.models.subscriber_import import SubscriberImportQuerySet
from newsletter.spreadsheet import download

SHOWN_PROBLEMS = 200


class ImportsView(CoordinatorRequiredMixin, ForgivingPages, ListView):
    """The lists that were brought, newest first; POST brings one, which is then checked."""

    template_name = "newsletter/imports.html"
    context_object_name = "imports"
    paginate_by = 20

    def get_queryset(self) -> SubscriberImportQuerySet:
        return SubscriberImport.objects.newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SubscriberImportForm(initial={"language": get_language()}))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscriberImportForm(request.POST, request.FILES)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form), status=400)
        return redirect(form.begin(by=request.user))


class ImportScoped(CoordinatorRequiredMixin):
    """Finds the import of the address, for coordinators."""

    kwargs: dict[str, Any]

    @property
    def upload(self) -> SubscriberImport:
        return get_object_or_404(SubscriberImport.objects.select_related("uploaded_by"), pk=self.kwargs["pk"])


class ImportView(ImportScoped, View):
    """How an import stands. Asked by htmx, only that part of the page: it asks until there is nothing more to come."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show(request, self.upload)


class ImportOrderView(ImportScoped, View):
    """POST with the number of new addresses imports them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = self.upload
        form = ConfirmedImportForm(request.POST)
        if not form.is_valid():
            return show(request, upload, sentence=_("Look once more at the number, and confirm it here."), status=400)
        try:
            upload.order(by=request.user, count=form.cleaned_data["count"])
        except NumberToImportChanged as change:
            return show(request, upload, sentence=str(change), status=409)
        return redirect(upload)


class ImportCancellationView(ImportScoped, View):
    """POST cancels an import that has not begun, and deletes the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.upload.cancel(by=request.user)
        messages.success(request, _("Cancelled. Nobody was imported, and the list is deleted."))
        return redirect("newsletter:imports")


class ImportProblemsView(ImportScoped, View):
    """Every line that cannot be used, with the reason, as a CSV file."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        problems = self.upload.problems.order_by("line").iterator(chunk_size=1_000)
        headings = [_("Line"), _("What stands there"), _("What is wrong")]
        return download(f"import-{pk}.csv", headings, problems, cells)


def cells(problem: ImportProblem) -> list[Any]:
    return [problem.line, problem.found, problem.sentence]


def show(request: HttpRequest, upload: SubscriberImport, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {"upload": upload, "problems": upload.problems.order_by("line")[:SHOWN_PROBLEMS], "sentence": sentence}
    if wants_partial(request):
        return render(request, "newsletter/_import_standing.html", context, status=status)
    context["events"] = upload.events.newest_first()
    return render(request, "newsletter/import.html", context, status=status)
