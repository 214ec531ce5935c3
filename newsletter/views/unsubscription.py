from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.models import Subscriber
from newsletter.views.scope import SubscriberScoped


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(SubscriberScoped, View):
    """GET shows one button. POST leaves: from the button, or from a mail program as RFC 8058 has it.

    A mail program brings no cookie and follows no redirect, so the POST is exempt from CSRF checks and answers 200.
    Nobody can be tricked into leaving without knowing the token, which is what CSRF protection is for.

    One can also leave by a mail that came to an earlier address. Such a page leads nowhere else and names no address.
    """

    @property
    def subscriber(self) -> Subscriber:
        subscriber = Subscriber.objects.with_token_ever(self.kwargs["token"])
        if subscriber is None:
            raise Http404
        return subscriber

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show("newsletter/unsubscribe.html", self.subscriber)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        is_mail_program = request.POST.get("List-Unsubscribe") == "One-Click"
        subscriber.leave(verb="left_in_mail_program" if is_mail_program else "left")
        return self.show("newsletter/unsubscribed.html", subscriber)

    def show(self, template: str, subscriber: Subscriber) -> HttpResponse:
        own = subscriber.token == self.kwargs["token"]
        return render(self.request, template, {"subscriber": subscriber, "own": own})
