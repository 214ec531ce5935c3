from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from methods.exceptions import EditConflict, TooManyPictures
from methods.forms.sections import BasicsForm, ComponentFormSet, PicturesForm, SectionForm
from methods.merging import Merge
from methods.sections import SECTIONS
from methods.views.revision import open_comments, progress
from methods.views.scoping import SectionScoped
from pictures.visitors import Visitor


class SectionEdit(SectionScoped, View):
    """One section of the report. POST saves it: as a form, or for the autosave, which asks for JSON.

    JSON answers: 200 `{version, saved_at}`, 400 `{errors}`, 409 `{conflict}` when somebody else saved meanwhile.
    """

    def get(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        if not self.revision.is_writable:
            return redirect("methods:revision", pk)
        return self.show(self.form())

    def post(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.refuse(form)
        try:
            saved = self.save(form)
        except EditConflict as conflict:
            return self.collide(conflict)
        if self.wants_json:
            now = timezone.localtime()
            return JsonResponse({"version": saved, "saved_at": f"{now:%H.%M}"})
        return redirect(self.next_page())

    def form(self, data: Any = None) -> Any:
        if self.section.key == "claims":
            return None
        if self.section.key == "pictures":
            visitor = Visitor.of(self.request)
            return PicturesForm(data, self.request.FILES if data else None, revision=self.revision, visitor=visitor)
        if self.section.key == "components":
            return ComponentFormSet(data, initial=self.revision.section_values("components")["components"])
        kind = BasicsForm if self.section.key == "basics" else SectionForm
        return kind(data, instance=self.revision, section=self.section.key)

    def version_of(self, form: Any) -> int:
        if self.section.key != "components":
            return form.cleaned_data["version"]
        sent = self.request.POST.get("version", "")
        # A formset has no field of its own for it. Nonsense counts as old, which at worst shows the merge page.
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0

    def save(self, form: Any) -> int:
        if self.section.key != "pictures":
            return self.revision.save_section(
                self.section.key, form.values, version=self.version_of(form), by=self.request.user
            )
        with transaction.atomic():
            for picture in form.pictures:
                if not self.revision.method.illustrates(picture):
                    picture.claim(f"method {self.revision.method_id}")
            form.focus_pictures()
            return self.revision.add_pictures(form.values, version=self.version_of(form), by=self.request.user)

    def refuse(self, form: Any) -> HttpResponse:
        if self.wants_json:
            errors = form.errors if isinstance(form.errors, dict) else {}
            return JsonResponse({"errors": {name: list(each) for name, each in errors.items()}}, status=400)
        return self.show(form, status=getattr(form, "response_status", 400))

    def collide(self, conflict: EditConflict) -> HttpResponse:
        if self.wants_json:
            return JsonResponse({"conflict": str(conflict)}, status=409)
        if self.section.key == "pictures":
            raise TooManyPictures()
        merge = Merge(self.revision, conflict)
        context = {"revision": self.revision, "section": self.section, "merge": merge, "conflict": conflict}
        return render(self.request, "methods/merge.html", context, status=409)

    def next_page(self) -> str:
        keys = [section.key for section in SECTIONS]
        at = keys.index(self.section.key) + 1
        if "stay" in self.request.POST:
            return reverse("methods:section", args=[self.revision.pk, self.section.key])
        if "overview" in self.request.POST or at == len(keys):
            return reverse("methods:revision", args=[self.revision.pk])
        return reverse("methods:section", args=[self.revision.pk, keys[at]])

    @property
    def wants_json(self) -> bool:
        return self.request.headers.get("Accept") == "application/json"

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        revision, key = self.revision, self.section.key
        if status != 200 or getattr(form, "is_bound", False):
            # A bound form has already written on the instance; the page around it shows what is stored.
            revision.refresh_from_db()
        steps = progress(revision)
        at = [step["section"].key for step in steps].index(key)
        context = {
            "revision": revision,
            "section": self.section,
            "form": form,
            "version": revision.section_version(key),
            "saved_at": revision.section_saved_at(key),
            "saved_by_you": revision.saves.get(key, {}).get("by") == self.request.user.pk,
            "steps": steps,
            "number": at + 1,
            "previous": steps[at - 1]["section"] if at else None,
            "next": steps[at + 1]["section"] if at + 1 < len(steps) else None,
            "comments": open_comments(revision).get(key, []),
            "claims": revision.claims.with_measurements() if key == "claims" else None,
        }
        return render(self.request, "methods/section.html", context, status=status)
