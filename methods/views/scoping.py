"""Finding what a page is about, within what the person may see."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.access import SignInRequiredMixin
from methods.models import Method, Revision
from methods.sections import BY_KEY, Section


class RevisionScoped(SignInRequiredMixin):
    """For the lab's own people and coordinators: `self.revision`. Others get 404, or 403 where it is public."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def check_access(self) -> None:
        super().check_access()
        if not self.revision.method.lab.worked_on_by(self.request.user):
            raise PermissionDenied

    @cached_property
    def revision(self) -> Revision:
        revisions = Revision.objects.visible_to(self.request.user).select_related("method__lab", "author")
        return get_object_or_404(revisions, pk=self.kwargs["pk"])


class CoordinatorsRevision(RevisionScoped):
    """As above, for coordinators alone."""

    def check_access(self) -> None:
        super().check_access()
        if not self.request.user.is_coordinator:  # type: ignore[union-attr]
            raise PermissionDenied


class SectionScoped(RevisionScoped):
    """Also finds the section: `self.section`."""

    @cached_property
    def section(self) -> Section:
        try:
            return BY_KEY[self.kwargs["section"]]
        except KeyError:
            raise Http404 from None


class MethodScoped(SignInRequiredMixin):
    """For the lab's own people and coordinators: `self.method`. Others get 404, or 403 where it is public."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def check_access(self) -> None:
        super().check_access()
        if not self.method.lab.worked_on_by(self.request.user):
            raise PermissionDenied

    @cached_property
    def method(self) -> Method:
        methods = Method.objects.visible_to(self.request.user).select_related("lab", "published", "evidence__signed_by")
        return get_object_or_404(methods, slug=self.kwargs["slug"])


class CoordinatorsMethod(MethodScoped):
    """As above, for coordinators alone."""

    def check_access(self) -> None:
        super().check_access()
        if not self.request.user.is_coordinator:  # type: ignore[union-attr]
            raise PermissionDenied
