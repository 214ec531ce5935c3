"""The pages of those who have no account, or have come by a link."""

from procurement_portal.models import NoMoreTips
from tests.browser.accessibility.stop import VISITOR, Stop
from tests.browser.accessibility.ways import MAIN_FORM, at, come_from_signing_up, of, press, the, throw_away

PUBLIC = [
    Stop("website/home.html", VISITOR, at("website:home")),
    Stop("website/about.html", VISITOR, at("website:about")),
    Stop("website/accessibility.html", VISITOR, at("website:accessibility")),
    Stop("website/privacy.html", VISITOR, at("website:privacy")),
    Stop("website/search.html", VISITOR, at("website:search", query="?q=trygghet")),
    Stop("labs/list.html", VISITOR, at("labs:list")),
    Stop("labs/detail.html", VISITOR, of(the("lab"))),
    Stop("methods/list.html", VISITOR, at("methods:list")),
    Stop("methods/detail.html", VISITOR, of(the("method"))),
    Stop("methods/withdrawn.html", VISITOR, at("methods:detail", the("withdrawn_method.slug"))),
    Stop("newsletter/diary.html", VISITOR, at("newsletter:diary")),
    Stop("newsletter/entry.html", VISITOR, of(the("partner_article"))),
    Stop("newsletter/subscribe.html", VISITOR, at("newsletter:subscribe")),
    Stop("newsletter/thanks.html", VISITOR, come_from_signing_up),
    Stop("newsletter/archive.html", VISITOR, at("newsletter:archive")),
    Stop("newsletter/issue.html", VISITOR, of(the("sent_issue"))),
    Stop("procurement_portal/home.html", VISITOR, at("procurement_portal:home")),
    Stop("procurement_portal/supplier.html", VISITOR, of(the("supplier"))),
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
    Stop("newsletter/confirmation.html", VISITOR, at("newsletter:confirmation", the("pending.confirmation_token"))),
    Stop("newsletter/confirmation_over.html", VISITOR, at("newsletter:confirmation", "A" * 16)),
    Stop(
        "newsletter/confirmation_too_old.html",
        VISITOR,
        at("newsletter:confirmation", the("too_late.confirmation_token")),
    ),
    Stop("newsletter/preferences.html", VISITOR, at("newsletter:preferences", the("reader.token"))),
    Stop("newsletter/address.html", VISITOR, at("newsletter:address", the("reader.token"))),
    Stop(
        "newsletter/address_confirmation.html",
        VISITOR,
        at("newsletter:address_confirmation", the("address_change.token")),
    ),
    Stop("newsletter/address_over.html", VISITOR, at("newsletter:address_confirmation", "A" * 16)),
    Stop("newsletter/unsubscribe.html", VISITOR, at("newsletter:unsubscribe", the("reader.token"))),
    Stop(
        "newsletter/unsubscribed.html",
        VISITOR,
        press(at("newsletter:unsubscribe", lambda world: world.next_leaver().token), MAIN_FORM),
    ),
    Stop("newsletter/erasure.html", VISITOR, at("newsletter:erasure", the("reader.token"))),
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
        at("procurement_portal:receipt", the("unconfirmed.receipt_token")),
    ),
    Stop("procurement_portal/status.html", VISITOR, at("procurement_portal:status", the("complemented.link_token"))),
    Stop(
        "procurement_portal/mending.html",
        VISITOR,
        at("procurement_portal:mending", the("complemented.link_token")),
    ),
    Stop(
        "procurement_portal/picture.html",
        VISITOR,
        at("procurement_portal:picture", the("complemented.link_token"), "logo"),
    ),
    Stop(
        "procurement_portal/withdrawal.html",
        VISITOR,
        at("procurement_portal:withdrawal", the("complemented.link_token")),
    ),
    Stop("procurement_portal/erasure.html", VISITOR, at("procurement_portal:erasure", the("listed.link_token"))),
    Stop(
        "procurement_portal/erasure.html",
        VISITOR,
        at("procurement_portal:erasure", the("complemented.link_token")),
    ),
    Stop(
        "procurement_portal/erased.html",
        VISITOR,
        press(at("procurement_portal:erasure", lambda w: w.next_withdrawn().link_token), MAIN_FORM),
    ),
    Stop(
        "procurement_portal/referral/confirmation.html",
        VISITOR,
        at("procurement_portal:referral_confirmation", the("referral.link_token")),
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
        at("procurement_portal:change_proposal", the("proposal.supplier.renewal_token")),
    ),
    Stop(
        "procurement_portal/my_listing/address.html",
        VISITOR,
        lambda page, world: page.goto(world.proposal.get_confirmation_url()),
    ),
    Stop("procurement_portal/my_listing/address_over.html", VISITOR, at("procurement_portal:new_address", "forged")),
    Stop("procurement_portal/my_listing/over.html", VISITOR, at("procurement_portal:renewal", "forged")),
    Stop("procurement_portal/link_refused.html", VISITOR, at("procurement_portal:status", "IP-2222-2222.1.forged")),
    Stop("accounts/invitation/accept.html", VISITOR, at("accounts:invitation", the("invitation_token"))),
    Stop("accounts/invitation/closed.html", VISITOR, at("accounts:invitation", the("revoked_token"))),
    Stop("accounts/invitation/unknown.html", VISITOR, at("accounts:invitation", "forged")),
]

GONE_WRONG = [
    Stop(template, VISITOR, at("trouble", template.removesuffix(".html")))
    for template in (
        "400.html", "403.html", "403_csrf.html", "404.html", "408.html", "409.html", "411.html", "413.html", "429.html",
        "500.html", "503.html",
        "socialaccount/authentication_error.html", "socialaccount/login.html", "account/signup_closed.html",
    )
]  # fmt: skip
