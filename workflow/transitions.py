"""What every verb on a model leans on: a locked row and a named refusal."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction
from django.utils.translation import gettext

# Within so long the same thing begun again by the same form is one click too many, and is begun once.
DOUBLE_CLICK = datetime.timedelta(seconds=30)


class IllegalTransition(Exception):
    """A verb was asked for that the object's state or the actor's role does not allow.

    The message is one translated sentence for the person who tried; the middleware answers 409 with it.
    """


class Gone(IllegalTransition):
    """What the verb was about has been deleted meanwhile."""


@contextmanager
def locked(instance: models.Model) -> Iterator[None]:
    """Run the block in a transaction that holds `instance`'s row, with its fields read afresh under the lock.

    Unsaved changes on the instance are lost: a verb sets fields inside the block. Raises Gone for a deleted row.
    """
    with transaction.atomic():
        if not type(instance)._base_manager.select_for_update(of=("self",)).filter(pk=instance.pk):
            raise Gone(gettext("It is not there any more: somebody has deleted it in the meantime."))
        instance.refresh_from_db()
        yield


@contextmanager
def in_turn(what: str) -> Iterator[None]:
    """Run the block in a transaction that others with the same `what` wait for, also where there is no row to lock yet.

    For choosing something that must be unique, like a free address.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
        yield


@contextmanager
def in_long_turn(what: str) -> Iterator[None]:
    """The same without a transaction: what the block has stored stays, and it may take its time.

    `in_turn` within, for the same `what`, does not wait. The connection must be our own for as long: a pool that hands
    it out by the transaction would give the turn to somebody else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [what])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [what])
