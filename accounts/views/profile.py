from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import UpdateView

from accounts.access import SignInRequiredMixin
from accounts.forms import ProfileForm
from accounts.models import User
from generic.forms import RefusingFormMixin


class Profile(SignInRequiredMixin, RefusingFormMixin, UpdateView[User, ProfileForm]):
    form_class = ProfileForm
    template_name = "accounts/profile/edit.html"

    def get_object(self, queryset: object = None) -> User:
        # A copy: a refused form must not rename the person in the page's header.
        return User.objects.get(pk=self.request.user.pk)

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        response = super().form_valid(form)
        with translation.override(form.instance.language):
            messages.success(self.request, _("Your profile is saved."))
        return response

    def get_success_url(self) -> str:
        with translation.override(self.object.language):
            return reverse("accounts:profile")
