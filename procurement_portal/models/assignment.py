from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.models.link import Followable
from procurement_portal.models.refusals import AlreadyAssigned
from procurement_portal.models.states import OPEN


class Assignable(Followable):
    """Who among the coordinators reviews an application. It can be given on, and let go."""

    class Meta:
        abstract = True

    def assign(self, to: Any, *, by: Any, instead_of: int | None) -> None:
        """Give the review to a coordinator, or to nobody (`to` is None); a colleague who is given it is mailed.

        `instead_of` is the id of who had it as far as `by` knew. Raises AlreadyAssigned when that has changed
        meanwhile, and AlreadyDecided or NotConfirmed.
        """
        with self.while_open():
            if self.reviewer_id not in {instead_of, to and to.pk}:
                raise AlreadyAssigned(self._who_has_it())
            if self.reviewer_id == (to and to.pk):
                return
            self._hand_to(to, by=by)

    @classmethod
    def assign_several(cls, pks: Iterable[int], *, to: Any) -> tuple[int, int]:
        """`to` takes on those of the applications that are open and nobody's: `(how many, how many were left alone)`.

        All in one transaction, locked in the same order by everybody.
        """
        wanted = set(pks)
        with transaction.atomic():
            free = cls.objects.select_for_update(of=("self",)).filter(  # type: ignore[attr-defined]
                pk__in=wanted, state__in=OPEN, reviewer__isnull=True
            )
            taken = list(free.order_by("pk"))
            for application in taken:
                application._hand_to(to, by=to)
        return len(taken), len(wanted) - len(taken)

    def _hand_to(self, to: Any, *, by: Any) -> None:
        self.reviewer = to
        self.save(update_fields=["reviewer"])
        if to is None:
            self.record("let_go", by=by)
        elif to == by:
            self.record("taken_on", by=by)
        else:
            self.record("assigned", by=by, to=to.pk)
            mails.assigned(self, to=to, by=by)

    def _who_has_it(self) -> str:
        if self.reviewer is None:
            return _("Meanwhile nobody reviews the application any more. Look at it again.")
        return _("Meanwhile %(name)s has become its reviewer. Look at it again.") % {"name": self.reviewer.name}
