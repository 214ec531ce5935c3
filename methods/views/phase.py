from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from methods.forms.method import PhaseForm
from methods.views.scoping import MethodScoped


class PhaseChange(MethodScoped, View):
    """GET asks for the phase and why, POST moves the method there."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.show(PhaseForm(initial={"phase": self.method.phase, "learned": self.method.learned}))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = PhaseForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        self.method.move_to(by=request.user, **form.cleaned_data)
        messages.success(
            request, _("The method is now in the phase “%(phase)s”.") % {"phase": self.method.get_phase_display()}
        )
        return redirect(self.method)

    def show(self, form: PhaseForm, status: int = 200) -> HttpResponse:
        return render(self.request, "methods/phase.html", {"form": form, "method": self.method}, status=status)
