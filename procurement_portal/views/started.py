"""The application while it is being filled in: kept as it is written, gone on with elsewhere, thrown away."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from antispam import tickets
from antispam.limits import network
from merging import Merge
from pictures.visitors import Visitor
from procurement_portal.forms.application import ApplicationForm
from procurement_portal.models import Application, StartedApplication
from procurement_portal.models.refusals import AlreadySent, TooManyStarted
from procurement_portal.models.started_application import KEPT
from procurement_portal.views.forms import PicturesFormView
from workflow import IllegalTransition

SESSION_KEY = "started_application"


class StartedScoped:
    """`self.started` is what this visitor has begun: by the form that they send, else by their session.

    None for a form that has been sent in, whatever the session has begun since.
    """

    request: HttpRequest

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)  # type: ignore[misc]
        patch_cache_control(response, private=True, max_age=0)
        return response

    @cached_property
    def visitor(self) -> Visitor:
        return Visitor.of(self.request)

    @property
    def key_in_form(self) -> uuid.UUID | None:
        return ApplicationForm.key_of(self.request.POST)

    @property
    def key_in_session(self) -> uuid.UUID | None:
        key = self.request.session.get(SESSION_KEY)
        return uuid.UUID(key) if key else None

    @cached_property
    def started(self) -> StartedApplication | None:
        if self.key_in_form and Application.objects.filter(form_key=self.key_in_form).exists():
            return None
        return StartedApplication.objects.first_of([self.key_in_form, self.key_in_session])

    def bring_here(self) -> None:
        """Its pictures follow into this browser, where somebody is writing."""
        if self.started:
            self.started.go_on_in(self.visitor)

    def remember(self, started: StartedApplication) -> None:
        """This browser opens it again by itself, for as long as it is kept."""
        self.started = started
        self.request.session[SESSION_KEY] = started.form_key.hex
        if not self.request.user.is_authenticated:
            self.request.session.set_expiry(KEPT)

    def forget(self) -> None:
        self.request.session.pop(SESSION_KEY, None)


class StartedFormView(StartedScoped, PicturesFormView):
    form_class = ApplicationForm
    template_name = "procurement_portal/apply.html"
    success_url = reverse_lazy("procurement_portal:apply")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "visitor": self.visitor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(started=self.started, kept_days=KEPT.days, **kwargs)

    def keep(self, form: ApplicationForm) -> Merge:
        """Keep what the form holds, and show in it what other windows have written. Raises what `keep` raises."""
        key = self.started.form_key if self.started else self.key_in_form
        started, merge = StartedApplication.keep(
            form_key=key or uuid.uuid4(),
            sent=form.written(),
            seen=form.seen_before,
            visitor=form.visitor,
            network=network(self.request),
            language=get_language() or "sv",
        )
        if started:
            self.remember(started)
        form.take_in(merge, started)
        return merge

    def sent_already(self) -> HttpResponse | None:
        """The way to the receipt of a form that has been sent in."""
        keys = [self.key_in_form, self.started.form_key if self.started else None]
        application = Application.objects.filter(form_key__in=[key for key in keys if key]).first()
        return redirect(application.get_receipt_url()) if application else None


class StartedView(StartedFormView):
    """POST keeps what is written: for the autosave, which asks for JSON, or for a person who goes on later.

    JSON answers: 200 `{saved_at, hidden}`, 409 `{conflict}` when another window has changed the same field, and
    `{sentence}` for what cannot be kept. `hidden` is what the form's hidden fields are from now on.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.get_success_url())

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        self.bring_here()
        form = self.get_form()
        try:
            merge = self.keep(form)
        except IllegalTransition as refusal:
            return self.decline(form, refusal)
        if self.wants_json:
            return self.answer(form, merge)
        if form.errors:
            return self.refuse(form, status=409 if merge.disputed else form.response_status)
        return self.go_on(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "unchecked": True}

    def go_on(self, form: ApplicationForm) -> HttpResponse:
        messages.success(self.request, _("Saved. You can close the window and go on later."))
        return redirect(self.get_success_url())

    def answer(self, form: ApplicationForm, merge: Merge) -> HttpResponse:
        if merge.disputed:
            labels = ", ".join(str(form.fields[name].label) for name in merge.disputed)
            return JsonResponse({"conflict": labels}, status=409)
        hidden = {"seen": str(merge.seen)}
        if self.started and tickets.key_of(self.request.POST.get("ticket", "")) != self.started.form_key:
            hidden["ticket"] = form.data["ticket"]
        return JsonResponse({"saved_at": f"{timezone.localtime():%H.%M}", "hidden": hidden})

    def decline(self, form: ApplicationForm, refusal: IllegalTransition) -> HttpResponse:
        status = 429 if isinstance(refusal, TooManyStarted) else 409 if isinstance(refusal, AlreadySent) else 400
        if self.wants_json:
            return JsonResponse({"sentence": str(refusal)}, status=status)
        if isinstance(refusal, AlreadySent) and (receipt := self.sent_already()):
            return receipt
        form.add_error(None, str(refusal))
        return self.refuse(form, status=status)

    @property
    def wants_json(self) -> bool:
        return self.request.headers.get("Accept") == "application/json"
