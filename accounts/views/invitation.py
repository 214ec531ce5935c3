from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.exceptions import AccountIsDeactivated, InvitationIsClosed, InvitationIsForAnother
from accounts.forms import AcceptanceForm
from accounts.models import Invitation, User


@method_decorator([never_cache, rate_limit(action="login")], name="dispatch")
class Acceptance(View):
    """The page behind the mailed link. GET shows what one is invited to; POST comes in and signs in.

    A link that leads nowhere is 404; one that is used, withdrawn or too old is 410, and says what to do.
    """

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **kwargs: Any) -> HttpResponseBase:
        invitation = Invitation.objects.with_token(token).select_related("lab", "invited_by").first()
        if invitation is None:
            return render(request, "accounts/invitation/unknown.html", status=404)
        self.invitation = invitation
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.invitation.can_be_accepted:
            return self._closed()
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form and not form.is_valid():
            return self._page(form, status=400)
        self._refuse_another_person()
        try:
            user = self.invitation.accept(name=form.cleaned_data["name"] if form else "")
        except InvitationIsClosed:
            return self._closed()
        return self._sign_in(user)

    def _form(self, data: Any = None) -> AcceptanceForm | None:
        """The questions to a person who is new here; none to one who has an account."""
        if self.invitation.account():
            return None
        return AcceptanceForm(data, initial={"name": self.invitation.name})

    def _refuse_another_person(self) -> None:
        user = self.request.user
        if user.is_authenticated and user.email != self.invitation.email:
            raise InvitationIsForAnother(self.invitation.email)
        account = self.invitation.account()
        if account and not account.is_active:
            raise AccountIsDeactivated

    def _sign_in(self, user: User) -> HttpResponse:
        """The link proves the mailbox as a code would; who has a second step is asked for it next."""
        if self.request.user == user:
            return redirect("accounts:start")
        record_authentication(self.request, user, method="code", email=user.email)
        return perform_login(self.request, user, email=user.email)

    def _page(self, form: AcceptanceForm | None, status: int = 200) -> HttpResponse:
        context = {"invitation": self.invitation, "form": form, "account": self.invitation.account()}
        return render(self.request, "accounts/invitation/accept.html", context, status=status)

    def _closed(self) -> HttpResponse:
        return render(self.request, "accounts/invitation/closed.html", {"invitation": self.invitation}, status=410)
