from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from newsletter.models import Subscriber
from newsletter.models.subscription import NotWaitingForConfirmation


@method_decorator(never_cache, name="dispatch")
class ConfirmationView(View):
    """Where the mailed link leads. Opening it changes nothing, as mail scanners open links; the button confirms."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self._waiting(token)
        if subscriber is None:
            return self._over(request)
        return render(request, "newsletter/confirmation.html", {"subscriber": subscriber})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self._waiting(token)
        if subscriber is None:
            return self._over(request)
        try:
            subscriber.confirm()
        except NotWaitingForConfirmation:
            return self._over(request)
        return redirect(subscriber.preferences_path + "?welcome=1")

    @staticmethod
    def _waiting(token: str) -> Subscriber | None:
        return Subscriber.objects.filter(confirmation_token=token, state=Subscriber.State.PENDING).first()

    @staticmethod
    def _over(request: HttpRequest) -> HttpResponse:
        """The link is used up or never was: say so, and how to go on."""
        return render(request, "newsletter/confirmation_over.html", status=404)
