from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Lower


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def with_address(self, email: str) -> "ImportRowQuerySet":
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())

    def seen(self, emails: Iterable[str]) -> set[str]:
        """Those of the lower-case addresses that stand in the rows already."""
        lowered = self.annotate(lower_email=Lower("email")).filter(lower_email__in=list(emails))
        return set(lowered.values_list("lower_email", flat=True))


class ImportRow(models.Model):
    """An address of an import that has been checked, until the import is done with."""

    class Finding(models.TextChoices):
        NEW = "new"
        THERE = "there"
        LEFT = "left"

    subscriber_import = models.ForeignKey(
        "newsletter.SubscriberImport", on_delete=models.CASCADE, related_name="rows", db_index=False
    )  # `import_row_address_once` begins with it
    email = models.EmailField()
    frequency = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    finding = models.CharField(max_length=5, choices=Finding)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("subscriber_import", Lower("email"), name="import_row_address_once"),
        ]
        indexes = [
            models.Index(
                fields=["subscriber_import", "id"], condition=models.Q(finding="new"), name="import_row_to_import"
            ),
            # For erasing somebody: their address may stand in a list that waits.
            models.Index(Lower("email"), name="import_row_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_import_id}: {self.finding}"
