from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.views.generic import FormView

from pictures.refusals import TooLarge
from pictures.views.forms import PicturesViewMixin


class RefusingFormView(FormView):
    """A form view that answers 400 when the form is not right."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.refuse(form, status=400)

    def refuse(self, form: BaseForm, *, status: int, **context: Any) -> HttpResponse:
        """Show the form again with everything in it."""
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)


class PicturesFormView(PicturesViewMixin, RefusingFormView):
    """The same for a form with pictures: 200 after a picture was stored on its own, 413 for one over the limit."""

    def form_invalid(self, form: Any) -> HttpResponse:
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        return self.refuse(form, status=413 if TooLarge.code in codes else form.response_status)
