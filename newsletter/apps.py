from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"

    def ready(self) -> None:
        from labs import panels
        from newsletter.panels import diary_work, latest_entries

        panels.lab_page.register(latest_entries)
        panels.staff_page.register(diary_work)
