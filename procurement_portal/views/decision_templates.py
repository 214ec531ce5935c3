from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.review import WordingForm
from procurement_portal.models import DecisionTemplate
from procurement_portal.views.forms import RefusingFormView


class DecisionTemplatesView(CoordinatorRequiredMixin, TemplateView):
    """The wordings that decision letters start from."""

    template_name = "procurement_portal/decision_templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        templates = [
            DecisionTemplate.in_use(outcome, language)
            for outcome in DecisionTemplate.Outcome.values
            for language, _name in settings.LANGUAGES
        ]
        return super().get_context_data(templates=templates, **kwargs)


class TemplateScoped(CoordinatorRequiredMixin):
    """`self.outcome` and `self.language` say which of the wordings."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.outcome, self.language = kwargs["outcome"], kwargs["language"]
        if self.outcome not in DecisionTemplate.Outcome.values or self.language not in dict(settings.LANGUAGES):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def versions(self) -> QuerySet[DecisionTemplate]:
        return DecisionTemplate.versions(self.outcome, self.language)


class DecisionTemplateView(TemplateScoped, RefusingFormView):
    """Change a wording. Each saving is kept; letters already sent stay as they were."""

    form_class = WordingForm
    template_name = "procurement_portal/decision_template.html"

    def get_initial(self) -> dict[str, Any]:
        in_use = DecisionTemplate.in_use(self.outcome, self.language)
        newest = self.versions.first()
        return {"subject": in_use.subject, "letter": in_use.body, "after": newest.number if newest else 0}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            template=DecisionTemplate.in_use(self.outcome, self.language),
            versions=self.versions.annotate(begun=Count("letters")),
            places=DecisionTemplate.PLACES,
            **kwargs,
        )

    def form_valid(self, form: WordingForm) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.refuse(form, status=200, preview=form.example)
        DecisionTemplate.save_version(
            self.outcome,
            self.language,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["letter"],
            by=self.request.user,
            after=form.cleaned_data["after"] or 0,
        )
        messages.success(self.request, _("The wording is saved and is used from the next letter on."))
        return redirect("procurement_portal:decision_templates")


class OriginalView(TemplateScoped, View):
    """POST puts the wording that comes with the site back in use, as a new version."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, outcome: str, language: str) -> HttpResponse:
        DecisionTemplate.restore_shipped(outcome, language, by=request.user)
        messages.success(request, _("The wording that came with the site is in use again. The others are still kept."))
        return redirect("procurement_portal:decision_template", outcome, language)
