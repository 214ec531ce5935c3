import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from newsletter.forms.preferences import PreferencesForm
from newsletter.views.scope import SubscriberScoped

PAUSE = datetime.timedelta(days=60)


@method_decorator(never_cache, name="dispatch")
class PreferencesView(SubscriberScoped, View):
    """What a subscriber reads and how often, to change without an account."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(PreferencesForm(subscriber=self.subscriber))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        form = PreferencesForm(request.POST, subscriber=subscriber)
        if not form.is_valid():
            return self.show(form, status=400)
        form.save()
        messages.success(request, _("Saved. The next e-mail follows your new choices."))
        return redirect(subscriber.preferences_path)

    def show(self, form: PreferencesForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "subscriber": form.subscriber, "welcome": "welcome" in self.request.GET}
        return render(self.request, "newsletter/preferences.html", context, status=status)


class PauseView(SubscriberScoped, View):
    """POST with `pause` starts a pause of two months, without it ends the pause."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        if "pause" in request.POST:
            subscriber.pause(timezone.now() + PAUSE)
            messages.success(request, _("You get no mail for two months. You can end the pause here at any time."))
        else:
            subscriber.resume()
            messages.success(request, _("Welcome back. The next e-mail comes as usual."))
        return redirect(subscriber.preferences_path)


@method_decorator(never_cache, name="dispatch")
class ExportView(SubscriberScoped, View):
    """Everything we hold about the subscriber, as a file."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        response = JsonResponse(self.subscriber.export(), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = 'attachment; filename="innovationslabb-prenumeration.json"'
        return response


@method_decorator(never_cache, name="dispatch")
class ErasureView(SubscriberScoped, View):
    """GET asks once more; POST forgets the subscriber."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "newsletter/erasure.html", {"subscriber": self.subscriber})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.subscriber.erase()
        return render(request, "newsletter/erased.html")
