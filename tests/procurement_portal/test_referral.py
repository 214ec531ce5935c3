import datetime
import re
import uuid

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from mailing.models import Letter
from procurement_portal.models import NoMoreTips, Referral, ReferralPause
from procurement_portal.models.no_more_tips import mark_of
from procurement_portal.models.referral import ReferralLinkOver, ReferralsClosed
from procurement_portal.tasks import forget_referrals
from tests.newsletter.factories import make_method
from tests.procurement_portal.factories import ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("procurement_portal:tip_colleague")


def data(**changes) -> dict[str, str]:
    values = {"ticket": ticket(), "nickname": "", "recipient": "kollega@example.org", "sender": "anna@example.org"}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def link_in(letter: Letter, part: str) -> str:
    found = re.search(rf"https?://[^/]+(/\S*?{part}\S*)", letter.text)
    assert found
    return found[1]


def ask(**fields) -> Referral:
    """A tip as the view takes it in."""
    values = {
        "network": "192.0.2.1",
        "known": False,
        "form_key": uuid.uuid4(),
        "kind": "portal",
        "sender": "anna@example.org",
        "recipient": "kollega@example.org",
        **fields,
    }
    return Referral.ask(**values)


def outcomes(*referrals: Referral) -> list[str]:
    return [Referral.objects.get(pk=each.pk).state for each in referrals]


# --- The page ----------------------------------------------------------------------------------------------------


def test_the_link_and_ones_own_mail_come_before_ours(client, url, settings):
    text = client.get(url).content.decode()
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


def test_the_portal_leads_to_it(client, url):
    assert url in client.get(reverse("procurement_portal:home")).content.decode()


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


# --- The way of a tip --------------------------------------------------------------------------------------------


def test_the_colleague_gets_the_tip_when_the_sender_has_confirmed(client, url):
    response = client.post(url, data())
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


def test_who_is_signed_in_need_not_confirm(member_client, lab_member, url):
    assert 'name="sender"' not in member_client.get(url).content.decode()
    response = member_client.post(url, data(sender="nagon.annan@example.org"))
    assert response.headers["Location"] == reverse("procurement_portal:referral_sent")
    (tip,) = Letter.objects.all()
    assert (tip.to, tip.headers["Reply-To"]) == ("kollega@example.org", lab_member.email)


def test_confirming_twice_mails_once(client):
    confirmation = ask().get_confirmation_url()
    places = [client.post(confirmation).headers["Location"] for _ in range(2)]
    assert places == [reverse("procurement_portal:referral_sent")] * 2
    assert Letter.objects.filter(to="kollega@example.org").count() == 1


def test_the_same_form_twice_is_one_tip(client, url):
    sent = data()
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert (Referral.objects.count(), Letter.objects.count()) == (1, 1)


def test_nothing_but_our_own_words_is_mailed(client, url):
    client.post(url, data(message="Köp billigt på http://spam.example", subject="Gratis", sender_name="Bank"))
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
def test_a_bad_form_is_shown_again_with_everything_kept(client, url, field, value, where):
    response = client.post(url, data(**{field: value}))
    assert (response.status_code, set(response.context["form"].errors)) == (400, {where})
    kept = "anna@example.org" if field == "recipient" else "kollega@example.org"
    assert kept in response.content.decode()
    assert (Referral.objects.count(), Letter.objects.count()) == (0, 0)


def test_a_form_sent_at_once_is_taken_for_a_machine(client, url):
    response = client.post(url, data(ticket=ticket(age=0)))
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


# --- Limits ------------------------------------------------------------------------------------------------------


def test_a_colleague_gets_one_tip_in_thirty_days():
    first = ask(known=True)
    others = [
        ask(known=True, sender="bo@example.org"),
        ask(known=True, sender="bo@example.org", recipient="KOLLEGA+jobb@example.org", kind="portal"),
    ]
    assert outcomes(first, *others) == ["sent", "withheld", "withheld"]
    assert Letter.objects.count() == 1


