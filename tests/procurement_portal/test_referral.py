import datetime
import re
import time
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from mailing.models import Letter
from procurement_portal.models import NoMoreTips, Referral
from procurement_portal.models.no_more_tips import mark_of
from procurement_portal.models.referral import ReferralLinkOver
from procurement_portal.tasks import forget_referrals
from tests.newsletter.factories import make_method
from tests.procurement_portal.factories import ticket
from tests.procurement_portal.referrals import ask, data, link_in, outcomes

pytestmark = pytest.mark.django_db


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_link_and_ones_own_mail_come_before_ours(client, tip_page, settings):
    text = client.get(tip_page).content.decode()
    address = f"{settings.SITE_URL}/inkopsportalen/"
    assert f'value="{address}" readonly' in text
    assert "mailto:?subject=Ett%20tips%3A%20Ink%C3%B6psportalen&amp;body=" in text
    assert text.index("Kopiera länken") < text.index("mailto:?subject") < text.index('name="recipient"')


def test_a_tip_may_be_about_a_supplier_or_a_method(client, supplier, lab, lab_member):
    method = make_method(lab=lab, by=lab_member)
    for name, slug, path in [
        ("tip_colleague_supplier", supplier.slug, supplier.get_absolute_url()),
        ("tip_colleague_method", method.slug, method.get_absolute_url()),
    ]:
        tip_colleague = reverse(f"procurement_portal:{name}", args=[slug])
        assert f'{path}" readonly' in client.get(tip_colleague).content.decode()
        assert tip_colleague in client.get(path).content.decode()


def test_the_portal_leads_to_it(client, tip_page):
    assert tip_page in client.get(reverse("procurement_portal:home")).content.decode()


def test_nobody_can_tip_about_what_is_not_public(client, supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    for name in ["tip_colleague_supplier", "tip_colleague_method"]:
        assert client.get(reverse(f"procurement_portal:{name}", args=[supplier.slug])).status_code == 404
    assert client.get("/inkopsportalen/tipsa-en-kollega/leverantorer/%00/").status_code == 404


def test_it_is_in_english_too(client, settings):
    response = client.post("/en/procurement-portal/tip-a-colleague/", data())
    assert response.headers["Location"] == "/en/procurement-portal/tip-a-colleague/one-step-left/"
    letter = Letter.objects.get()
    assert (letter.language, letter.subject) == ("en", "One step left: send your tip")
    client.post(link_in(letter, "/tip-a-colleague/confirmation/"))
    tip = Letter.objects.latest("pk")
    assert tip.subject == "A tip from a colleague: Procurement portal"
    assert f"{settings.SITE_URL}/en/procurement-portal/\n" in tip.text


# --- The way of a tip ------------------------------------------------------------------------------------------------


def test_the_colleague_gets_the_tip_when_the_sender_has_confirmed(client, tip_page):
    response = client.post(tip_page, data())
    assert response.headers["Location"] == reverse("procurement_portal:referral_asked")
    assert client.get(response.headers["Location"]).status_code == 200
    (asking,) = Letter.objects.all()
    assert asking.to == "anna@example.org"
    confirmation = link_in(asking, "/bekraftelse/")
    shown = client.get(confirmation)
    assert ("kollega@example.org" in shown.content.decode(), Letter.objects.count()) == (True, 1)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    response = client.post(confirmation)
    assert response.headers["Location"] == reverse("procurement_portal:referral_sent")
    assert client.get(response.headers["Location"]).status_code == 200
    tip = Letter.objects.latest("pk")
    assert (tip.to, tip.headers["Reply-To"]) == ("kollega@example.org", "anna@example.org")
    assert tip.subject == "Ett tips från en kollega: Inköpsportalen"
    assert outcomes(Referral.objects.get()) == ["sent"]


def test_who_is_signed_in_need_not_confirm(member_client, lab_member, tip_page):
    assert 'name="sender"' not in member_client.get(tip_page).content.decode()
    response = member_client.post(tip_page, data(sender="nagon.annan@example.org"))
    assert response.headers["Location"] == reverse("procurement_portal:referral_sent")
    (tip,) = Letter.objects.all()
    assert (tip.to, tip.headers["Reply-To"]) == ("kollega@example.org", lab_member.email)


def test_the_thanks_lead_back_to_what_was_passed_on(client, member_client, lab, lab_member):
    method = make_method(lab=lab, by=lab_member)
    tip_page = reverse("procurement_portal:tip_colleague_method", args=[method.slug])
    back = f'href="{method.get_absolute_url()}">Tillbaka till ”{method.title}”</a>'
    for response in [
        client.post(tip_page, data()),
        client.post(Referral.objects.get().get_confirmation_url()),
        member_client.post(tip_page, data(recipient="annan@example.org")),
    ]:
        assert back in client.get(response.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    "name", ["", "portal/", "method/", "method/no-such", "method/%00", "supplier/x' y", "nonsense/x"]
)
def test_the_thanks_lead_to_the_portal_where_there_is_nothing_else_to_be_seen(client, name):
    for address in ("referral_asked", "referral_sent"):
        text = client.get(f"{reverse(f'procurement_portal:{address}')}?page={name}").content.decode()
        assert 'href="/inkopsportalen/">Till Inköpsportalen</a>' in text


def test_confirming_twice_mails_once(client):
    confirmation = ask().get_confirmation_url()
    places = [client.post(confirmation).headers["Location"] for _ in range(2)]
    assert places == [reverse("procurement_portal:referral_sent")] * 2
    assert Letter.objects.filter(to="kollega@example.org").count() == 1


def test_the_same_form_twice_is_one_tip(client, tip_page):
    sent = data()
    assert [client.post(tip_page, sent).status_code for _ in range(2)] == [302, 302]
    assert (Referral.objects.count(), Letter.objects.count()) == (1, 1)


def test_nothing_but_our_own_words_is_mailed(client, tip_page):
    client.post(tip_page, data(message="Köp billigt på http://spam.example", subject="Gratis", sender_name="Bank"))
    Referral.objects.get().confirm()
    for letter in Letter.objects.all():
        assert not re.search("spam.example|Gratis|Bank", letter.text + letter.html + letter.subject)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("recipient", "", "recipient"),
        ("recipient", "kollega", "recipient"),
        ("recipient", "en@example.org, tva@example.org", "recipient"),
        ("recipient", "en@example.org\nBcc: alla@example.org", "recipient"),
        ("recipient", "Anna+du@Example.org", "recipient"),
        ("sender", "", "sender"),
        ("sender", "\x00", "sender"),
        ("nickname", "robot", "__all__"),
        ("ticket", "forged", "__all__"),
    ],
)
def test_a_bad_form_is_shown_again_with_everything_kept(client, tip_page, field, value, where):
    response = client.post(tip_page, data(**{field: value}))
    assert (response.status_code, set(response.context["form"].errors)) == (400, {where})
    kept = "anna@example.org" if field == "recipient" else "kollega@example.org"
    assert kept in response.content.decode()
    assert (Referral.objects.count(), Letter.objects.count()) == (0, 0)


