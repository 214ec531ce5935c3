"""Posts what mail services post, signed as they sign it."""

import hashlib
import hmac
import json
import time
import uuid
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

PAYLOADS = Path(__file__).parent.parent / "payloads"
KEYS = {
    "MAILGUN_WEBHOOK_SIGNING_KEY": "key-0123456789abcdef0123456789abcdef",
    "MAILERSEND_SIGNING_SECRET": "secret0123456789abcdef0123456789",
}


def sign(key: str, content: str) -> str:
    return hmac.new(KEYS[key].encode(), content.encode(), hashlib.sha256).hexdigest()


def payload(name: str, **words: str) -> str:
    """The file with the names in braces filled in."""
    text = (PAYLOADS / f"{name}.json").read_text()
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text


def mailgun(
    name: str, *, email: str = "lasare@example.org", message_id: str = "", at: float | None = None, **changes: Any
) -> str:
    """The content of one of Mailgun's posts; `at` is when it happened and was signed, `changes` goes into the event."""
    at = time.time() if at is None else at
    token = changes.pop("token", uuid.uuid4().hex * 2)
    content = json.loads(
        payload(
            name,
            email=email,
            message_id=message_id.strip("<>"),
            id=changes.pop("id", uuid.uuid4().hex[:22]),
            token=token,
            timestamp=str(int(at)),
            signature=sign("MAILGUN_WEBHOOK_SIGNING_KEY", f"{int(at)}{token}"),
        )
    )
    content["event-data"] |= {"timestamp": at, **changes}
    return json.dumps(content)


def mailersend(name: str, *, email: str = "lasare@example.org", at: str = "", id: str = "") -> str:
    return payload(name, email=email, created_at=at or timezone.now().isoformat(), id=id or uuid.uuid4().hex[:24])


def post(service: str, content: str | bytes, **headers: str) -> int:
    """Post the content as the service would, without any cookie, and return the status."""
    if service == "mailersend" and "signature" not in headers and isinstance(content, str):
        headers["signature"] = sign("MAILERSEND_SIGNING_SECRET", content)
    response = Client(enforce_csrf_checks=True, raise_request_exception=False).post(
        f"/anymail/{service}/tracking/", content, content_type="application/json", headers=headers
    )
    assert not response.cookies
    return response.status_code
