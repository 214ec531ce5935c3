"""Where every page template can be seen. A template that no stop shows fails `test_catalogue.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from newsletter.forms.send_again import SendAgainForm
from procurement_portal.models import NoMoreTips
from tests.browser.accessibility.world import World

Way = Callable[[Page, World], Any]


@dataclass(frozen=True)
class Stop:
    """One page: its template, whom to be (a name in `World.people`, "" for a visitor) and the way there."""

    template: str
    who: str
    way: Way

    def __str__(self) -> str:
        return self.template


def at(name: str, *arguments: Any, query: str = "") -> Way:
    """The page with that URL name, in the language of the walk. Callables among the arguments are given the world."""

    def go(page: Page, world: World) -> Any:
        given = [argument(world) if callable(argument) else argument for argument in arguments]
        return page.goto(reverse(name, args=given) + query)

    return go


def of(choose: Callable[[World], Any]) -> Way:
    """The page of an object."""
    return lambda page, world: page.goto(choose(world).get_absolute_url())


def press(way: Way, selector: str) -> Way:
    """The page that comes after pressing a button on another."""

    def go(page: Page, world: World) -> Any:
        way(page, world)
        with page.expect_navigation() as arrival:
            page.locator(selector).click()
        return arrival.value

    return go


def throw_away(page: Page, world: World) -> Any:
    """The page that asks before it throws away an application that is being filled in."""
    page.goto(reverse("procurement_portal:apply"))
    page.locator("[name=company]").fill("Ljusgården AB")
    with page.expect_navigation():
        page.locator(".form__actions .button--secondary").click()
    return page.goto(reverse("procurement_portal:started_removal"))


def set_no_time(page: Page, world: World) -> Any:
    """The page that asks again for a time that was not given."""
    page.goto(world.draft_entry.get_absolute_url())
    page.locator("main details summary").last.click()
    with page.expect_navigation() as arrival:
        page.locator("main details form button").click()
    return arrival.value


def come_from_signing_up(page: Page) -> Any:
    """The page after the form, which knows by a cookie what address was written there."""
    path = reverse("newsletter:thanks")
    address = SendAgainForm.sign("ny@example.org")
    page.goto(path)
    page.evaluate(
        "([path, value]) => { document.cookie = `newsletter_address=${value}; path=${path}` }", [path, address]
    )
    page.goto(path)
    assert page.locator("[name=address]").count() == 1


def choose_an_unknown_schedule(page: Page) -> Any:
    """The page that comes when the form was tampered with."""
    page.goto(reverse("newsletter:issues"))
    form = page.locator(f"form[action='{reverse('newsletter:schedules')}']")
    form.locator("input:not([type=hidden])").first.evaluate("input => { input.checked = true; input.value = 'never' }")
    with page.expect_navigation() as arrival:
        form.evaluate("form => form.submit()")
    return arrival.value


def ask_for_code(page: Page, world: World, who: str) -> Any:
    """The page that waits for the code just mailed."""
    page.goto(reverse("account_login"))
    page.locator("main [name=login]").fill(world.people[who].email)
    with page.expect_navigation() as arrival:
        page.locator("main form.form button").first.click()
    return arrival.value


def go_half_way_in(page: Page, world: World) -> Any:
    """The page that asks for the second step, after the code."""
    page.context.clear_cookies()
    ask_for_code(page, world, "staff")
    page.locator("main [name=code]").fill(world.mailed_code("staff"))
    with page.expect_navigation() as arrival:
        page.locator("main form.form button").first.click()
    return arrival.value


def make_a_passkey(page: Page) -> Any:
    """Where one comes after making a passkey, here with a device that Chromium plays."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    page.goto(reverse("mfa_add_webauthn"))
    page.locator("main [name=name]").fill("Min telefon")
    with page.expect_navigation() as arrival:
        page.locator("main form.form button").first.click()
    return arrival.value


PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
VISITOR, STAFF, COORDINATOR = "", "staff", "coordinator"
MAIN_FORM = "main form[method=post] button:not([name]), main form[method=post] button[type=submit]"

