from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.views.generic import FormView

from generic.forms import RefusingFormMixin
from pictures.views.forms import PicturesViewMixin
from workflow import IllegalTransition


class RefusingFormView(RefusingFormMixin, FormView):
    """400 for a form that is not right, 409 for one that came too late: what was written stays on the screen."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        try:
            return self.form_valid(form)
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            return self.refuse(form, status=409)

    def refuse(self, form: BaseForm, *, status: int, **context: Any) -> HttpResponse:
        """Show the form again with everything in it."""
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)


class PicturesFormView(PicturesViewMixin, RefusingFormView):
    """The same for a form with pictures: 200 after a picture was stored on its own, 413 for one over the limit."""
