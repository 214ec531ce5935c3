import pytest
from django.test import Client

from accounts.models import User
from methods.models import Method, Revision

pytestmark = pytest.mark.django_db


def url(revision: Revision, page: str = "granskning") -> str:
    return f"/metoder/rapporter/{revision.pk}/{page}/"


def test_only_coordinators_review(client: Client, member_client: Client, submitted: Revision) -> None:
    for page in ("granskning", "publicering"):
        assert client.post(url(submitted, page)).status_code == 302
        assert member_client.post(url(submitted, page)).status_code == 403
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_changes_are_asked_for_at_the_sections(
    coordinator_client: Client, member_client: Client, submitted: Revision
) -> None:
    assert coordinator_client.get(url(submitted)).status_code == 200
    response = coordinator_client.post(url(submitted), {"comment_effect": "Hur många av hur många?"})
    assert response.status_code == 302
    assert "Hur många av hur många?" in member_client.get(f"/metoder/rapporter/{submitted.pk}/avsnitt/effect/").text
    assert "Hur många av" not in member_client.get(f"/metoder/rapporter/{submitted.pk}/avsnitt/problem/").text
    assert "har kommentarer" in member_client.get(f"/metoder/rapporter/{submitted.pk}/").text


def test_a_verdict_without_a_comment_is_refused(coordinator_client: Client, submitted: Revision) -> None:
    response = coordinator_client.post(url(submitted), {})
    assert response.status_code == 400
    assert "Skriv minst en kommentar" in response.text


def test_publishing_needs_the_evidence_signed_and_keeps_the_comments(
    coordinator_client: Client, submitted: Revision
) -> None:
    response = coordinator_client.post(url(submitted, "publicering"), {"comment_": "Fint skrivet", "level": "9"})
    assert response.status_code == 400
    assert "Fint skrivet" in response.text
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_publishing(coordinator_client: Client, submitted: Revision, coordinator: User) -> None:
    response = coordinator_client.post(url(submitted, "publicering"), {"level": "2", "rationale": "Mätt."})
    assert response.url == "/metoder/sprakkafe-med-grannar/"
    submitted.refresh_from_db()
    assert (submitted.state, submitted.published_by) == ("published", coordinator)
    again = coordinator_client.post(url(submitted, "publicering"), {"level": "2", "rationale": "Mätt."})
    assert again.status_code == 409


def test_what_is_new_is_marked(coordinator_client: Client, published: Method, lab_member: User) -> None:
    second = published.draft_successor(by=lab_member)
    second.save_section("problem", {"problem": "<p>Många saknar bostad och nätverk.</p>"}, version=0, by=lab_member)
    second.submit(by=lab_member)
    text = coordinator_client.get(url(second)).text
    assert "<del>arbete</del>" in text
    assert "<ins>bostad</ins>" in text


def test_one_who_has_written_is_told_that_another_publishes(
    coordinator_client: Client, draft: Revision, coordinator: User, lab_member: User
) -> None:
    draft.save_section("problem", {"problem": "<p>Mina ord.</p>"}, version=0, by=coordinator)
    draft.submit(by=lab_member)
    assert "En annan samordnare behöver publicera den" in coordinator_client.get(url(draft)).text
    response = coordinator_client.post(url(draft, "publicering"), {"level": "2", "rationale": "Mätt."})
    assert response.status_code == 409


def test_a_report_that_does_not_wait_shows_no_verdict(coordinator_client: Client, draft: Revision) -> None:
    text = coordinator_client.get(url(draft)).text
    assert "Ditt beslut" not in text
    assert coordinator_client.post(url(draft), {"comment_": "x"}).status_code == 409


def test_coordinators_withdraw_with_a_reason(
    coordinator_client: Client, member_client: Client, published: Method
) -> None:
    revision = published.published
    assert revision is not None
    assert member_client.get(url(revision, "aterkallelse")).status_code == 403
    assert coordinator_client.post(url(revision, "aterkallelse"), {"because": " "}).status_code == 400
    assert coordinator_client.post(url(revision, "aterkallelse"), {"because": "Fel."}).status_code == 302
    assert coordinator_client.get(published.get_absolute_url()).status_code == 410


def test_the_evidence_is_signed_anew(coordinator_client: Client, member_client: Client, published: Method) -> None:
    path = f"{published.get_absolute_url()}evidens/"
    assert member_client.get(path).status_code == 403
    assert coordinator_client.get(path).status_code == 200
    assert coordinator_client.post(path, {"level": "3"}).status_code == 400
    assert coordinator_client.post(path, {"level": "3", "rationale": "Jämförd."}).status_code == 302
    published.refresh_from_db()
    assert published.evidence is not None
    assert published.evidence.level == 3