PUBLIC = [
    Stop("website/home.html", VISITOR, at("website:home")),
    Stop("website/about.html", VISITOR, at("website:about")),
    Stop("website/accessibility.html", VISITOR, at("website:accessibility")),
    Stop("website/privacy.html", VISITOR, at("website:privacy")),
    Stop("website/search.html", VISITOR, at("website:search", query="?q=trygghet")),
    Stop("labs/list.html", VISITOR, at("labs:list")),
    Stop("labs/detail.html", VISITOR, of(lambda world: world.lab)),
    Stop("methods/list.html", VISITOR, at("methods:list")),
    Stop("methods/detail.html", VISITOR, of(lambda world: world.method)),
    Stop("methods/withdrawn.html", VISITOR, at("methods:detail", lambda world: world.withdrawn_method.slug)),
    Stop("newsletter/diary.html", VISITOR, at("newsletter:diary")),
    Stop("newsletter/entry.html", VISITOR, of(lambda world: world.partner_article)),
    Stop("newsletter/subscribe.html", VISITOR, at("newsletter:subscribe")),
    Stop("newsletter/thanks.html", VISITOR, lambda page, world: come_from_signing_up(page)),
    Stop("newsletter/archive.html", VISITOR, at("newsletter:archive")),
    Stop("newsletter/issue.html", VISITOR, of(lambda world: world.sent_issue)),
    Stop("procurement_portal/home.html", VISITOR, at("procurement_portal:home")),
    Stop("procurement_portal/supplier.html", VISITOR, of(lambda world: world.supplier)),
    Stop("procurement_portal/apply.html", VISITOR, at("procurement_portal:apply")),
    Stop("procurement_portal/started_removal.html", VISITOR, throw_away),
    Stop("procurement_portal/apply.html", VISITOR, at("procurement_portal:apply")),
    Stop("procurement_portal/tip_us.html", VISITOR, at("procurement_portal:tip_us")),
    Stop("procurement_portal/tip_received.html", VISITOR, at("procurement_portal:tip_received")),
    Stop("procurement_portal/referral/new.html", VISITOR, at("procurement_portal:tip_colleague")),
    Stop("procurement_portal/referral/asked.html", VISITOR, at("procurement_portal:referral_asked")),
    Stop("procurement_portal/referral/sent.html", VISITOR, at("procurement_portal:referral_sent")),
    Stop("procurement_portal/link_request.html", VISITOR, at("procurement_portal:link_request")),
    Stop("procurement_portal/link_requested.html", VISITOR, at("procurement_portal:link_requested")),
    Stop("development/inbox.html", VISITOR, lambda page, world: page.goto("/brevlada/")),
    Stop("development/message.html", VISITOR, lambda page, world: page.goto(f"/brevlada/{world.kept_message}/")),
]

