import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mailing.models import Letter
from procurement_portal.models import Tip
from procurement_portal.models.tip import TipAlreadyHandled, TipNotHandled
from tests.procurement_portal.factories import ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("procurement_portal:tip_us")


@pytest.fixture
def tip() -> Tip:
    return Tip.receive(form_key=uuid.uuid4(), kind="supplier", subject="Bokbussen", message="De läser högt.")[0]


def data(**changes) -> dict[str, str]:
    return {"ticket": ticket(), "nickname": "", "kind": "supplier", "subject": "Bokbussen", "message": "", "name": "",
            "email": "", **changes}  # fmt: skip


def test_a_tip_is_stored_and_each_coordinator_is_told(client, url, coordinator, other_coordinator, lab_member):
    other_coordinator.language = "en"
    other_coordinator.save()
    response = client.post(url, data(email="tipsare@example.org", name="Tove Demo"), follow=True)
    assert response.status_code == 200
    tip = Tip.objects.get()
    assert (tip.kind, tip.subject, tip.name, tip.email) == ("supplier", "Bokbussen", "Tove Demo", "tipsare@example.org")
    letters = Letter.objects.order_by("pk")
    assert [(letter.to, letter.language) for letter in letters] == [
        (coordinator.email, "sv"),
        (other_coordinator.email, "en"),
    ]
    assert [letter.headers["Reply-To"] for letter in letters] == ["tipsare@example.org"] * 2
    assert f"/inkopsportalen/tips/{tip.pk}/" in letters[0].text
    assert f"/en/procurement-portal/tips/{tip.pk}/" in letters[1].text


def test_a_tip_is_stored_even_when_there_is_nobody_to_tell(client, url):
    client.post(url, data())
    assert (Tip.objects.count(), Letter.objects.count()) == (1, 0)


def test_the_same_form_twice_is_one_tip(client, url, coordinator):
    sent = data()
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert (Tip.objects.count(), Letter.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("subject", "", "subject"),
        ("subject", "\x00", "subject"),
        ("subject", "å" * 201, "subject"),
        ("message", "å" * 3001, "message"),
        ("kind", "", "kind"),
        ("kind", "money", "kind"),
        ("kind", "\x00", "kind"),
        ("email", "x", "email"),
        ("email", "a@" + ".".join(["b" * 60] * 4) + ".example.org", "email"),
        ("email", "a@example.org\nBcc: b@example.org", "email"),
        ("nickname", "robot", "__all__"),
        ("ticket", "forged", "__all__"),
    ],
)
def test_a_bad_tip_is_shown_again_with_everything_kept(client, url, field, value, where):
    response = client.post(url, data(**{"name": "Tove Demo", field: value}))
    assert (response.status_code, set(response.context["form"].errors)) == (400, {where})
    assert "Tove Demo" in response.content.decode()
    assert Tip.objects.count() == 0


def test_a_network_has_twenty_tips_an_hour_and_loses_nothing_it_wrote(client, url, coordinator):
    for _ in range(20):
        assert client.post(url, data()).status_code == 302
    response = client.post(url, data(message="Det här ska stå kvar."))
    assert (response.status_code, "Det här ska stå kvar." in response.content.decode()) == (429, True)
    assert (Tip.objects.count(), Letter.objects.count()) == (20, 20)
    assert client.post(url, data(), REMOTE_ADDR="192.0.2.99").status_code == 302


def test_a_tip_is_stored_when_redis_does_not_answer(client, url, monkeypatch):
    def down(*_args, **_options):
        raise ConnectionError

    monkeypatch.setattr("antispam.limits.cache.add", down)
    assert client.post(url, data()).status_code == 302
    assert Tip.objects.count() == 1


def test_a_tip_goes_to_coordinators_and_to_nobody_it_names(client, url, coordinator):
    client.post(url, data(email="tipsare@example.org", message="Skriv till offer@example.org"))
    assert [letter.to for letter in Letter.objects.all()] == [coordinator.email]


def test_a_subject_cannot_break_out_of_the_mail(client, url, coordinator):
    client.post(url, data(subject="Hej\r\nBcc: alla@example.org <script>"))
    letter = Letter.objects.get()
    assert ("\n" in letter.subject, "<script>" in letter.html) == (False, False)


def test_unhandled_tips_are_listed_oldest_first(coordinator_client, tip):
    newer = Tip.receive(form_key=uuid.uuid4(), kind="need", subject="Tolkar")[0]
    tips = reverse("procurement_portal:tips")
    assert list(Tip.objects.unhandled()) == [tip, newer]
    assert list(coordinator_client.get(tips).context["tips"]) == [tip, newer]
    assert list(coordinator_client.get(tips, {"q": "tolk"}).context["tips"]) == [newer]
    assert list(coordinator_client.get(tips, {"state": "handled"}).context["tips"]) == []
    assert coordinator_client.get(tips, {"state": "\x00", "q": "\x00", "page": "x"}).status_code == 200


def test_a_tip_is_handled_and_opened_again(coordinator_client, coordinator, tip):
    handling, reopening = (reverse(f"procurement_portal:{name}", args=[tip.pk]) for name in ("handling", "reopening"))
    assert coordinator_client.get(tip.get_absolute_url()).status_code == 200
    assert coordinator_client.get(handling).status_code == 405
    assert [coordinator_client.post(handling).status_code for _ in range(2)] == [302, 409]
    tip.refresh_from_db()
    assert (tip.handled_by, list(Tip.objects.unhandled()), list(Tip.objects.handled())) == (coordinator, [], [tip])
    assert coordinator_client.get(tip.get_absolute_url()).status_code == 200
    assert [coordinator_client.post(reopening).status_code for _ in range(2)] == [302, 409]
    assert list(tip.events.order_by("pk").values_list("verb", flat=True)) == ["handled", "reopened"]


def test_the_verbs_refuse_what_is_already_so(tip, coordinator):
    with pytest.raises(TipNotHandled):
        tip.reopen(by=coordinator)
    tip.handle(by=coordinator)
    with pytest.raises(TipAlreadyHandled):
        tip.handle(by=coordinator)


@pytest.mark.parametrize("name", ["tips", "tip", "handling", "reopening"])
def test_only_coordinators_read_tips(client, member_client, tip, name):
    url = reverse(f"procurement_portal:{name}", args=[] if name == "tips" else [tip.pk])
    method = "post" if name in {"handling", "reopening"} else "get"
    assert getattr(client, method)(url).status_code == 302
    assert getattr(member_client, method)(url).status_code == 403


def test_the_list_does_as_many_queries_for_three_as_for_one(coordinator_client, tip):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            coordinator_client.get(reverse("procurement_portal:tips"))
        counts.append(len(captured))
        for _ in range(2):
            Tip.receive(form_key=uuid.uuid4(), kind="need", subject="Tolkar")
    assert counts[0] == counts[1]
