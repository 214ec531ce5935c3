"""Mail that comes back: bounces, complaints, and readers who leave by mail. docs/newsletter-inbound.md says how."""

from newsletter.inbound.inbox import fetch
from newsletter.inbound.receiving import Result, receive

__all__ = ["Result", "fetch", "receive"]
