from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "methods"

    def ready(self) -> None:
        from labs import panels
        from labs.signals import measurement_superseded
        from methods.models.evidence import question_evidence
        from methods.panels import methods_of_lab, reports_of_lab

        measurement_superseded.connect(question_evidence, dispatch_uid="methods.question_evidence")
        panels.lab_page.register(methods_of_lab)
        panels.staff_page.register(reports_of_lab)
