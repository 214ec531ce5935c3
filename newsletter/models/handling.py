import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

# A worker that has shown no sign of life for so long is taken for dead. Longer than any one mail can take: connecting
# and each of the server's answers may last EMAIL_TIMEOUT seconds.
LEASE = datetime.timedelta(minutes=5)

BATCH = 100

# Waiting before the next attempt: 1, 2, 4 … minutes, at most four hours. After the last attempt it has failed.
MOST_ATTEMPTS = 12
LONGEST_WAIT = datetime.timedelta(hours=4)


class HandlingQuerySet(models.QuerySet[Any]):
    """What workers do with deliveries. Each step is committed by itself and checks all that it relies on.

    The conditions on a row stand in its own UPDATE, so PostgreSQL checks them anew when another worker had the row
    meanwhile. Times are the database's, so workers' clocks need not agree.
    """

    def claim(self, issue_id: int, worker: str) -> list[int]:
        """Take a batch of waiting deliveries of an issue that is being sent; returns their ids."""
        with transaction.atomic():
            waiting = self.filter(self._issue_is_sending(), issue_id=issue_id, state="pending", not_before__lte=Now())
            ids = list(
                waiting.order_by("not_before", "pk")
                .select_for_update(skip_locked=True)
                .values_list("pk", flat=True)[:BATCH]
            )
            self.filter(pk__in=ids).update(
                state="claimed", worker=worker, lease_until=Now() + LEASE, changed_at=Now(), smtp_reply=""
            )
        return ids

    def begin_submitting(self, pk: int, worker: str) -> bool:
        """Say, before the mail server is told anything, that this delivery may be out from now on.

        False when it may not be sent: the lease is lost, the subscriber has left, or the issue is stopped.
        """
        mine = self._held(pk, worker, "claimed").filter(
            self._issue_is_sending(), self._subscriber_wants_it(), lease_until__gt=Now()
        )
        return bool(
            mine.update(state="submitting", attempt=F("attempt") + 1, lease_until=Now() + LEASE, changed_at=Now())
        )

    def skip(self, pk: int, worker: str) -> bool:
        """Close a claimed delivery whose subscriber or issue no longer wants it; False when that is not the case."""
        unwanted = Q(~self._issue_is_sending()) | Q(~self._subscriber_wants_it())
        return bool(self._held(pk, worker, "claimed").filter(unwanted).update(**self._closed("skipped")))

    def unwritable(self, pk: int, worker: str, reason: str) -> None:
        """Close a claimed delivery whose mail cannot even be put together, unless nobody wants it anyway."""
        if not self.skip(pk, worker):
            self._held(pk, worker, "claimed").update(**self._closed("failed", reason.replace("\x00", "")))

    def accepted(self, pk: int, worker: str, reply: str) -> None:
        # A lease that ran out while the server was thinking has made the row unknown; now it is known after all.
        self._held(pk, worker, "submitting", "unknown").update(**self._closed("accepted", reply))

    def failed(self, pk: int, worker: str, reply: str) -> None:
        self._held(pk, worker, "submitting", "unknown").update(**self._closed("failed", reply))

    def unsure(self, pk: int, worker: str, reply: str) -> None:
        self._held(pk, worker, "submitting").update(**self._closed("unknown", reply))

    def deferred(self, pk: int, worker: str, reply: str) -> None:
        """Try again later, or give up after the last attempt. Only for mails the server has said no to in words."""
        held = self._held(pk, worker, "submitting", "unknown")
        attempt = held.values_list("attempt", flat=True).first() or 1
        if attempt >= MOST_ATTEMPTS:
            self.failed(pk, worker, reply)
            return
        wait = min(datetime.timedelta(minutes=2 ** (attempt - 1)), LONGEST_WAIT)
        held.update(**{**self._closed("pending", reply), "not_before": Now() + wait})

    def hand_back(self, pks: list[int], worker: str, *, wait: datetime.timedelta) -> None:
        """Put claimed deliveries that were never begun back into the queue."""
        self.filter(pk__in=pks, worker=worker, state="claimed").update(
            **{**self._closed("pending"), "not_before": Now() + wait}
        )

    def release_expired(self, issue_id: int) -> None:
        """What dead workers held: claimed rows go back; begun ones may be out already and are never sent again."""
        dead = self.filter(issue_id=issue_id, lease_until__lte=Now())
        dead.filter(state="claimed").update(**self._closed("pending"))
        dead.filter(state="submitting").update(**self._closed("unknown", "The worker died while handing it over."))

    def _held(self, pk: int, worker: str, *states: str) -> "HandlingQuerySet":
        return self.filter(pk=pk, worker=worker, state__in=states)

    def _closed(self, state: str, reply: str = "") -> dict[str, Any]:
        return {"state": state, "lease_until": None, "changed_at": Now(), "smtp_reply": reply[:300]}

    def _issue_is_sending(self) -> Exists:
        issues = self.model._meta.get_field("issue").related_model
        return Exists(issues._base_manager.filter(pk=OuterRef("issue_id"), state="sending"))

    def _subscriber_wants_it(self) -> Exists:
        subscribers = self.model._meta.get_field("subscriber").related_model
        awake = Q(paused_until__isnull=True) | Q(paused_until__lte=Now())
        return Exists(subscribers._base_manager.filter(awake, pk=OuterRef("subscriber_id"), state="active"))