def keys() -> list[str]:
    client = cache._cache.get_client()
    return [key.decode() for key in client.scan_iter("*limits:referral*")]


def test_the_counter_for_a_colleague_lasts_thirty_days_and_holds_no_address():
    ask(known=True)
    (key,) = [key for key in keys() if "referral-recipient" in key]
    assert 29 * 86_400 < cache._cache.get_client().ttl(key) <= 30 * 86_400
    assert "kollega" not in key


def test_a_sender_has_five_tips_a_day():
    tips = [ask(known=True, recipient=f"kollega{number}@example.org") for number in range(6)]
    assert outcomes(*tips) == ["sent"] * 5 + ["withheld"]


def test_nobody_can_have_us_fill_the_inbox_of_a_pretended_sender():
    tips = [ask(recipient=f"kollega{number}@example.org", network=f"192.0.2.{number}") for number in range(6)]
    assert outcomes(*tips) == ["waiting"] * 5 + ["withheld"]
    assert Letter.objects.filter(to="anna@example.org").count() == 5


def test_a_network_has_ten_tips_an_hour(client, url):
    for number in range(11):
        response = client.post(url, data(sender=f"a{number}@example.org", recipient=f"b{number}@example.org"))
        assert response.headers["Location"] == reverse("procurement_portal:referral_asked")
    assert Letter.objects.count() == 10
    client.post(url, data(sender="c@example.org"), REMOTE_ADDR="192.0.2.99")
    assert Letter.objects.count() == 11


def test_the_whole_site_sends_so_many_mails_a_day(settings):
    settings.REFERRALS_PER_DAY = 3
    tips = [ask(sender=f"a{number}@example.org", recipient=f"b{number}@example.org") for number in range(2)]
    tips[0].confirm()
    tips[1].confirm()
    assert outcomes(*tips) == ["sent", "withheld"]
    assert outcomes(ask(sender="c@example.org")) == ["withheld"]
    assert Letter.objects.count() == 3


def test_two_hundred_is_the_standard(settings):
    assert settings.REFERRALS_PER_DAY == 200


def test_a_limit_reached_for_the_day_leaves_the_colleague_free_for_another(settings):
    settings.REFERRALS_PER_DAY = 1
    ask(known=True)
    ask(known=True, recipient="annan@example.org")
    settings.REFERRALS_PER_DAY = 200
    assert outcomes(ask(known=True, recipient="annan@example.org")) == ["sent"]


def test_the_answer_is_the_same_whatever_became_of_it(client, member_client, url):
    ask(known=True, sender="nagon@example.org")
    NoMoreTips.add(mark_of("nej@example.org"))
    answers = {
        (response.status_code, response.headers["Location"])
        for response in (
            client.post(url, data()),
            client.post(url, data(recipient="nej@example.org")),
            client.post(url, data(sender="nej@example.org")),
        )
    }
    assert answers == {(302, reverse("procurement_portal:referral_asked"))}
    answers = {
        (response.status_code, response.headers["Location"])
        for response in (
            member_client.post(url, data(recipient="ny@example.org")),
            member_client.post(url, data()),
            member_client.post(url, data(recipient="nej@example.org")),
        )
    }
    assert answers == {(302, reverse("procurement_portal:referral_sent"))}


def test_what_redis_cannot_count_is_not_mailed(monkeypatch):
    def down(*_args, **_options):
        raise ConnectionError

    monkeypatch.setattr("antispam.limits.cache.add", down)
    assert outcomes(ask(known=True), ask()) == ["withheld", "withheld"]
    assert Letter.objects.count() == 0