def test_a_form_sent_at_once_is_taken_for_a_machine(client, tip_page):
    with mock.patch("django.core.signing.time.time", return_value=time.time()):
        response = client.post(tip_page, data(ticket=ticket(age=0)))
    assert (response.status_code, response.context["form"].has_error("__all__", "too_fast")) == (400, True)


@pytest.mark.parametrize("token", ["forged", "a.b.c", "%00", "x" * 400])
def test_a_forged_link_sends_nothing(client, token):
    url = f"/inkopsportalen/tipsa-en-kollega/bekraftelse/{token}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert Letter.objects.count() == 0


def test_a_link_works_for_two_days(monkeypatch):
    token = ask().link_token
    assert Referral.objects.by_link(token).is_waiting
    monkeypatch.setattr("procurement_portal.models.referral.LINK_LASTS", datetime.timedelta(seconds=-1))
    with pytest.raises(ReferralLinkOver):
        Referral.objects.by_link(token)


def test_what_was_taken_down_meanwhile_is_not_mailed(client, supplier, coordinator):
    referral = ask(kind="supplier", slug=supplier.slug)
    supplier.take_down(by=coordinator, because="Konkurs.")
    shown = client.get(referral.get_confirmation_url())
    assert "inte längre publik" in shown.content.decode()
    referral.confirm()
    assert outcomes(referral) == ["withheld"]
    assert Letter.objects.filter(to="kollega@example.org").count() == 0


def test_when_it_was_confirmed_and_why_it_was_not_mailed_is_noted_without_saying_who_said_no(supplier, coordinator):
    NoMoreTips.add(mark_of("nej@example.org"))
    waiting, gone = ask(), ask(kind="supplier", slug=supplier.slug, sender="bo@example.org")
    known, again = ask(known=True), ask(known=True, sender="bo@example.org")
    refused = ask(known=True, sender="cia@example.org", recipient="nej@example.org")
    supplier.take_down(by=coordinator, because="Konkurs.")
    gone.confirm()
    rows = [Referral.objects.get(pk=each.pk) for each in (waiting, gone, known, again, refused)]
    assert [(row.confirmed_at is not None, row.withheld_because) for row in rows] == [
        (False, ""),
        (True, "page_gone"),
        (True, ""),
        (True, "stopped"),
        (True, "stopped"),
    ]


def test_the_words_are_those_of_the_senders_language():
    with translation.override("en"):
        ask(language="sv")
    assert Letter.objects.get().subject == "Ett steg kvar: skicka ditt tips"


# --- Forgetting ------------------------------------------------------------------------------------------------------


def test_addresses_and_mails_are_deleted_the_night_after_two_days(client):
    old, recent = ask(known=True), ask()
    waiting = ask(sender="bo@example.org")
    for each in (old, waiting):
        Referral.objects.filter(pk=each.pk).update(created_at=timezone.now() - datetime.timedelta(days=2, minutes=1))
    link = waiting.get_confirmation_url()
    forget_referrals()
    rows = Referral.objects.order_by("pk").values_list("sender", "recipient", "state", "withheld_because")
    assert list(rows) == [
        ("", "", "sent", ""),
        ("anna@example.org", "kollega@example.org", "waiting", ""),
        ("", "", "withheld", "unconfirmed"),
    ]
    assert list(Letter.objects.values_list("to", flat=True)) == [recent.sender]
    assert client.get(link).status_code == 404


def test_one_that_is_confirmed_meanwhile_is_forgotten_as_sent(monkeypatch):
    tip = ask()
    Referral.objects.update(created_at=timezone.now() - datetime.timedelta(days=2, minutes=1))
    seen = list(Referral.objects.past_retention())
    tip.confirm()
    monkeypatch.setattr("procurement_portal.models.referral.ReferralQuerySet.past_retention", lambda _: seen)
    forget_referrals()
    assert (outcomes(tip), Letter.objects.count()) == (["sent"], 0)


def test_the_clock_forgets_every_night(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.count("procurement_portal.forget_referrals") == 1
