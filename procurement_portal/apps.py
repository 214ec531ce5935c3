from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProcurementPortalConfig(AppConfig):
    name = "procurement_portal"

    def ready(self) -> None:
        from procurement_portal.models.category import ensure_categories

        import_module("procurement_portal.receivers")
        post_migrate.connect(ensure_categories, sender=self, dispatch_uid="procurement_portal.categories")
