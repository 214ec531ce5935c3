from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"

    def ready(self) -> None:
        from anymail.signals import tracking

        from labs import panels
        from newsletter.inbound.tracking import receive_event
        from newsletter.panels import diary_work, latest_entries

        panels.lab_page.register(latest_entries)
        panels.staff_page.register(diary_work)
        tracking.connect(receive_event, dispatch_uid="newsletter")
