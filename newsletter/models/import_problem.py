from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.address import SENTENCES

# What is wrong with a line, beside what may be wrong with an address.
LINE_SENTENCES: dict[str, Any] = {
    **SENTENCES,
    "missing": _("There is no address on the line."),
    "frequency": _("“%(found)s” is not a rhythm we have. Write each, weekly or monthly, or leave it empty."),
    "language": _("“%(found)s” is not a language we write in. Write Swedish or English, or leave it empty."),
    "quotation": _(
        "A quotation mark on the line is never closed, so that what follows would be swallowed. It begins: “%(found)s”."
    ),
}


class ImportProblem(models.Model):
    """A line of an imported file that cannot be used, and why."""

    subscriber_import = models.ForeignKey(
        "newsletter.SubscriberImport", on_delete=models.CASCADE, related_name="problems", db_index=False
    )
    line = models.PositiveIntegerField(_("line"))
    code = models.CharField(max_length=12)
    found = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber_import", "line"], name="import_problem_once_per_line"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_import_id}:{self.line} {self.code}"

    @property
    def sentence(self) -> str:
        return str(LINE_SENTENCES[self.code]) % {"found": self.found}
