from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.review import LetterForm
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


class DecisionTemplateView(CoordinatorRequiredMixin, RefusingFormView):
    """Change a wording. Each saving is kept; letters already sent stay as they were."""

    form_class = LetterForm
    template_name = "procurement_portal/decision_template.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = kwargs["outcome"] in DecisionTemplate.Outcome.values and kwargs["language"] in dict(settings.LANGUAGES)
        if not known:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def in_use(self) -> DecisionTemplate:
        return DecisionTemplate.in_use(self.kwargs["outcome"], self.kwargs["language"])

    def get_initial(self) -> dict[str, str]:
        return {"subject": self.in_use.subject, "letter": self.in_use.body}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(template=self.in_use, places=DecisionTemplate.PLACES, **kwargs)

    def form_valid(self, form: LetterForm) -> HttpResponse:
        DecisionTemplate.objects.create(
            **self.kwargs,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["letter"],
            written_by=self.request.user,  # type: ignore[misc]
        )
        messages.success(self.request, _("The wording is saved and is used from the next letter on."))
        return redirect("procurement_portal:decision_templates")
