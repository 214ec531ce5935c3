"""Deciding about the uncertain: leaving them at that, or sending to them again."""

import html
import re

import pytest

from newsletter.models import Issue
from tests.newsletter.factories import make_uncertain
from tests.newsletter.pages import desk_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("deed", ["paus/", "mottagare/avslut/", "mottagare/omsandning/"])
def test_deciding_is_for_coordinators(client, lead_client, coordinator_client, deed):
    issue = make_uncertain()
    client.post(desk_of(issue) + deed, {"all": "1", "number": "1"})
    assert lead_client.post(desk_of(issue) + deed, {"all": "1", "number": "1"}).status_code == 403
    assert coordinator_client.post(f"/nyhetsbrev/utskick/999999/{deed}").status_code == 404
    assert coordinator_client.delete(desk_of(issue) + deed).status_code == 405
    assert issue.deliveries.uncertain().count() == 1


def test_one_those_ticked_or_all_are_left_as_they_are(coordinator_client, coordinator):
    issue = make_uncertain(number=5)
    closure = f"{desk_of(issue)}mottagare/avslut/"
    first, second, third, *_rest = issue.deliveries.order_by("pk").values_list("pk", flat=True)
    coordinator_client.post(closure, {"only": first, "delivery": [second]})
    assert issue.deliveries.uncertain().count() == 4
    coordinator_client.post(closure, {"delivery": [second, third]})
    assert issue.deliveries.uncertain().count() == 2
    coordinator_client.post(closure, {"all": "1", "number": "2"})
    assert issue.deliveries.filter(state="unknown", closed_by=coordinator).count() == 5
    assert coordinator_client.post(closure, {"all": "1", "number": "0"}).status_code == 409


def test_sending_again_is_explained_first_and_then_done(coordinator_client):
    issue = make_uncertain(number=3)
    resending = f"{desk_of(issue)}mottagare/omsandning/"
    one = issue.deliveries.order_by("pk")[0]
    page = coordinator_client.get(f"{resending}?only={one.pk}").content.decode()
    assert "Den som ändå har fått det får det två gånger" in page
    assert str(one.subscriber) in page
    assert issue.deliveries.uncertain().count() == 3
    assert coordinator_client.post(resending, {"delivery": one.pk})["Location"] == desk_of(issue)
    issue.refresh_from_db()
    one.refresh_from_db()
    assert (one.state, issue.state, issue.deliveries.uncertain().count()) == ("pending", "sending", 2)
    assert coordinator_client.post(resending, {"delivery": one.pk}).status_code == 409


def test_the_mark_to_look_for_in_the_mail_servers_log_stands_with_each_uncertain_one(coordinator_client):
    issue = make_uncertain(number=3)
    first, second, third = issue.deliveries.order_by("pk")
    issue.deliveries.filter(pk=third.pk).update(state="accepted")

    def marks(page: str) -> list[str]:
        content = html.unescape(coordinator_client.get(f"{desk_of(issue)}mottagare/{page}").content.decode())
        return re.findall(r"<code[^>]*>(<[0-9a-f]{32}@[^>]+>)</code>", content)

    assert marks("") == [first.message_id, second.message_id]
    assert marks("?state=accepted") == []
    assert marks(f"omsandning/?only={second.pk}") == [second.message_id]


def test_who_decides_about_two_does_not_decide_about_those_that_came_since(coordinator_client):
    issue = make_uncertain(number=3)
    resending = f"{desk_of(issue)}mottagare/omsandning/"
    response = coordinator_client.post(resending, {"all": "1", "number": "2"})
    assert response.status_code == 409
    assert "Antalet osäkra mottagare har ändrats och är nu 3." in response.content.decode()
    for wish in ({"all": "1", "number": "2"}, {"all": "1", "number": "x"}, {"all": "1"}):
        response = coordinator_client.post(f"{desk_of(issue)}mottagare/avslut/", wish)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Antalet osäkra mottagare har ändrats och är nu 3." in page
        assert page.count('name="number" value="3"') == 1
        assert f'href="{desk_of(issue)}mottagare/?state=open"' in page
    assert issue.deliveries.uncertain().count() == 3
    assert coordinator_client.post(resending, {"all": "1", "number": "3"}).status_code == 302
    assert issue.deliveries.uncertain().count() == 0


@pytest.mark.parametrize("deed", ["avslut/", "omsandning/"])
def test_one_that_turns_uncertain_while_all_are_decided_about_is_not_among_them(coordinator_client, monkeypatch, deed):
    issue = make_uncertain(number=3)
    late = issue.deliveries.order_by("pk")[0]
    issue.deliveries.filter(pk=late.pk).update(state="accepted")
    real = Issue._uncertain

    def just_then(self, only):
        issue.deliveries.filter(pk=late.pk).update(state="unknown")
        return real(self, only)

    monkeypatch.setattr(Issue, "_uncertain", just_then)
    response = coordinator_client.post(f"{desk_of(issue)}mottagare/{deed}", {"all": "1", "number": "2"})
    assert response.status_code == 409
    assert "Antalet osäkra mottagare har ändrats och är nu" in response.content.decode()
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.filter(state="pending").count()) == ("sent", 0)
    assert issue.deliveries.filter(closed_at__isnull=False).count() == 0


def test_nothing_of_a_cancelled_issue_is_sent_again(coordinator_client):
    issue = make_uncertain(state="cancelled")
    resending = f"{desk_of(issue)}mottagare/omsandning/"
    assert coordinator_client.get(f"{resending}?all=1").status_code == 409
    assert coordinator_client.post(resending, {"all": "1", "number": "1"}).status_code == 409
    assert "Skicka igen" not in coordinator_client.get(f"{desk_of(issue)}mottagare/").content.decode()
    assert coordinator_client.post(f"{desk_of(issue)}mottagare/avslut/", {"all": "1", "number": "1"}).status_code == 302


@pytest.mark.parametrize("deed", ["avslut/", "omsandning/"])
@pytest.mark.parametrize(
    "wish", [{}, {"delivery": ["x", "²", "\x00", "9" * 400]}, {"only": ""}, {"number": "x", "delivery": "-1"}]
)
def test_nothing_ticked_is_said_so(coordinator_client, deed, wish):
    issue = make_uncertain()
    response = coordinator_client.post(f"{desk_of(issue)}mottagare/{deed}", wish, follow=True)
    assert "Kryssa först i de mottagare du bestämmer om." in response.content.decode()
    assert issue.deliveries.uncertain().count() == 1


def test_a_delivery_of_another_issue_is_not_touched(coordinator_client):
    issue, other = make_uncertain("Ett"), make_uncertain("Två")
    pk = other.deliveries.get().pk
    for deed in ("avslut/", "omsandning/"):
        assert coordinator_client.post(f"{desk_of(issue)}mottagare/{deed}", {"delivery": pk}).status_code == 409
    assert coordinator_client.get(f"{desk_of(issue)}mottagare/omsandning/?delivery={pk}").status_code == 409
    assert other.deliveries.uncertain().count() == 1
