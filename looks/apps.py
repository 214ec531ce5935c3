from django.apps import AppConfig


class LooksConfig(AppConfig):
    name = "looks"

    def ready(self) -> None:
        from looks import sentences

        sentences.put_in_place()
