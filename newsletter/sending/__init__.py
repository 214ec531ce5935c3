"""How an issue reaches its readers: frozen once, rendered once per variant, drained row by row, accounted for."""

from newsletter.sending.drain import Drain
from newsletter.sending.freeze import IssueFreeze

__all__ = ["Drain", "IssueFreeze"]
