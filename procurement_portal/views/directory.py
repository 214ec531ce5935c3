from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View
from django.views.generic import DetailView

from generic.lists import readable, wants_partial
from procurement_portal.filters import DirectoryFilter
from procurement_portal.models import Supplier

PER_PAGE = 24


class HomeView(View):
    """What the portal is, and the directory: searched, narrowed by facets, in pages. htmx gets the results alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = DirectoryFilter(readable(request.GET), queryset=Supplier.objects.listed())
        results = found.qs.alphabetical().select_related("logo").prefetch_related("categories")
        facets = found.facets
        query = found.form.cleaned_data.get("q", "")
        number = request.GET.get("page", "")
        page = Paginator(results, PER_PAGE).get_page(number if len(number) < 9 else 1)
        context = {
            "page_obj": page,
            "suppliers": page.object_list,
            "facets": facets,
            "chosen": [(facet, choice) for facet in facets for choice in facet.chosen],
            "query": query,
            "ignored": found.ignored,
            "is_narrowed": bool(query or any(facet.chosen for facet in facets)),
        }
        # The same page by two roads: a cache must not give one for the other.
        template = "procurement_portal/_found.html" if wants_partial(request) else "procurement_portal/home.html"
        response = render(request, template, context)
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response


class SupplierView(DetailView):
    template_name = "procurement_portal/supplier.html"
    context_object_name = "supplier"

    def get_queryset(self) -> QuerySet[Supplier]:
        return (
            Supplier.objects.visible_to(self.request.user)
            .select_related("logo", "picture", "contact_picture")
            .prefetch_related("categories")
        )
