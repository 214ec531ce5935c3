from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.forms.review import DecisionForm
from procurement_portal.models import DecisionTemplate
from procurement_portal.views.applications import ApplicationScoped
from procurement_portal.views.forms import RefusingFormView


class DecisionView(ApplicationScoped, RefusingFormView):
    """A reason and a letter, looked through before it is mailed: the button “preview” shows it and decides nothing."""

    form_class = DecisionForm
    template_name = "procurement_portal/decision.html"
    outcome: DecisionTemplate.Outcome

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.require_under_review()
        self.application.require_other_eyes(request.user)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "application": self.application, "outcome": self.outcome}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recommendations = self.application.recommendations.standing()
        return super().get_context_data(outcome=self.outcome, recommendations=recommendations, **kwargs)

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        if "preview" in self.request.POST:
            words = form.filled
            mail = mails.decided_as_shown(self.application, subject=words["subject"], letter=words["letter"])
            return self.refuse(form, status=200, preview=words, mail=mail)
        self.decide(**form.filled, template=form.begun_from)
        return redirect(self.application)

    def decide(self, **words: Any) -> None:
        raise NotImplementedError


class ApprovalView(DecisionView):
    outcome = DecisionTemplate.Outcome.APPROVED

    def decide(self, **words: Any) -> None:
        supplier = self.application.approve(by=self.request.user, **words)
        messages.success(self.request, _("%(company)s is listed in the portal.") % {"company": supplier.name})


class RejectionView(DecisionView):
    outcome = DecisionTemplate.Outcome.REJECTED

    def decide(self, **words: Any) -> None:
        self.application.reject(by=self.request.user, **words)
        messages.success(self.request, _("The application is rejected and the letter is on its way."))
