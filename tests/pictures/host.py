"""A form of somebody who uses pictures, and its address: what the tests of drafts and uploads walk through."""

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.views.generic import FormView

from config import urls
from pictures.fields import PictureField, PicturesFormMixin
from pictures.views.forms import PicturesViewMixin


class HostForm(PicturesFormMixin, forms.Form):
    company = forms.CharField(label="Företag")
    logo = PictureField(label="Logotyp", min_width=200)
    portrait = PictureField(label="Porträtt", min_width=540, crops=True, required=False)


class HostView(PicturesViewMixin, FormView):
    form_class = HostForm
    template_name = "host.html"

    def form_valid(self, form):
        form.claim_pictures("host 1")
        return HttpResponse(f"tack {form.cleaned_data['logo'].pk}")


urlpatterns = [path("host/", HostView.as_view()), *urls.urlpatterns]
