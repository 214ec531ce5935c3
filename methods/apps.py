from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "methods"

    def ready(self) -> None:
        from labs.signals import measurement_superseded
        from methods.models.evidence import question_evidence

        measurement_superseded.connect(question_evidence, dispatch_uid="methods.question_evidence")
