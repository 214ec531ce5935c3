from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views import View
from django.views.decorators.cache import never_cache

from antispam.limits import network, within
from newsletter.forms.send_again import SendAgainForm
from newsletter.forms.subscribe import CONSENT, SubscribeForm
from newsletter.models import Issue
from newsletter.sign_up import SignUp, send_again

# The thanks page knows for an hour, by a cookie of its own, which address it is about.
COOKIE, COOKIE_LASTS = "newsletter_address", 3600


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
        return thank_for(chosen["email"])

    def show(self, form: SubscribeForm, *, status: int = 200, too_many: bool = False) -> HttpResponse:
        latest = Issue.objects.sent().order_by("-sent_at").first()
        context = {"form": form, "latest": latest, "too_many": too_many}
        return render(self.request, "newsletter/subscribe.html", context, status=status)


def thank_for(email: str) -> HttpResponse:
    """To the thanks page, which can then have the letter sent once more."""
    response = redirect("newsletter:thanks")
    response.set_cookie(
        COOKIE,
        SendAgainForm.sign(email),
        max_age=COOKIE_LASTS,
        path=response.url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@method_decorator(never_cache, name="dispatch")
class ThanksView(View):
    """What happens next, the same words for every address. POST has the letter sent once more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SendAgainForm({"address": request.COOKIES.get(COOKIE, "")})
        return self.show(form.signed_again() if form.is_valid() else None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SendAgainForm(request.POST)
        if not form.is_valid():
            return self.show(None, status=400, too_old=True)
        if not within("sign-up-again", network(request) or "unknown", most=10):
            return self.show(form.signed_again(), status=429, too_many=True)
        send_again(form.cleaned_data["address"])
        return self.show(form.signed_again(), again=True)

    def show(self, form: SendAgainForm | None, *, status: int = 200, **said: bool) -> HttpResponse:
        return render(self.request, "newsletter/thanks.html", {"again_form": form, **said}, status=status)
