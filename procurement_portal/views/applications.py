from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.queue import AssignmentForm
from procurement_portal.forms.review import ComplementForm, NoteForm
from procurement_portal.models import Application
from procurement_portal.views.forms import RefusingFormView


class ApplicationScoped(CoordinatorRequiredMixin):
    """Finds the application among those that coordinators see."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @property
    def application(self) -> Application:
        if not hasattr(self, "_application"):
            confirmed = Application.objects.confirmed().select_related(
                "logo", "picture", "contact_picture", "reviewer", "decided_by", "supplier", "decision_letter__template"
            )
            self._application = get_object_or_404(confirmed, pk=self.kwargs["pk"])
        return self._application

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(application=self.application, **kwargs)  # type: ignore[misc]


class ApplicationView(ApplicationScoped, TemplateView):
    """Everything about one application."""

    template_name = "procurement_portal/application.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "note_form": NoteForm(),
            "assignment_form": AssignmentForm(application=self.application),
            "notes": self.application.notes.select_related("author"),
            "same_company": self.application.same_company(),
            "same_supplier": self.application.same_supplier(),
            "recommendations": self.application.recommendations.standing(),
            "recommends": self.application.is_recommended_by(self.request.user),
            "answered": self.application.complement_requests.answered(),
            "complement_request": self.application.open_complement_request,
            "events": self.application.events.newest_first(),
            **super().get_context_data(**kwargs),
        }


class NotesView(ApplicationView):
    """POST writes an internal note; one that is not right is shown on the application's page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(note_form=form, form=form), status=400)
        self.application.add_note(by=request.user, body=form.cleaned_data["body"])
        return redirect(f"{self.application.get_absolute_url()}#notes")


class ReviewView(ApplicationScoped, View):
    """POST takes up the application for review."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.application.take_up(by=request.user)
        if self.application.reviewer == request.user:
            said = _("The review is yours. The applicant sees that it has begun.")
        else:
            said = _("The review has begun, and the applicant sees it. Its reviewer is %(name)s.")
        messages.success(request, said % {"name": self.application.reviewer})
        return redirect(self.application)


class ComplementView(ApplicationScoped, RefusingFormView):
    """Ask the applicant to mend something, field by field."""

    form_class = ComplementForm
    template_name = "procurement_portal/complement.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "application": self.application}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.require_under_review()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: ComplementForm) -> HttpResponse:
        self.application.request_complement(
            by=self.request.user, messages=form.messages, note=form.cleaned_data["note"]
        )
        messages.success(self.request, _("The applicant has been sent an e-mail and can now correct the application."))
        return redirect(self.application)
