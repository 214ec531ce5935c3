from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.generic import View


class SignedAddress(View):
    """A page behind a token from a mail: nothing keeps it, and its address is told to nobody.

    Subclasses may look up in `find` what the token leads to. What they raise when it leads nowhere (any more) they name
    in `over`; it is answered like the page itself, with `over_template_name`.
    """

    over: type[Exception] | tuple[type[Exception], ...] = ()
    over_template_name: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.find(kwargs["token"])
            response = super().dispatch(request, *args, **kwargs)
        except self.over as reason:
            response = self.link_is_over(reason)
        add_never_cache_headers(response)
        # The address is a key. same-origin: our own CSRF check needs to see it, nobody else does.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def find(self, token: str) -> None:
        """Look up what the token leads to. Raises what `over` names."""

    def link_is_over(self, reason: Exception) -> HttpResponse:
        return render(self.request, self.over_template_name, status=404)