def turn_off(settings, coordinator, how: str) -> None:
    if how == "setting":
        settings.REFERRALS_PER_DAY = 0
    else:
        ReferralPause.begin(by=coordinator, because="Någon missbrukar dem.")


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_with_the_switch_off_there_are_the_link_and_ones_own_mail(client, url, settings, coordinator, how):
    turn_off(settings, coordinator, how)
    text = client.get(url).content.decode()
    assert ("mailto:?subject" in text, "readonly" in text, 'name="recipient"' in text) == (True, True, False)
    assert ("Vi mejlar inga tips just nu" in text, "missbrukar" in text) == (True, False)
    with pytest.raises(ReferralsClosed):
        ask()


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_a_form_that_was_open_when_it_was_turned_off_shows_the_other_ways(client, url, settings, coordinator, how):
    turn_off(settings, coordinator, how)
    response = client.post(url, data())
    text = response.content.decode()
    assert (response.status_code, "Ditt tips skickades inte." in text, "mailto:?subject" in text) == (409, True, True)
    assert (Referral.objects.count(), Letter.objects.count()) == (0, 0)


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_a_link_mailed_before_it_was_turned_off_shows_the_other_ways(client, settings, coordinator, how):
    waiting = ask()
    turn_off(settings, coordinator, how)
    for response, status in [
        (client.get(waiting.get_confirmation_url()), 200),
        (client.post(waiting.get_confirmation_url()), 409),
    ]:
        text = response.content.decode()
        assert (response.status_code, "Tipsa vidare själv" in text, "mailto:?subject" in text) == (status, True, True)
    assert (outcomes(waiting), Letter.objects.count()) == (["waiting"], 1)


def test_a_link_works_again_once_it_is_turned_on(client, coordinator):
    waiting = ask()
    ReferralPause.begin(by=coordinator, because="Någon missbrukar dem.")
    ReferralPause.end_current(by=coordinator)
    assert client.post(waiting.get_confirmation_url()).status_code == 302
    assert outcomes(waiting) == ["sent"]


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


# --- Saying no, and forgetting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["anna@example.org", "kollega@example.org"])
def test_each_mail_lets_its_reader_never_get_one_again(client, to):
    referral = ask()
    referral.confirm()
    no_more = link_in(Letter.objects.get(to=to), "/inga-fler/")
    assert (client.get(no_more).status_code, NoMoreTips.objects.count()) == (200, 0)
    assert [client.post(no_more).status_code for _ in range(2)] == [200, 200]
    assert NoMoreTips.objects.get().mark == mark_of(to)
    cache.clear()
    assert outcomes(ask(known=True, sender="bo@example.org", recipient=to.upper())) == ["withheld"]
    assert outcomes(ask(sender=to)) == ["withheld"]


@pytest.mark.parametrize("token", ["forged", "0" * 32, f"{'0' * 32}.x", "%00"])
def test_nobody_says_no_for_others(client, token):
    url = f"/inkopsportalen/tipsa-en-kollega/inga-fler/{token}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert NoMoreTips.objects.count() == 0


def test_the_list_of_those_who_said_no_holds_no_addresses():
    NoMoreTips.add(mark_of("kollega@example.org"))
    with pytest.raises(IntegrityError), transaction.atomic():
        NoMoreTips.objects.create(mark="kollega@example.org")
    assert re.fullmatch("[0-9a-f]{32}", NoMoreTips.objects.get().mark)


def test_a_mark_is_that_of_a_mailbox_and_nobody_elses():
    assert mark_of("Anna+tips@Example.org") == mark_of("anna@example.org")
    assert mark_of("+anna@example.org") != mark_of("+bo@example.org")
    assert mark_of("anna@example.org") != mark_of("anna@example.com")


def test_addresses_and_mails_are_deleted_after_three_days(client):
    old, recent = ask(known=True), ask()
    waiting = ask(sender="bo@example.org")
    for each in (old, waiting):
        Referral.objects.filter(pk=each.pk).update(created_at=timezone.now() - datetime.timedelta(days=3, minutes=1))
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


def test_the_clock_forgets_every_night(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.count("procurement_portal.forget_referrals") == 1


def test_the_words_are_those_of_the_senders_language():
    with translation.override("en"):
        ask(language="sv")
    assert Letter.objects.get().subject == "Ett steg kvar: skicka ditt tips"
