from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from procurement_portal.models.refusals import AlreadyRecommended, NoRecommendation, OwnRecommendation
from procurement_portal.models.review import Reviewable


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def standing(self) -> "RecommendationQuerySet":
        """Those that have not been taken back, newest first."""
        return self.filter(withdrawn_at__isnull=True).select_related("recommended_by").order_by("-pk")

    def of(self, user: Any) -> "RecommendationQuerySet":
        return self.standing().filter(recommended_by=user)


class Recommendation(models.Model):
    """What a second coordinator thinks the decision should be. Whoever has one standing does not decide."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", pgettext_lazy("recommendation", "approve")
        REJECT = "reject", pgettext_lazy("recommendation", "reject")

    application = models.ForeignKey(
        "procurement_portal.Application", on_delete=models.CASCADE, related_name="recommendations"
    )
    verdict = models.CharField(gettext_lazy("recommendation"), max_length=10, choices=Verdict)
    because = models.TextField(gettext_lazy("reason"), max_length=2_000)
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recommended_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("recommendation")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["approve", "reject"]), name="recommendation_verdict"),
            models.CheckConstraint(condition=~Q(because=""), name="recommendation_has_a_reason"),
            models.UniqueConstraint(
                "application",
                "recommended_by",
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_recommendation_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.verdict}"

    @property
    def is_outdated(self) -> bool:
        """Whether the applicant has sent in more information since."""
        since = self.application.waiting_since
        return since is not None and since > self.recommended_at


class Recommendable(Reviewable):
    """Four eyes: one coordinator recommends, another decides."""

    class Meta:
        abstract = True

    def recommend(self, verdict: str, *, by: Any, because: str) -> Recommendation:
        """Say what the decision should be. Raises NotUnderReview or AlreadyRecommended."""
        with self.while_open():
            self.require_under_review()
            self.refuse_second_recommendation(by)
            recommendation = Recommendation.objects.create(
                application_id=self.pk, verdict=verdict, because=because, recommended_by=by
            )
            approves = verdict == Recommendation.Verdict.APPROVE
            self.record("recommended_approval" if approves else "recommended_rejection", by=by)
        return recommendation

    def take_back_recommendation(self, *, by: Any) -> None:
        """Undo one's own `recommend`, before a decision. Raises NoRecommendation."""
        with self.while_open():
            own = self.recommendations.of(by)  # type: ignore[attr-defined]
            if not own.update(withdrawn_at=timezone.now()):
                raise NoRecommendation(_("You have no recommendation to take back."))
            self.record("recommendation_taken_back", by=by)

    def is_recommended_by(self, user: Any) -> bool:
        return self.recommendations.of(user).exists()  # type: ignore[attr-defined]

    def refuse_second_recommendation(self, by: Any) -> None:
        if self.is_recommended_by(by):
            raise AlreadyRecommended(_("You have already recommended a decision. Take it back first to change it."))

    def require_other_eyes(self, by: Any) -> None:
        """Raise OwnRecommendation for somebody whose own recommendation stands."""
        if self.is_recommended_by(by):
            raise OwnRecommendation(
                _("You have recommended a decision, so a colleague decides. Take it back if you are the one to decide.")
            )
