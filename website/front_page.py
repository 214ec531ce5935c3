from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import cached_property

from labs.models import Lab, Measurement
from methods.models import Method
from newsletter.models import DiaryEntry


class FrontPage:
    """What is new and what has been shown so far: a handful of each, always as the public sees it."""

    METHODS = 3
    ENTRIES = 4

    @cached_property
    def results(self) -> list[Measurement]:
        """The latest verified number of each lab; none that could point at a person."""
        newest = Measurement.objects.publishable().latest_per_lab().select_related("goal__lab", "decided_by")
        return sorted(newest, key=lambda each: (each.denominator is None, -each.period_end.toordinal(), each.pk))

    @cached_property
    def methods(self) -> list[Method]:
        return list(
            Method.objects.published()
            .select_related("lab", "published", "evidence")
            .prefetch_related("focus_areas")
            .newest_first()[: self.METHODS]
        )

    @cached_property
    def entries(self) -> list[DiaryEntry]:
        return list(DiaryEntry.objects.published().with_people_and_places().newest_first()[: self.ENTRIES])

    @cached_property
    def labs(self) -> list[Lab]:
        public: Any = Lab.objects.visible_to(AnonymousUser())
        return list(public.select_related("picture").prefetch_related("focus_areas").alphabetical())