BY_LINK = [
    Stop(
        "newsletter/confirmation.html", VISITOR, at("newsletter:confirmation", lambda w: w.pending.confirmation_token)
    ),
    Stop("newsletter/confirmation_over.html", VISITOR, at("newsletter:confirmation", "A" * 16)),
    Stop(
        "newsletter/confirmation_too_old.html",
        VISITOR,
        at("newsletter:confirmation", lambda world: world.too_late.confirmation_token),
    ),
    Stop("newsletter/preferences.html", VISITOR, at("newsletter:preferences", lambda world: world.reader.token)),
    Stop("newsletter/address.html", VISITOR, at("newsletter:address", lambda world: world.reader.token)),
    Stop(
        "newsletter/address_confirmation.html",
        VISITOR,
        at("newsletter:address_confirmation", lambda world: world.address_change.token),
    ),
    Stop("newsletter/address_over.html", VISITOR, at("newsletter:address_confirmation", "A" * 16)),
    Stop("newsletter/unsubscribe.html", VISITOR, at("newsletter:unsubscribe", lambda world: world.reader.token)),
    Stop(
        "newsletter/unsubscribed.html",
        VISITOR,
        press(at("newsletter:unsubscribe", lambda world: world.next_leaver().token), MAIN_FORM),
    ),
    Stop("newsletter/erasure.html", VISITOR, at("newsletter:erasure", lambda world: world.reader.token)),
    Stop(
        "newsletter/erased.html",
        VISITOR,
        press(at("newsletter:erasure", lambda world: world.next_leaver().token), MAIN_FORM),
    ),
    Stop(
        "procurement_portal/continuation.html",
        VISITOR,
        lambda page, world: page.goto(world.started.get_continuation_url()),
    ),
    Stop("procurement_portal/continuation_over.html", VISITOR, at("procurement_portal:continuation", "forged")),
    Stop(
        "procurement_portal/receipt.html",
        VISITOR,
        at("procurement_portal:receipt", lambda w: w.unconfirmed.receipt_token),
    ),
    Stop(
        "procurement_portal/status.html", VISITOR, at("procurement_portal:status", lambda w: w.complemented.link_token)
    ),
    Stop(
        "procurement_portal/mending.html",
        VISITOR,
        at("procurement_portal:mending", lambda w: w.complemented.link_token),
    ),
    Stop(
        "procurement_portal/picture.html",
        VISITOR,
        at("procurement_portal:picture", lambda w: w.complemented.link_token, "logo"),
    ),
    Stop(
        "procurement_portal/withdrawal.html",
        VISITOR,
        at("procurement_portal:withdrawal", lambda w: w.complemented.link_token),
    ),
    Stop("procurement_portal/erasure.html", VISITOR, at("procurement_portal:erasure", lambda w: w.listed.link_token)),
    Stop(
        "procurement_portal/erasure.html",
        VISITOR,
        at("procurement_portal:erasure", lambda w: w.complemented.link_token),
    ),
    Stop(
        "procurement_portal/erased.html",
        VISITOR,
        press(at("procurement_portal:erasure", lambda w: w.next_withdrawn().link_token), MAIN_FORM),
    ),
    Stop(
        "procurement_portal/referral/confirmation.html",
        VISITOR,
        at("procurement_portal:referral_confirmation", lambda w: w.referral.link_token),
    ),
    Stop("procurement_portal/referral/over.html", VISITOR, at("procurement_portal:referral_confirmation", "forged")),
    Stop(
        "procurement_portal/referral/no_more.html",
        VISITOR,
        at("procurement_portal:no_more_tips", lambda w: NoMoreTips.token_for("kollega@example.org")),
    ),
    Stop(
        "procurement_portal/my_listing/listing.html",
        VISITOR,
        lambda page, world: page.goto(world.ending_supplier.get_renewal_url()),
    ),
    Stop(
        "procurement_portal/my_listing/change.html",
        VISITOR,
        at("procurement_portal:change_proposal", lambda w: w.proposal.supplier.renewal_token),
    ),
    Stop(
        "procurement_portal/my_listing/address.html",
        VISITOR,
        lambda page, world: page.goto(world.proposal.get_confirmation_url()),
    ),
    Stop("procurement_portal/my_listing/address_over.html", VISITOR, at("procurement_portal:new_address", "forged")),
    Stop("procurement_portal/my_listing/over.html", VISITOR, at("procurement_portal:renewal", "forged")),
    Stop("procurement_portal/link_refused.html", VISITOR, at("procurement_portal:status", "IP-2222-2222.1.forged")),
    Stop("accounts/invitation/accept.html", VISITOR, at("accounts:invitation", lambda world: world.invitation_token)),
    Stop("accounts/invitation/closed.html", VISITOR, at("accounts:invitation", lambda world: world.revoked_token)),
    Stop("accounts/invitation/unknown.html", VISITOR, at("accounts:invitation", "forged")),
]

SIGNING_IN = [
    Stop("account/login.html", VISITOR, at("account_login")),
    Stop("account/confirm_login_code.html", VISITOR, lambda page, world: ask_for_code(page, world, "newcomer")),
    Stop("mfa/authenticate.html", VISITOR, lambda page, world: go_half_way_in(page, world)),
    Stop("account/account_inactive.html", VISITOR, at("account_inactive")),
    Stop("account/logout.html", STAFF, at("account_logout")),
    Stop("accounts/profile/edit.html", STAFF, at("accounts:profile")),
    Stop("accounts/sign_in/again.html", STAFF, at("accounts:sign_in_again")),
    Stop("usersessions/usersession_list.html", STAFF, at("usersessions_list")),
    Stop("mfa/index.html", COORDINATOR, at("mfa_index")),
    Stop("mfa/totp/activate_form.html", "newcomer", at("mfa_activate_totp")),
    Stop("mfa/totp/deactivate_form.html", STAFF, at("mfa_deactivate_totp")),
    Stop("mfa/reauthenticate.html", STAFF, at("mfa_reauthenticate")),
    Stop("mfa/webauthn/add_form.html", STAFF, at("mfa_add_webauthn")),
    Stop("mfa/index.html", STAFF, lambda page, world: make_a_passkey(page)),
    Stop("mfa/webauthn/edit_form.html", STAFF, at("mfa_edit_webauthn", lambda world: world.passkey.pk)),
    Stop(
        "mfa/webauthn/authenticator_confirm_delete.html",
        STAFF,
        at("mfa_remove_webauthn", lambda world: world.passkey.pk),
    ),
    Stop("mfa/webauthn/reauthenticate.html", STAFF, at("mfa_reauthenticate_webauthn")),
    Stop("mfa/recovery_codes/index.html", STAFF, at("mfa_view_recovery_codes")),
    Stop("mfa/recovery_codes/generate.html", STAFF, at("mfa_generate_recovery_codes")),
]

