"""The words around the items of an issue, and two coordinators who write them at the same time."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from newsletter.forms.issue import IssueForm
from newsletter.models import Issue
from newsletter.models.wording import SavedMeanwhile
from tests.conftest import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_client(other_coordinator) -> Client:
    return sign_in(Client(), other_coordinator)


def opened(client: Client, issue: Issue) -> dict[str, str]:
    """What the desk's form would send if nothing was changed in it."""
    form = client.get(issue.get_desk_url()).context["form"]
    return {name: form[name].value() for name in form.fields} | {"intro-format": "html", "intro_en-format": "html"}


def saved(issue: Issue) -> list[list[str]]:
    """Which words each save has changed, the newest first."""
    return [event.particulars["fields"] for event in issue.events.filter(verb="changed").newest_first()]


def test_of_two_who_write_the_same_the_later_sees_both_texts(coordinator_client, other_client, issue):
    mine, theirs = opened(coordinator_client, issue), opened(other_client, issue)
    assert other_client.post(issue.get_desk_url(), theirs | {"subject": "Deras <b>ämne</b>"}).status_code == 302
    response = coordinator_client.post(issue.get_desk_url(), mine | {"subject": "Mitt ämne", "preheader": "Min rad"})
    page = response.content.decode()
    issue.refresh_from_db()
    assert (response.status_code, issue.subject, issue.preheader) == (409, "Deras <b>ämne</b>", "")
    assert "<p>Deras &lt;b&gt;ämne&lt;/b&gt;</p>" in page
    assert "<p>Mitt ämne</p>" in page
    assert "Ni var två som skrev här samtidigt" in page
    together = response.context["merge"].form
    answer = {name: together[name].value() for name in together.fields}
    assert (answer["subject"], answer["preheader"]) == ("Mitt ämne", "Min rad")
    assert coordinator_client.post(issue.get_desk_url(), answer | {"subject": "Vårt ämne"}).status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, issue.preheader) == ("Vårt ämne", "Min rad")


def test_the_merge_page_names_who_wrote_the_words_in_dispute_and_when(coordinator_client, other_client, issue):
    mine, theirs = opened(coordinator_client, issue), opened(other_client, issue)
    other_client.post(issue.get_desk_url(), theirs | {"subject": "Deras ämne"})
    coordinator_client.post(issue.get_desk_url(), mine | {"preheader": "Min rad"})
    response = coordinator_client.post(issue.get_desk_url(), mine | {"subject": "Mitt ämne", "preheader": "Min rad"})
    save = issue.events.get(particulars={"fields": ["subject"]})
    at = timezone.localtime(save.created_at)
    assert (response.status_code, response.context["merge"].saved) == (409, save)
    assert f"{save.actor.name} sparade den {date_format(at, 'j F')} kl. {at:%H.%M}, efter att du" in response.text


def test_who_saves_while_the_merge_page_is_made_is_not_overwritten(
    coordinator_client, other_client, issue, other_coordinator, monkeypatch
):
    mine, theirs = opened(coordinator_client, issue), opened(other_client, issue)
    other_client.post(issue.get_desk_url(), theirs | {"subject": "Deras ämne"})

    def save_for(form: IssueForm, issue: Issue, **by) -> None:
        try:
            real(form, issue, **by)
        except SavedMeanwhile:
            third = Issue.objects.get(pk=issue.pk)
            third.reword(third.words | {"subject": "Tredje ämnet"}, seen=third.words_mark, by=other_coordinator)
            raise

    real = IssueForm.save_for
    with monkeypatch.context() as patched:
        patched.setattr(IssueForm, "save_for", save_for)
        response = coordinator_client.post(issue.get_desk_url(), mine | {"subject": "Mitt ämne"})
    together = response.context["merge"].form
    answer = {name: together[name].value() for name in together.fields}
    assert coordinator_client.post(issue.get_desk_url(), answer | {"subject": "Vårt ämne"}).status_code == 409
    issue.refresh_from_db()
    assert issue.subject == "Tredje ämnet"


def test_introductions_are_put_together_paragraph_by_paragraph(coordinator_client, other_client, issue):
    mine, theirs = opened(coordinator_client, issue), opened(other_client, issue)
    other_client.post(issue.get_desk_url(), theirs | {"intro": "<p>Hej.</p><p>Deras.</p>"})
    response = coordinator_client.post(issue.get_desk_url(), mine | {"intro": "<p>Hej.</p><p>Mitt.</p>"})
    assert response.status_code == 409
    assert response.context["merge"].form["intro"].value() == "<p>Hej.</p><p>Deras.</p><p>Mitt.</p>"
    assert [field.name for field in response.context["merge"].settled_fields] == [
        "subject", "preheader", "subject_en", "preheader_en", "intro_en",
    ]  # fmt: skip


def test_two_who_write_different_words_both_get_theirs(coordinator_client, other_client, issue):
    mine, theirs = opened(coordinator_client, issue), opened(other_client, issue)
    other_client.post(issue.get_desk_url(), theirs | {"subject": "Deras ämne"})
    assert coordinator_client.post(issue.get_desk_url(), mine | {"intro": "<p>Mitt.</p>"}).status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, issue.intro) == ("Deras ämne", "<p>Mitt.</p>")
    assert saved(issue) == [["intro"], ["subject"]]


def test_two_who_write_the_same_words_agree(coordinator_client, other_client, issue):
    pages = [(client, opened(client, issue)) for client in (coordinator_client, other_client)]
    statuses = [client.post(issue.get_desk_url(), page | {"subject": "Samma"}).status_code for client, page in pages]
    assert (statuses, saved(issue)) == ([302, 302], [["subject"]])


def test_saving_without_a_change_leaves_no_trace(coordinator_client, issue):
    assert coordinator_client.post(issue.get_desk_url(), opened(coordinator_client, issue)).status_code == 302
    assert [event.verb for event in issue.events.all()] == ["composed"]


@pytest.mark.parametrize("seen", ["", "x", "-----", "é" * 5000])
def test_a_mark_that_makes_no_sense_counts_as_an_old_one(coordinator, coordinator_client, issue, seen):
    subject = issue.subject
    with pytest.raises(SavedMeanwhile):
        issue.reword(issue.words | {"subject": "Nytt"}, seen=seen, by=coordinator)
    answer = opened(coordinator_client, issue) | {"subject": "Nytt", "seen": seen}
    assert coordinator_client.post(issue.get_desk_url(), answer).status_code == 409
    assert Issue.objects.get().subject == subject
