"""Tokens for mails that are the number of a row and a signature, bound to what the row says of its address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.db.models import QuerySet


def row_of(
    token: str, rows: QuerySet[Any], *, signer_of: Callable[[Any], TimestampSigner], lasts: timedelta
) -> Any | None:
    """The row that a token leads to; None for one that was never ours, is too old, or bound to what was before."""
    pk = token.partition(".")[0]
    row = rows.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
    try:
        return row if row is not None and signer_of(row).unsign(token, max_age=lasts) == pk else None
    except BadSignature:
        return None
