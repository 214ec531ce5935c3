from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from methods.sections import BY_KEY, Section


class Review(models.Model):
    """A coordinator's verdict on a revision that was sent in."""

    class Verdict(models.TextChoices):
        CHANGES = "changes", pgettext_lazy("verdict", "changes requested")
        PUBLISHED = "published", pgettext_lazy("verdict", "published")

    revision = models.ForeignKey("methods.Revision", on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("review")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.revision}: {self.get_verdict_display()}"


class ReviewComment(models.Model):
    """What a reviewer asks about one section; without a section it is about the whole."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    section_key = models.CharField(max_length=20, blank=True)
    text = models.TextField(_("comment"))

    class Meta:
        verbose_name = _("review comment")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="review_comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def section(self) -> Section | None:
        return BY_KEY.get(self.section_key)