IN_A_LAB = [
    Stop("labs/mine.html", STAFF, at("labs:mine")),
    Stop("labs/edit.html", STAFF, at("labs:edit", lambda world: world.lab.slug)),
    Stop("labs/goal.html", STAFF, of(lambda world: world.goal)),
    Stop("labs/goal_kinds.html", STAFF, at("labs:goal_kinds", lambda world: world.lab.slug)),
    Stop("labs/goal_form.html", STAFF, at("labs:goal_new_measurable", lambda world: world.lab.slug)),
    Stop("labs/goal_form.html", STAFF, at("labs:goal_new_qualitative", lambda world: world.lab.slug)),
    Stop("labs/measurement_form.html", STAFF, at("labs:measurement_new", lambda world: world.goal.pk)),
    Stop("labs/measurement.html", STAFF, of(lambda world: world.awaiting)),
    Stop("labs/correction_form.html", STAFF, at("labs:correction", lambda world: world.awaiting.pk)),
    Stop("labs/assessment_form.html", STAFF, at("labs:assessment_new", lambda world: world.qualitative_goal.pk)),
    Stop("methods/new.html", STAFF, at("methods:new")),
    Stop("methods/desk.html", STAFF, at("methods:revision", lambda world: world.draft.pk)),
    Stop("methods/section.html", STAFF, at("methods:section", lambda world: world.draft.pk, "problem")),
    Stop("methods/section.html", STAFF, at("methods:section", lambda world: world.draft.pk, "claims")),
    Stop("methods/section.html", STAFF, at("methods:section", lambda world: world.draft.pk, "components")),
    Stop("methods/section.html", STAFF, at("methods:section", lambda world: world.draft.pk, "pictures")),
    Stop("methods/claim.html", STAFF, at("methods:claim_new", lambda world: world.draft.pk)),
    Stop("methods/submission.html", STAFF, at("methods:submission", lambda world: world.draft.pk)),
    Stop("methods/merge.html", STAFF, lambda page, world: world.edit_at_once(page)),
    Stop("methods/withdrawal.html", STAFF, at("methods:withdrawal", lambda world: world.draft.pk)),
    Stop("methods/phase.html", STAFF, at("methods:phase", lambda world: world.method.slug)),
    Stop("newsletter/entries.html", STAFF, at("newsletter:entries")),
    Stop("newsletter/entry_form.html", STAFF, at("newsletter:entry_new")),
    Stop("newsletter/entry_moment.html", STAFF, lambda page, world: set_no_time(page, world)),
]

