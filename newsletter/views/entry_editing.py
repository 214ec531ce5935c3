from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import SignInRequiredMixin
from labs.models import Lab
from newsletter.forms.entry import EntryForm
from newsletter.models import DiaryEntry
from newsletter.views.scope import EntryScoped
from pictures.visitors import Visitor


class EntryFormView(View):
    """Shows the form and keeps all that was typed when something in it is wrong."""

    def writing(self) -> dict[str, Any]:
        return {"writer": self.request.user, "visitor": Visitor.of(self.request)}

    def show(self, form: EntryForm, entry: DiaryEntry | None, *, status: int = 200) -> HttpResponse:
        return render(self.request, "newsletter/entry_form.html", {"form": form, "entry": entry}, status=status)

    def receive(self, entry: DiaryEntry | None) -> HttpResponse:
        form = EntryForm(self.request.POST, self.request.FILES, instance=entry, **self.writing())
        if not form.is_valid():
            return self.show(form, entry, status=form.response_status)
        saved = form.save()
        messages.success(self.request, _("Saved."))
        return redirect(saved)


class EntryNewView(SignInRequiredMixin, EntryFormView):
    """A new entry; it begins as a draft."""

    def check_access(self) -> None:
        user = self.request.user
        if not (user.is_authenticated and (user.is_coordinator or Lab.objects.staffed_by(user).exists())):
            raise PermissionDenied
        super().check_access()

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = (
            Lab.objects.staffed_by(request.user).filter(slug=request.GET.get("lab", "").replace("\x00", "")).first()
        )
        own = list(Lab.objects.staffed_by(request.user)[:2])
        lab = wanted or (own[0] if len(own) == 1 else None)
        initial: dict[str, Any] = {"lab": lab, "focus_areas": lab.focus_areas.all() if lab else []}
        return self.show(EntryForm(initial=initial, **self.writing()), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.receive(None)


class EntryEditView(EntryScoped, EntryFormView):
    """An entry that is there already, published or not."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        entry = self.entry
        return self.show(EntryForm(instance=entry, **self.writing()), entry)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.receive(self.entry)
