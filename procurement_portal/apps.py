from django.apps import AppConfig


class ProcurementPortalConfig(AppConfig):
    name = "procurement_portal"
