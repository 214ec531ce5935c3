import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labs.models import Goal, Lab, Measurement
from methods.models import Method, Revision
from tests.methods.factories import make_draft, make_measurement, make_published

pytestmark = pytest.mark.django_db


def claimed(lab: Lab, by: User, coordinator: User, *claims: tuple[str, list[Measurement]]) -> Method:
    draft = make_draft(lab, by, "Språkkafé")
    for statement, measurements in claims:
        draft.claim(statement, measurements, by=by)
    draft.submit(by=by)
    draft.publish(by=coordinator, level=2, rationale="Mätt före och efter.")
    return Method.objects.get(pk=draft.method_id)


def test_effect_evidence_and_cost_stand_on_top(
    client: Client, lab: Lab, lab_member: User, coordinator: User, verified: Measurement
) -> None:
    claimed(lab, lab_member, coordinator, ("Fler fick arbete", [verified]))
    text = client.get("/metoder/sprakkafe/").text
    assert "100\xa0000–250\xa0000" in text
    assert "Mätt före och efter." in text
    assert "Underskrivet av Demo Samordnare" in text
    assert "15 av 22" in text
    assert "Fler fick arbete" in text
    assert f"/labb/provlabbet/#goal-{verified.goal_id}" in text
    order = [text.index(words) for words in ("15 av 22", "Hur säkra är vi?", "Vad kostar det?", "Många saknar arbete")]
    assert order == sorted(order)


def test_core_and_adaptable_parts_are_told_apart(client: Client, published: Method) -> None:
    text = client.get(published.get_absolute_url()).text
    core, adaptable = text.index("Kärna: behåll den som den är"), text.index("Anpassningsbar del: gör den till er egen")
    assert core < text.index("En fast dag i veckan") < adaptable < text.index("Lokalen")


def test_counts_that_point_at_people_are_kept_from_the_public(
    client: Client, lab: Lab, lab_member: User, coordinator: User, goal: Goal
) -> None:
    claimed(lab, lab_member, coordinator, ("Några fick arbete", [make_measurement(goal, n=2, of=22)]))
    text = client.get("/metoder/sprakkafe/").text
    assert "2 av 22" not in text.replace("färre än 5 av 22", "")
    assert "färre än 5 av 22" in text


def test_a_corrected_measurement_is_shown_honestly(
    client: Client, lab: Lab, lab_member: User, coordinator: User, verified: Measurement
) -> None:
    method = claimed(lab, lab_member, coordinator, ("Fler fick arbete", [verified]))
    assert "Behöver ses över" not in client.get(method.get_absolute_url()).text
    from labs.signals import measurement_superseded

    Measurement.objects.filter(pk=verified.pk).update(superseded_at=method.created_at)
    measurement_superseded.send(sender=Measurement, measurement=verified, replacement=verified, by=None)
    text = client.get(method.get_absolute_url()).text
    assert "Behöver ses över" in text
    assert "Mätningen har rättats sedan dess" in text


def test_a_stopped_method_begins_with_what_was_learned(
    client: Client, lab: Lab, lab_member: User, coordinator: User
) -> None:
    method = make_published(lab, lab_member, coordinator, "Kvällskafé", phase="stopped")
    text = client.get(method.get_absolute_url()).text
    assert text.index("Vi lärde oss.") < text.index("Hur säkra är vi?")


def test_older_versions_stay_readable_at_their_own_address(
    client: Client, published: Method, lab_member: User, coordinator: User
) -> None:
    second = published.draft_successor(by=lab_member)
    second.save_section("problem", {"problem": "<p>Nytt problem.</p>"}, version=0, by=lab_member)
    second.submit(by=lab_member)
    second.publish(by=coordinator)
    url = published.get_absolute_url()
    assert "Nytt problem." in client.get(url).text
    old = client.get(f"{url}versioner/1/")
    assert "Många saknar arbete" in old.text
    assert "Det här är version 1" in old.text
    assert 'content="noindex"' in old.text
    assert client.get(f"{url}versioner/2/").url == url  # type: ignore[attr-defined]
    assert client.get(f"{url}versioner/3/").status_code == 404
    assert client.get(f"{url}versioner/{'9' * 30}/").status_code == 404


def test_the_citation_names_the_version(client: Client, published: Method) -> None:
    text = client.get(published.get_absolute_url()).text
    assert "Citera så här" in text
    assert "/metoder/sprakkafe-med-grannar/versioner/1/" in text


def test_a_withdrawn_report_says_so_with_410(client: Client, published: Method, coordinator: User) -> None:
    assert published.published is not None
    published.published.withdraw(by=coordinator, because="Siffrorna var fel.")
    for path in (published.get_absolute_url(), f"{published.get_absolute_url()}versioner/1/"):
        response = client.get(path)
        assert response.status_code == 410
        assert "Siffrorna var fel." in response.text
        assert "Många saknar arbete" not in response.text


def test_older_versions_go_with_a_withdrawn_report(
    client: Client, published: Method, lab_member: User, coordinator: User
) -> None:
    second = published.draft_successor(by=lab_member)
    second.submit(by=lab_member)
    second.publish(by=coordinator)
    second.withdraw(by=coordinator, because="Siffrorna var fel.")
    response = client.get(f"{published.get_absolute_url()}versioner/1/")
    assert response.status_code == 410
    assert "Siffrorna var fel." in response.text


def test_an_unpublished_method_is_nobodys_but_the_labs(
    client: Client, draft: Revision, member_client: Client, other_member_client: Client, coordinator_client: Client
) -> None:
    path = draft.method.get_absolute_url()
    assert client.get(path).status_code == 404
    assert other_member_client.get(path).status_code == 404
    assert member_client.get(path).url == f"/metoder/rapporter/{draft.pk}/"  # type: ignore[attr-defined]
    assert coordinator_client.get(path).status_code == 302


def test_the_words_are_marked_with_their_language(
    client: Client, lab: Lab, lab_member: User, coordinator: User
) -> None:
    method = make_published(lab, lab_member, coordinator, "Language café", language="en")
    text = client.get(method.get_absolute_url()).text
    assert '<html lang="sv">' in text
    assert '<h1 lang="en">Language café</h1>' in text


def test_only_coordinators_read_the_history(client: Client, published: Method, coordinator_client: Client) -> None:
    path = published.get_absolute_url()
    assert client.get(path).context["events"] is None
    assert coordinator_client.get(path).context["events"] is not None


def test_more_claims_and_parts_cost_no_more_queries(
    client: Client, lab: Lab, lab_member: User, coordinator: User, goal: Goal
) -> None:
    def queries(method: Method) -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(method.get_absolute_url()).status_code == 200
        return len(context)

    measurements = [make_measurement(goal, year=year) for year in (2016, 2017, 2018)]
    one = claimed(lab, lab_member, coordinator, ("Ett", [measurements[0]]))
    three = claimed(lab, lab_member, coordinator, *((str(m.pk), measurements) for m in measurements))
    queries(one)
    assert queries(one) == queries(three)
