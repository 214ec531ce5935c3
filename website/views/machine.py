"""Answers for the machines that keep the site running."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from website import readiness


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked. Restart it when it does not."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503 with what is wrong. For deployments to wait for and alarms to watch."""
    parts = readiness.report()
    is_ready = all(state == "ok" for state in parts.values())
    body = {"status": "ready" if is_ready else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if is_ready else 503)
