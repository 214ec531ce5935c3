from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView
from django.views.generic.edit import FormMixin

from accounts.access import SignInRequiredMixin
from accounts.forms import InvitationForm
from accounts.models import Invitation
from generic.forms import RefusingFormMixin
from generic.lists import ForgivingPages


class InviterRequiredMixin(SignInRequiredMixin):
    """Coordinators, and leads of a lab."""

    def check_access(self) -> None:
        user = self.request.user
        if not user.is_coordinator and not user.memberships.filter(role=Invitation.Role.LEAD).exists():  # type: ignore[union-attr]
            raise PermissionDenied
        super().check_access()


class Invitations(
    InviterRequiredMixin, RefusingFormMixin, FormMixin[InvitationForm], ForgivingPages, ListView[Invitation]
):
    """GET lists the invitations one may see, with a form; POST invites."""

    template_name = "accounts/invitations/list.html"
    context_object_name = "invitations"
    form_class = InvitationForm
    paginate_by = 25

    def get_queryset(self) -> Any:
        return Invitation.objects.visible_to(self.request.user).newest_first()

    def get_initial(self) -> dict[str, Any]:
        lab = self.request.GET.get("lab", "")
        return {"lab": lab} if lab.isascii() and lab.isdigit() and len(lab) < 10 else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        try:
            invitation = form.invite()
        except IntegrityError:  # the same form sent twice at once: the other one won
            messages.info(self.request, _("There is an open invitation to this address already."))
        else:
            messages.success(self.request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
        return redirect("accounts:invitations")

    def form_invalid(self, form: InvitationForm) -> HttpResponse:
        self.object_list = self.get_queryset()
        return super().form_invalid(form)


class InvitationScoped(InviterRequiredMixin, View):
    """Finds the invitation among those one may see; others' are 404."""

    http_method_names = ["post"]

    def get_invitation(self, pk: int) -> Invitation:
        return get_object_or_404(Invitation.objects.visible_to(self.request.user), pk=pk)


class Sending(InvitationScoped):
    """POST sends the invitation again, with a new link."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = self.get_invitation(pk)
        invitation.resend(by=request.user)
        messages.success(request, _("A new invitation is on its way to %(email)s.") % {"email": invitation.email})
        return redirect("accounts:invitations")


class Withdrawal(InvitationScoped):
    """POST takes the invitation back."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = self.get_invitation(pk)
        invitation.revoke(by=request.user)
        messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
        return redirect("accounts:invitations")
