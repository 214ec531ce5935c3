from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from procurement_portal.forms.application import EmailForm
from procurement_portal.views.forms import RefusingFormView
from procurement_portal.views.links import ReceiptScoped


class ReceiptView(ReceiptScoped, RefusingFormView):
    """What happens now. Until the address is confirmed it can be corrected here, and the mail sent again."""

    form_class = EmailForm
    template_name = "procurement_portal/receipt.html"

    def get_initial(self) -> dict[str, str]:
        return {"email": self.application.email}

    def form_valid(self, form: EmailForm) -> HttpResponse:
        if self.application.correct_email(form.cleaned_data["email"]):
            messages.success(
                self.request, _("We have sent the e-mail to %(email)s.") % {"email": self.application.email}
            )
            return redirect(self.application.get_receipt_url())
        form.add_error(
            "email",
            _(
                "We have just sent an e-mail to that address, or tried several times. "
                "Wait a while and look in your spam folder, or write to us if nothing comes."
            ),
        )
        return self.refuse(form, status=409)
