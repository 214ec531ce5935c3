from typing import Any

from django.db.models import QuerySet
from django.views.generic import DetailView

from generic.faceted_list import FacetedList
from procurement_portal.filters import DirectoryFilter
from procurement_portal.models import Supplier


class HomeView(FacetedList):
    """What the portal is, and the directory."""

    filterset_class = DirectoryFilter
    template_name = "procurement_portal/home.html"
    partial_template_name = "procurement_portal/_found.html"
    per_page = 24

    def get_queryset(self) -> Any:
        return Supplier.objects.listed()

    def arranged(self, found: Any, *, query: str) -> tuple[Any, dict[str, Any]]:
        return found.alphabetical().select_related("logo").prefetch_related("categories"), {}


class SupplierView(DetailView):
    template_name = "procurement_portal/supplier.html"
    context_object_name = "supplier"

    def get_queryset(self) -> QuerySet[Supplier]:
        return (
            Supplier.objects.visible_to(self.request.user)
            .select_related("logo", "picture", "contact_picture")
            .prefetch_related("categories")
        )
