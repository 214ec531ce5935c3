from django.db.models import QuerySet
from django.views.generic import DetailView

from procurement_portal.forms.filters import DirectoryFilter
from procurement_portal.models import Supplier
from procurement_portal.views.lists import FilteredList


class HomeView(FilteredList):
    """What the portal is, and the directory of suppliers."""

    template_name = "procurement_portal/home.html"
    context_object_name = "suppliers"
    filter_class = DirectoryFilter
    paginate_by = 24

    def get_queryset(self) -> QuerySet[Supplier]:
        suppliers = Supplier.objects.listed()
        if slug := self.filter.chosen("category"):
            suppliers = suppliers.in_category(slug)
        return (
            suppliers.search(self.filter.chosen("q"))
            .alphabetical()
            .select_related("logo")
            .prefetch_related("categories")
        )


class SupplierView(DetailView):
    template_name = "procurement_portal/supplier.html"
    context_object_name = "supplier"

    def get_queryset(self) -> QuerySet[Supplier]:
        return (
            Supplier.objects.visible_to(self.request.user)
            .select_related("logo", "picture", "contact_picture")
            .prefetch_related("categories")
        )
