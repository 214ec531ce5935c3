from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views import View

from accounts.access import CoordinatorRequiredMixin
from newsletter.forms.request import RequestForm
from newsletter.models import Subscriber


class RequestView(CoordinatorRequiredMixin, View):
    """GET asks once more, POST does for a subscriber what they asked for. Each kind says what."""

    title: Any
    explanation: Any
    button: Any
    done: Any
    asks_why = True
    is_final = False

    @property
    def subscriber(self) -> Subscriber:
        return get_object_or_404(Subscriber.objects.not_erased(), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(RequestForm() if self.asks_why else None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        subscriber = self.subscriber
        if self.asks_why:
            form = RequestForm(request.POST)
            if not form.is_valid():
                return self.show(form, status=400)
            self.do(subscriber, because=form.cleaned_data["because"])
        else:
            self.do(subscriber, because="")
        messages.success(request, self.outcome(subscriber))
        return redirect("newsletter:subscribers") if self.is_final else redirect(subscriber)

    def do(self, subscriber: Subscriber, *, because: str) -> None:
        raise NotImplementedError

    def outcome(self, subscriber: Subscriber) -> str:
        """What to say now that it is done."""
        return str(self.done)

    def show(self, form: RequestForm | None, *, status: int = 200) -> HttpResponse:
        context = {"request_view": self, "subscriber": self.subscriber, "form": form}
        return render(self.request, "newsletter/subscriber_request.html", context, status=status)


class DepartureView(RequestView):
    title = gettext_lazy("Stop the newsletter for a subscriber")
    explanation = gettext_lazy("No more issues go to the address. The subscriber can sign up again at any time.")
    button = gettext_lazy("Stop the newsletter")
    done = gettext_lazy("No more issues go to the address.")

    def do(self, subscriber: Subscriber, *, because: str) -> None:
        subscriber.leave_on_request(by=self.request.user, because=because)


class BlockLiftingView(RequestView):
    title = gettext_lazy("Lift the block")
    explanation = gettext_lazy(
        "Mail to the address came back, so we stopped writing there. Lift the block when you know that it works again."
    )
    button = gettext_lazy("Lift the block")
    done = gettext_lazy("The block is lifted. The next issue goes there again.")

    def do(self, subscriber: Subscriber, *, because: str) -> None:
        subscriber.lift_block(by=self.request.user, because=because)

    def outcome(self, subscriber: Subscriber) -> str:
        if subscriber.is_active:
            return super().outcome(subscriber)
        return gettext(
            "The block is lifted. They never confirmed the address, so no issue goes there: they have to sign up again."
        )


class ErasureOnRequestView(RequestView):
    title = gettext_lazy("Erase a subscriber")
    explanation = gettext_lazy(
        "Address, choices and consents are erased. What was sent stays counted, without a name. It cannot be undone."
    )
    button = gettext_lazy("Erase")
    done = gettext_lazy("The subscriber is erased.")
    asks_why = False
    is_final = True

    def do(self, subscriber: Subscriber, *, because: str) -> None:
        subscriber.erase(by=self.request.user)
