from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.views.generic import FormView

from generic.forms import RefusingFormMixin
from pictures.views.forms import PicturesViewMixin


class RefusingFormView(RefusingFormMixin, FormView):
    def refuse(self, form: BaseForm, *, status: int, **context: Any) -> HttpResponse:
        """Show the form again with everything in it."""
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)


class PicturesFormView(PicturesViewMixin, RefusingFormView):
    """The same for a form with pictures: 200 after a picture was stored on its own, 413 for one over the limit."""
