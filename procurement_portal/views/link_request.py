from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import TemplateView

from antispam.limits import network
from procurement_portal.forms.application import EmailForm
from procurement_portal.mailed_links import may_be_mailed
from procurement_portal.models import Application, Supplier
from procurement_portal.views.forms import RefusingFormView


class LinkRequestView(RefusingFormView):
    """Have fresh links mailed. The answer is the same whether there is an application or listing, or not."""

    form_class = EmailForm
    template_name = "procurement_portal/link_request.html"
    success_url = reverse_lazy("procurement_portal:link_requested")

    def form_valid(self, form: EmailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if may_be_mailed("new-link", email, network(self.request)):
            for application in Application.objects.of_email(email):
                application.mail_new_link()
            for supplier in Supplier.objects.of_email(email):
                supplier.mail_link()
        return redirect(self.get_success_url())


class LinkRequestedView(TemplateView):
    template_name = "procurement_portal/link_requested.html"
