from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from procurement_portal.forms.queue import AssignmentForm
from procurement_portal.views.applications import ApplicationView


class AssignmentView(ApplicationView):
    """POST says who reviews the application; nobody, if `to` is empty."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AssignmentForm(request.POST, application=self.application)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(assignment_form=form, form=form), status=400)
        to = form.cleaned_data["to"]
        self.application.assign(to, by=request.user, instead_of=form.cleaned_data["instead_of"])
        if to is None:
            messages.success(request, _("Nobody reviews the application now."))
        elif to == request.user:
            messages.success(request, _("You are the reviewer."))
        else:
            messages.success(request, _("%(name)s is the reviewer, and is told by e-mail.") % {"name": to.name})
        return redirect(self.application)
