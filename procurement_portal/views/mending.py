from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from procurement_portal.forms.application import MendForm, ReplacementForm
from procurement_portal.models.enclosures import SLOTS
from procurement_portal.views.forms import PicturesFormView
from procurement_portal.views.links import LinkScoped


class MendingView(LinkScoped, PicturesFormView):
    """The applicant changes the application, or sends in the complement we asked for."""

    form_class = MendForm
    template_name = "procurement_portal/mending.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.refuse_unless_mendable()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "application": self.application}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(complement_request=self.application.open_complement_request, **kwargs)

    def form_valid(self, form: MendForm) -> HttpResponse:
        self.application.mend(answers=form.cleaned_data["answers"], **form.columns())
        messages.success(self.request, _("Thank you! We have your changes."))
        return redirect("procurement_portal:status", self.kwargs["token"])


class PictureView(LinkScoped, PicturesFormView):
    """Replace one picture only: one that turned out to be unusable."""

    form_class = ReplacementForm
    template_name = "procurement_portal/picture.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.slot = next((slot for slot in SLOTS if slot.name == kwargs["slot"]), None)
        if self.slot is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.refuse_unless_replaceable(self.kwargs["slot"])
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "slot": self.kwargs["slot"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        former = getattr(self.application, self.kwargs["slot"])
        return super().get_context_data(slot=self.slot, former=former, **kwargs)

    def form_valid(self, form: ReplacementForm) -> HttpResponse:
        slot = self.kwargs["slot"]
        self.application.replace_picture(slot, form.cleaned_data[slot])
        messages.success(self.request, _("Thank you! The picture is replaced."))
        return redirect("procurement_portal:status", self.kwargs["token"])
