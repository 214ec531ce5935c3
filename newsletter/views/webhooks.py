import datetime
import hashlib
import json
import logging
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from pictures.middleware import declared_length

logger = logging.getLogger(__name__)

# One event is a few kilobytes.
MOST_BYTES = 256 * 2**10
# Mailgun tries for eight hours.
VALID_FOR = datetime.timedelta(hours=24)
CLOCKS_DIFFER = datetime.timedelta(minutes=15)


class SignedEvents:
    """Anymail's view of a service, for events in signed JSON and for nothing else. Nonsense is answered with 400."""

    def run_validators(self, request: HttpRequest) -> None:
        self._understood(super().run_validators, request)  # type: ignore[misc]

    def parse_events(self, request: HttpRequest) -> list[Any]:
        return self._understood(super().parse_events, request)  # type: ignore[misc]

    @staticmethod
    def _understood(read: Any, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise AnymailWebhookValidationFailure(f"The content is {request.content_type!r:.80} and not JSON.")
        try:
            return read(request)
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError, RecursionError, OSError) as error:
            raise AnymailWebhookValidationFailure("The JSON is not what the service sends.") from error


class MailgunEvents(SignedEvents, MailgunTrackingWebhookView):
    """Mailgun signs a time and a token, but not what it says. So a signature holds for a while and for one content."""

    def validate_request(self, request: HttpRequest) -> None:
        signature = json.loads(request.body)["signature"]
        signed_at = datetime.datetime.fromtimestamp(int(signature["timestamp"]), datetime.UTC)
        if not -CLOCKS_DIFFER < timezone.now() - signed_at < VALID_FOR:
            raise AnymailWebhookValidationFailure("The signature is too old, or from the future.")

    def parse_events(self, request: HttpRequest) -> list[Any]:
        events = super().parse_events(request)
        token = json.loads(request.body)["signature"]["token"]
        key = "newsletter:mailgun:" + hashlib.sha256(str(token).encode()).hexdigest()
        content = hashlib.sha256(request.body).hexdigest()
        if cache.get_or_set(key, content, VALID_FOR.total_seconds() * 2) != content:
            raise AnymailWebhookValidationFailure("The signature has been used with another content.")
        return events


class MailerSendEvents(SignedEvents, MailerSendTrackingWebhookView):
    """MailerSend signs the whole content."""


# Another service is a line here, a key in the settings, and tests with what it sends. It must sign.
SERVICES = {
    "mailgun": (MailgunEvents.as_view(), "MAILGUN_WEBHOOK_SIGNING_KEY"),
    "mailersend": (MailerSendEvents.as_view(), "MAILERSEND_SIGNING_SECRET"),
}


@csrf_exempt
@never_cache
def service_events(request: HttpRequest, service: str) -> HttpResponse:
    """Takes a mail service's events, if we have the key to check who is speaking. Its signature stands for a cookie."""
    view, key = SERVICES.get(service, (None, ""))
    if view is None or key not in settings.ANYMAIL:
        raise Http404
    if declared_length(request) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        return view(request)
    except AnymailWebhookValidationFailure as refusal:
        logger.warning("An event said to be from %s was refused: %s", service, refusal)
        return HttpResponse("Refused.", status=400, content_type="text/plain")
