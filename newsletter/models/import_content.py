from django.db import models


class ImportContent(models.Model):
    """The uploaded file of an import, until it is done with. In the database, as web and workers may share no disk."""

    subscriber_import = models.OneToOneField(
        "newsletter.SubscriberImport", on_delete=models.CASCADE, primary_key=True, related_name="content"
    )
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"import {self.pk}"
