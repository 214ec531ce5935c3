from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from procurement_portal.forms.review import RecommendationForm
from procurement_portal.views.applications import ApplicationScoped
from procurement_portal.views.forms import RefusingFormView


class RecommendationView(ApplicationScoped, RefusingFormView):
    """A second coordinator says what the decision should be, and leaves it to a colleague."""

    form_class = RecommendationForm
    template_name = "procurement_portal/recommendation.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.require_under_review()
        self.application.refuse_second_recommendation(request.user)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: RecommendationForm) -> HttpResponse:
        self.application.recommend(
            form.cleaned_data["verdict"], by=self.request.user, because=form.cleaned_data["because"]
        )
        messages.success(self.request, _("Your recommendation is saved. A colleague decides."))
        return redirect(self.application)


class RecommendationWithdrawalView(ApplicationScoped, View):
    """POST takes one's own recommendation back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.application.take_back_recommendation(by=request.user)
        messages.success(request, _("Your recommendation is taken back."))
        return redirect(self.application)
