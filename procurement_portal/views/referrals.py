from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.generic import TemplateView

from antispam.limits import network
from procurement_portal.forms.referral import ReferralForm
from procurement_portal.models import NoMoreTips, Referral
from procurement_portal.models.referral import ReferralLinkOver, ReferralsClosed
from procurement_portal.models.tipped_page import TippedPage
from procurement_portal.views.forms import RefusingFormView
from procurement_portal.views.signed_page import SignedAddress


class ReferralView(RefusingFormView):
    """Tip a colleague about a page: copy its link, write oneself, or have us mail it. The answer is always the same."""

    form_class = ReferralForm
    template_name = "procurement_portal/referral/new.html"
    kind = ""

    @cached_property
    def page(self) -> TippedPage:
        page = TippedPage.find(self.kind, self.kwargs.get("slug", ""))
        if page is None:
            raise Http404
        return page

    @property
    def sender(self) -> str:
        """The address of somebody signed in, who need not show that it is theirs."""
        user: Any = self.request.user
        return str(user.email) if user.is_authenticated else ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "known_sender": self.sender}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, is_open=Referral.are_open(), sender=self.sender, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        key = ReferralForm.key_of(self.request.POST)
        if key and Referral.objects.filter(form_key=key).exists():
            return self.answer()
        if not Referral.are_open():
            return self.refuse(self.get_form(), status=409)
        return super().post(*args, **kwargs)

    def refuse(self, form: BaseForm, *, status: int, **context: Any) -> HttpResponse:
        # Turned off while the page was open: it now shows the ways that are left.
        return super().refuse(form, status=status, too_late=True, **context)

    def form_valid(self, form: ReferralForm) -> HttpResponse:
        Referral.ask(
            network=network(self.request),
            known=bool(self.sender),
            kind=self.page.kind,
            slug=self.page.slug,
            language=get_language() or "sv",
            **form.columns(),
        )
        return self.answer()

    def answer(self) -> HttpResponse:
        return to_thanks("referral_sent" if self.sender else "referral_asked", self.page)


def to_thanks(name: str, page: TippedPage | None) -> HttpResponse:
    """To the view of this name, from which the way back leads to the page; to the portal, if that can't be seen now."""
    address = reverse(f"procurement_portal:{name}")
    return redirect(f"{address}?{urlencode({'page': page.name})}" if page and page.slug else address)


class ThanksView(TemplateView):
    """?page= is what was passed on: the way back leads there."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=TippedPage.named(self.request.GET.get("page", "")), **kwargs)


class ReferralAskedView(ThanksView):
    template_name = "procurement_portal/referral/asked.html"


class ReferralSentView(ThanksView):
    template_name = "procurement_portal/referral/sent.html"


class ReferralConfirmationView(SignedAddress):
    """GET shows what would be mailed to whom, POST has it mailed."""

    http_method_names = ["get", "head", "post", "options"]
    over = ReferralLinkOver
    over_template_name = "procurement_portal/referral/over.html"

    def find(self, token: str) -> None:
        self.referral = Referral.objects.by_link(token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            self.referral.confirm()
        except ReferralsClosed:
            return self.show(request, status=409)
        return to_thanks("referral_sent", self.referral.page)

    def show(self, request: HttpRequest, *, status: int = 200) -> HttpResponse:
        context = {"referral": self.referral, "page": self.referral.page, "is_open": Referral.are_open()}
        return render(request, "procurement_portal/referral/confirmation.html", context, status=status)


class NoMoreTipsView(SignedAddress):
    """GET asks, POST puts the address that the mail went to among those that are never mailed a tip."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if NoMoreTips.mark_in(token) is None:
            raise Http404
        return render(request, "procurement_portal/referral/no_more.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        mark = NoMoreTips.mark_in(token)
        if mark is None:
            raise Http404
        NoMoreTips.add(mark)
        return render(request, "procurement_portal/referral/no_more.html", {"done": True})
