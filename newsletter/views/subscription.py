from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views import View
from django.views.generic import TemplateView

from antispam.limits import network, within
from newsletter.forms.subscribe import CONSENT, SubscribeForm
from newsletter.models import Issue
from newsletter.sign_up import SignUp


class SubscribeView(View):
    """The form, and what is done with it. The answer never tells whether an address was known."""

    def get(self, request: HttpRequest) -> HttpResponse:
        initial: dict[str, Any] = {"language": get_language() or settings.LANGUAGE_CODE}
        for name in ("labs", "focus_areas"):
            initial[name] = [
                int(value)
                for value in request.GET.getlist(name)[:20]
                if value.isascii() and value.isdigit() and len(value) < 10
            ]
        return self.show(SubscribeForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscribeForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        if not within("sign-up", network(request) or "unknown", most=20):
            return self.show(form, status=429, too_many=True)
        chosen = form.cleaned_data
        SignUp(
            email=chosen["email"],
            frequency=chosen["frequency"],
            language=chosen["language"],
            labs=chosen["labs"],
            focus_areas=chosen["focus_areas"],
            consent_text=str(CONSENT),
            form=request.path,
        ).submit()
        return redirect("newsletter:thanks")

    def show(self, form: SubscribeForm, *, status: int = 200, too_many: bool = False) -> HttpResponse:
        latest = Issue.objects.sent().order_by("-sent_at").first()
        context = {"form": form, "latest": latest, "too_many": too_many}
        return render(self.request, "newsletter/subscribe.html", context, status=status)


class ThanksView(TemplateView):
    """What happens next, the same words for every address."""

    template_name = "newsletter/thanks.html"
