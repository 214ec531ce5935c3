from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from antispam.limits import network, within
from newsletter.models import Subscriber
from newsletter.models.subscription import NotWaitingForConfirmation
from newsletter.sign_up import send_again
from newsletter.views.subscription import thank_for


@method_decorator(never_cache, name="dispatch")
class ConfirmationView(View):
    """Where the mailed link leads. Opening it changes nothing, as mail scanners open links; the button confirms."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = Subscriber.objects.asked_by(token).first()
        if subscriber is None:
            return over(request)
        if not subscriber.confirmation_is_open:
            return too_old(request)
        return render(request, "newsletter/confirmation.html", {"subscriber": subscriber})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = Subscriber.objects.asked_by(token).first()
        if subscriber is None:
            return over(request)
        if not subscriber.confirmation_is_open:
            return too_old(request)
        try:
            subscriber.confirm()
        except NotWaitingForConfirmation:
            return over(request)
        return redirect(subscriber.preferences_path + "?welcome=1")


@method_decorator(never_cache, name="dispatch")
class NewConfirmationView(View):
    """POST from the page of a link that is too old has a new one mailed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = Subscriber.objects.asked_by(token).first()
        if subscriber is None or subscriber.email is None:
            return over(request)
        if not within("sign-up-again", network(request) or "unknown", most=10):
            return too_old(request, status=429, too_many=True)
        send_again(subscriber.email)
        return thank_for(subscriber.email)


def over(request: HttpRequest) -> HttpResponse:
    """The link is used up or never was: say so, and how to go on."""
    return render(request, "newsletter/confirmation_over.html", status=404)


def too_old(request: HttpRequest, *, status: int = 410, too_many: bool = False) -> HttpResponse:
    """The link has waited for too long: say so, and offer a new one."""
    return render(request, "newsletter/confirmation_too_old.html", {"too_many": too_many}, status=status)
