from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, ListView

from accounts.access import CoordinatorRequiredMixin
from accounts.models import User
from generic.lists import ForgivingPages


class People(CoordinatorRequiredMixin, ForgivingPages, ListView[User]):
    template_name = "accounts/people/list.html"
    context_object_name = "people"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return User.objects.alphabetical().prefetch_related("memberships__lab")


class Person(CoordinatorRequiredMixin, DetailView[User]):
    template_name = "accounts/people/detail.html"
    context_object_name = "person"
    queryset = User.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            memberships=self.object.memberships.select_related("lab"),
            events=self.object.events.newest_first(),
            has_second_step=Authenticator.objects.filter(user=self.object).exists(),
            **kwargs,
        )


class PersonScoped(CoordinatorRequiredMixin, View):
    http_method_names = ["post"]

    def get_person(self, pk: int) -> User:
        return get_object_or_404(User, pk=pk)


class Deactivation(PersonScoped):
    """POST keeps the person out."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.get_person(pk)
        person.deactivate(by=request.user)
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.name})
        return redirect("accounts:person", pk=pk)


class Reactivation(PersonScoped):
    """POST lets the person in again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.get_person(pk)
        person.reactivate(by=request.user)
        messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
        return redirect("accounts:person", pk=pk)
