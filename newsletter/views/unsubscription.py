from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.views.scope import SubscriberScoped


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(SubscriberScoped, View):
    """GET shows one button. POST leaves: from the button, or from a mail program as RFC 8058 has it.

    A mail program brings no cookie and follows no redirect, so the POST is exempt from CSRF checks and answers 200.
    Nobody can be tricked into leaving without knowing the token, which is what CSRF protection is for.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "newsletter/unsubscribe.html", {"subscriber": self.subscriber})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        subscriber.leave("one-click" if request.POST.get("List-Unsubscribe") == "One-Click" else "")
        return render(request, "newsletter/unsubscribed.html", {"subscriber": subscriber})
