from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.queue import QueueFilter, TickedForm
from procurement_portal.models import Application, ChangeRequest, Recommendation
from procurement_portal.views.lists import FilteredList
from procurement_portal.workbook import ApplicationsWorkbook


class ApplicationsView(CoordinatorRequiredMixin, FilteredList):
    """The queue: what waits for a coordinator, the longest waiting on top."""

    filter_class = QueueFilter
    filter: QueueFilter
    template_name = "procurement_portal/applications.html"
    context_object_name = "applications"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Application]:
        applications = self.filter.narrow(reader=self.request.user)
        standing = Prefetch("recommendations", Recommendation.objects.standing())
        return applications.select_related("reviewer").prefetch_related("categories", standing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(open_changes=ChangeRequest.objects.open().count(), **kwargs)


class AssignmentsView(ApplicationsView):
    """POST: become the reviewer of all that are ticked and have none. The address carries the queue's filter along."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Where the pages of a list that was shown again lead, and a reload of it.
        return self._back()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TickedForm(request.POST)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            context = self.get_context_data(ticked=form, complaints=form.errors["application"])
            return self.render_to_response(context, status=400)
        ticked = [application.pk for application in form.cleaned_data["application"]]
        taken, left = Application.assign_several(ticked, to=request.user)
        if taken:
            messages.success(
                request,
                ngettext("You review %(n)s more application.", "You review %(n)s more applications.", taken)
                % {"n": taken},
            )
        if left:
            messages.info(
                request,
                ngettext(
                    "%(n)s of those you ticked has a reviewer already or is decided, and stays as it was.",
                    "%(n)s of those you ticked have a reviewer already or are decided, and stay as they were.",
                    left,
                )
                % {"n": left},
            )
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect(f"{reverse('procurement_portal:applications')}?{self.request.GET.urlencode()}".rstrip("?"))


class ApplicationsWorkbookView(CoordinatorRequiredMixin, View):
    """The queue as narrowed in the address, as a file for Excel."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> FileResponse:
        applications = QueueFilter(request.GET).narrow(reader=request.user)
        name = _("applications-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
        response = FileResponse(
            ApplicationsWorkbook(applications).write(),
            as_attachment=True,
            filename=name,
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        add_never_cache_headers(response)
        return response