COORDINATING = [
    Stop("overview/home.html", COORDINATOR, at("overview:home")),
    Stop("overview/goals.html", COORDINATOR, at("overview:goals")),
    Stop("overview/events.html", COORDINATOR, at("overview:events")),
    Stop("labs/measurement.html", COORDINATOR, of(lambda world: world.awaiting)),
    Stop("methods/review.html", COORDINATOR, at("methods:review", lambda world: world.submitted.pk)),
    Stop("methods/evidence.html", COORDINATOR, at("methods:evidence", lambda world: world.method.slug)),
    Stop("newsletter/issues.html", COORDINATOR, at("newsletter:issues")),
    Stop("newsletter/schedules.html", COORDINATOR, lambda page, world: choose_an_unknown_schedule(page)),
    Stop("newsletter/desk.html", COORDINATOR, at("newsletter:desk", lambda world: world.draft_issue.pk)),
    Stop("newsletter/words_merge.html", COORDINATOR, lambda page, world: world.reword_at_once(page)),
    Stop("newsletter/preview.html", COORDINATOR, at("newsletter:preview", lambda world: world.draft_issue.pk)),
    Stop("newsletter/sending.html", COORDINATOR, at("newsletter:sending", lambda world: world.draft_issue.pk)),
    Stop(
        "newsletter/cancellation.html", COORDINATOR, at("newsletter:cancellation", lambda world: world.draft_issue.pk)
    ),
    Stop("newsletter/deliveries.html", COORDINATOR, at("newsletter:deliveries", lambda world: world.sent_issue.pk)),
    Stop(
        "newsletter/resending.html",
        COORDINATOR,
        at("newsletter:resending", lambda world: world.uncertain_issue.pk, query="?all=1"),
    ),
    Stop("newsletter/failed.html", COORDINATOR, at("newsletter:failed", lambda world: world.failed_issue.pk)),
    Stop("newsletter/subscribers.html", COORDINATOR, at("newsletter:subscribers")),
    Stop("newsletter/subscriber.html", COORDINATOR, of(lambda world: world.reader)),
    Stop(
        "newsletter/subscriber_request.html",
        COORDINATOR,
        at("newsletter:subscriber_departure", lambda world: world.reader.pk),
    ),
    Stop("newsletter/imports.html", COORDINATOR, at("newsletter:imports")),
    Stop("newsletter/import.html", COORDINATOR, of(lambda world: world.subscriber_import)),
    Stop("procurement_portal/applications.html", COORDINATOR, at("procurement_portal:applications")),
    Stop("procurement_portal/application.html", COORDINATOR, of(lambda world: world.under_review)),
    Stop(
        "procurement_portal/complement.html",
        COORDINATOR,
        at("procurement_portal:complement", lambda w: w.under_review.pk),
    ),
    Stop(
        "procurement_portal/decision.html", COORDINATOR, at("procurement_portal:approval", lambda w: w.under_review.pk)
    ),
    Stop(
        "procurement_portal/recommendation.html",
        COORDINATOR,
        at("procurement_portal:recommendation", lambda w: w.under_review.pk),
    ),
    Stop("procurement_portal/takedown.html", COORDINATOR, at("procurement_portal:takedown", lambda w: w.supplier.slug)),
    Stop("procurement_portal/changes.html", COORDINATOR, at("procurement_portal:changes")),
    Stop("procurement_portal/change.html", COORDINATOR, of(lambda world: world.proposal)),
    Stop(
        "procurement_portal/change_decline.html",
        COORDINATOR,
        at("procurement_portal:change_refusal", lambda world: world.proposal.pk),
    ),
    Stop("procurement_portal/decision_templates.html", COORDINATOR, at("procurement_portal:decision_templates")),
    Stop(
        "procurement_portal/decision_template.html",
        COORDINATOR,
        at("procurement_portal:decision_template", "approved", "sv"),
    ),
    Stop("procurement_portal/referrals.html", COORDINATOR, at("procurement_portal:referrals")),
    Stop("procurement_portal/tips.html", COORDINATOR, at("procurement_portal:tips")),
    Stop("procurement_portal/tip.html", COORDINATOR, of(lambda world: world.tip)),
    Stop("accounts/invitations/list.html", COORDINATOR, at("accounts:invitations")),
    Stop("accounts/people/list.html", COORDINATOR, at("accounts:people")),
    Stop("accounts/people/detail.html", COORDINATOR, at("accounts:person", lambda world: world.people["staff"].pk)),
]

GONE_WRONG = [
    Stop(template, VISITOR, at("trouble", template.removesuffix(".html")))
    for template in (
        "400.html", "403.html", "403_csrf.html", "404.html", "408.html", "409.html", "411.html", "413.html", "429.html",
        "500.html", "503.html",
        "socialaccount/authentication_error.html", "socialaccount/login.html", "account/signup_closed.html",
    )
]  # fmt: skip

STOPS = [*PUBLIC, *BY_LINK, *SIGNING_IN, *IN_A_LAB, *COORDINATING, *GONE_WRONG]
