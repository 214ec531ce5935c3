"""What the script in the page is told: a sentence for the person, and the widget to put in place of its own."""

from http import HTTPStatus

from django.http import JsonResponse

from antispam.limits import HOUR
from pictures.refusals import NotStored, Refusal, TooLarge, TooManyUploads, TooManyWaiting

STATUSES = {
    TooLarge.code: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyUploads.code: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyWaiting.code: HTTPStatus.TOO_MANY_REQUESTS,
    NotStored.code: HTTPStatus.SERVICE_UNAVAILABLE,
}


def answer(sentence: str, *, html: str = "", status: int = 200) -> JsonResponse:
    return JsonResponse({"sentence": sentence, "html": html}, status=status, headers={"Cache-Control": "no-store"})


def refused(refusal: Refusal) -> JsonResponse:
    response = answer(str(refusal), status=STATUSES.get(refusal.code, HTTPStatus.BAD_REQUEST))
    if isinstance(refusal, TooManyUploads):
        response.headers["Retry-After"] = str(HOUR)
    return response
