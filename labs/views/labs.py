from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from labs import panels
from labs.forms import LabForm
from labs.models import Lab, Measurement
from labs.views.scoped import LabScoped
from pictures.visitors import Visitor

LABS_A_PAGE = 24


class LabList(View):
    """Every lab, in the order of the Swedish alphabet, each with its latest verified result."""

    def get(self, request: HttpRequest) -> HttpResponse:
        labs = (
            Lab.objects.visible_to(request.user)
            .alphabetical()
            .select_related("picture")
            .prefetch_related("focus_areas")
        )
        page = Paginator(labs, LABS_A_PAGE).get_page(request.GET.get("page"))
        results = Measurement.objects.publishable().filter(goal__lab__in=list(page)).latest_per_lab()
        heroes = {result.goal.lab_id: result for result in results.select_related("goal", "decided_by")}
        cards = [(lab, heroes.get(lab.pk)) for lab in page]
        return render(request, "labs/list.html", {"page": page, "cards": cards})


class LabDetail(View):
    """A lab in public: the same for everyone, with small counts of people left out."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        labs = Lab.objects.visible_to(request.user).select_related("picture").prefetch_related("focus_areas")
        lab = get_object_or_404(labs, slug=slug)
        return render(
            request,
            "labs/detail.html",
            {
                "lab": lab,
                "partners": lab.partners.by_role(),
                "goals": lab.goals.with_progress(),
                "hero": lab.latest_result(),
                "panels": panels.lab_page.rendered(lab, request),
                "may_edit": lab.goals_set_by(request.user),
                "works_here": lab.worked_on_by(request.user),
            },
        )


class LabEdit(LabScoped, View):
    """What the lab says about itself, for its leads and the coordinators."""

    template_name = "labs/edit.html"

    def may(self) -> bool:
        return self.lab.goals_set_by(self.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(form=LabForm(instance=self.lab, visitor=Visitor.of(request)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = LabForm(request.POST, request.FILES, instance=self.lab, visitor=Visitor.of(request))
        if not form.is_valid():
            return self.page(form=form, status=form.response_status)
        with transaction.atomic():
            form.claim_pictures(f"labs.lab {self.lab.pk}")
            self.lab.change(by=self.user, picture_alt=form.cleaned_data["alt"], **form.rewritten())
        messages.success(request, _("The lab’s page is saved."))
        return redirect(self.lab)
