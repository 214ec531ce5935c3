from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labs.models import FocusArea, Lab, Measurement
from methods.exceptions import EditConflict
from methods.models import Method, Revision
from methods.sections import SECTIONS
from tests.methods.factories import make_goal, make_measurement
from tests.pictures.factories import png_bytes, ready_picture, upload

pytestmark = pytest.mark.django_db


def section_url(revision: Revision, key: str) -> str:
    return f"/metoder/rapporter/{revision.pk}/avsnitt/{key}/"


def json_post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(url, data, headers={"Accept": "application/json"})


PAGES = ["", "forhandsvisning/", "inskick/", "aterkallelse/", "avsnitt/basics/", "avsnitt/claims/", "resultat/nytt/"]


@pytest.mark.parametrize("page", PAGES)
def test_drafts_are_for_the_lab_and_coordinators(
    client: Client,
    draft: Revision,
    member_client: Client,
    other_member_client: Client,
    coordinator_client: Client,
    page: str,
) -> None:
    url = f"/metoder/rapporter/{draft.pk}/{page}"
    assert client.get(url).status_code == 302
    assert other_member_client.get(url).status_code == 404
    assert member_client.get(url).status_code == 200
    assert coordinator_client.get(url).status_code == 200


def test_another_labs_staff_may_read_but_not_touch_what_is_published(
    published: Method, other_member_client: Client
) -> None:
    assert published.published is not None
    assert other_member_client.post(f"{published.get_absolute_url()}versioner/").status_code == 403
    assert other_member_client.get(f"{published.get_absolute_url()}fas/").status_code == 403
    assert other_member_client.get(f"/metoder/rapporter/{published.published.pk}/").status_code == 403


def test_staff_begin_with_a_title(member_client: Client, lab: Lab) -> None:
    assert member_client.get("/metoder/ny/").status_code == 200
    response = member_client.post("/metoder/ny/", {"title": "Odling på gården", "lab": lab.pk, "language": "sv"})
    revision = Revision.objects.get()
    assert revision.method.slug == "odling-pa-garden"
    assert response.url == section_url(revision, "basics")


def test_staff_cannot_begin_in_another_lab(member_client: Client, other_lab: Lab) -> None:
    response = member_client.post("/metoder/ny/", {"title": "Odling", "lab": other_lab.pk, "language": "sv"})
    assert response.status_code == 400
    assert not Method.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "\x00", "9" * 40])
def test_nonsense_in_the_address_of_a_new_method_is_ignored(member_client: Client, value: str) -> None:
    assert member_client.get("/metoder/ny/", {"lab": value}).status_code == 200


@pytest.mark.parametrize("key", [section.key for section in SECTIONS])
def test_every_section_has_a_page(member_client: Client, draft: Revision, key: str) -> None:
    assert member_client.get(section_url(draft, key)).status_code == 200


def test_an_unknown_section_is_not_found(member_client: Client, draft: Revision) -> None:
    assert member_client.get(section_url(draft, "nonsense")).status_code == 404


def test_plain_text_without_javascript_becomes_paragraphs_and_leads_on(member_client: Client, draft: Revision) -> None:
    data = {"version": 0, "problem": "Första.\r\n\r\nAndra <b>stycket</b>.", "problem-format": "text"}
    response = member_client.post(section_url(draft, "problem"), data)
    draft.refresh_from_db()
    assert draft.problem == "<p>Första.</p><p>Andra &lt;b&gt;stycket&lt;/b&gt;.</p>"
    assert response.url == section_url(draft, "effect")


def test_html_from_the_editor_is_cleaned(member_client: Client, draft: Revision) -> None:
    data = {"version": 0, "problem": '<p onclick="x()">Hej<img src=x onerror=y></p>', "problem-format": "html"}
    member_client.post(section_url(draft, "problem"), data)
    draft.refresh_from_db()
    assert draft.problem == "<p>Hej</p>"


def test_the_basics_are_saved_with_focus_areas(member_client: Client, draft: Revision, safety: FocusArea) -> None:
    data = {
        "version": 0,
        "title": "Nytt",
        "summary": "S",
        "target_groups": "T",
        "language": "sv",
        "focus_areas": [safety.pk],
    }
    member_client.post(section_url(draft, "basics"), data)
    draft.refresh_from_db()
    assert (draft.title, list(draft.focus_areas.all())) == ("Nytt", [safety])
    assert Method.objects.get().title == "Nytt"


def test_the_autosave_says_when_and_as_what_it_saved(member_client: Client, draft: Revision) -> None:
    response = json_post(member_client, section_url(draft, "problem"), {"version": 0, "problem": "Hej"})
    assert response.status_code == 200
    assert response.json()["version"] == 1
    assert len(response.json()["saved_at"]) == 5


def test_the_autosave_is_told_what_is_wrong(member_client: Client, draft: Revision) -> None:
    response = json_post(
        member_client, section_url(draft, "economy"), {"version": 0, "cost_min": 500, "cost_max": 100, "hours": 5}
    )
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["cost_max"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", "många"),
        ("hours", "-1"),
        ("hours", "9" * 50),
        ("cost_max", "1e9"),
        ("cost_min", "99999999999"),
        ("premises", "x\x00y"),
    ],
)
def test_nonsense_is_refused_with_everything_kept(
    member_client: Client, draft: Revision, field: str, value: str
) -> None:
    response = member_client.post(section_url(draft, "economy"), {"version": 0, "partners": "Kommunen", field: value})
    assert response.status_code == 400
    assert 'value="Kommunen"' in response.text


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "\x00"])
def test_a_nonsense_version_is_never_an_error_page(member_client: Client, draft: Revision, version: str) -> None:
    for key, data in (("problem", {"problem": "x"}), ("components", {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0})):
        assert member_client.post(section_url(draft, key), {**data, "version": version}).status_code in {302, 400, 409}


def test_the_later_writer_sees_both_texts_side_by_side(
    member_client: Client, lead_client: Client, draft: Revision
) -> None:
    lead_client.post(section_url(draft, "problem"), {"version": 0, "problem": "Labbledarens text."})
    response = member_client.post(section_url(draft, "problem"), {"version": 0, "problem": "Medlemmens text."})
    assert response.status_code == 409
    assert response.text.count("Labbledarens text.") >= 2
    assert response.text.count("Medlemmens text.") >= 2
    assert "Demo Labbledare sparade den " in response.text
    merged = {"version": 1, "problem": "Båda texterna.", "stay": "1"}
    assert member_client.post(section_url(draft, "problem"), merged).status_code == 302
    draft.refresh_from_db()
    assert draft.problem == "<p>Båda texterna.</p>"


def test_the_autosave_never_overwrites_another(member_client: Client, lead_client: Client, draft: Revision) -> None:
    json_post(lead_client, section_url(draft, "problem"), {"version": 0, "problem": "Först."})
    response = json_post(member_client, section_url(draft, "problem"), {"version": 0, "problem": "Sedan."})
    assert response.status_code == 409
    assert "conflict" in response.json()
    draft.refresh_from_db()
    assert draft.problem == "<p>Först.</p>"


@pytest.mark.parametrize("key", ["basics", "economy", "contact", "components", "pictures"])
def test_every_kind_of_section_can_be_merged(
    member_client: Client, lead_client: Client, draft: Revision, key: str
) -> None:
    def data(text: str) -> dict[str, Any]:
        return {
            "version": 0, "title": text, "summary": text, "target_groups": text, "language": "sv", "premises": text,
            "contact_name": text, "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-kind": "core",
            "form-0-title": text, "form-0-description": "",
        }  # fmt: skip

    assert lead_client.post(section_url(draft, key), data("Ledaren")).status_code == 302
    response = member_client.post(section_url(draft, key), data("Medlemmen"))
    if key == "pictures":
        assert response.status_code == 302
        return
    assert response.status_code == 409
    assert "Ledaren" in response.text
    assert "Medlemmen" in response.text


def test_parts_are_written_in_a_list(member_client: Client, draft: Revision) -> None:
    data = {
        "version": 0, "form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 2,
        "form-0-kind": "core", "form-0-title": "Värd", "form-0-description": "Alltid samma.",
        "form-1-kind": "adaptable", "form-1-title": "", "form-1-description": "",
        "form-2-kind": "adaptable", "form-2-title": "Tider", "form-2-description": "",
    }  # fmt: skip
    assert member_client.post(section_url(draft, "components"), data).status_code == 302
    assert [(part.kind, part.title) for part in draft.components.all()] == [("core", "Värd"), ("adaptable", "Tider")]


@pytest.mark.parametrize("total", ["", "x", "100000", "-1"])
def test_a_broken_list_of_parts_is_refused(member_client: Client, draft: Revision, total: str) -> None:
    data = {"version": 0, "form-TOTAL_FORMS": total, "form-INITIAL_FORMS": "0"}
    assert member_client.post(section_url(draft, "components"), data).status_code in {302, 400}
    assert draft.components.count() in {0, 2}


def test_a_result_is_chosen_among_the_labs_verified_measurements(
    member_client: Client, draft: Revision, verified: Measurement, other_lab: Lab
) -> None:
    reported = make_measurement(make_goal(draft.method.lab, title="Ej verifierat"), state="reported")
    neighbours = make_measurement(make_goal(other_lab, title="Grannens"))
    url = f"/metoder/rapporter/{draft.pk}/resultat/nytt/"
    page = member_client.get(url).text
    assert "15 av 22 kvinnor – Fler i arbete" in page
    assert "Ej verifierat" not in page
    assert "Grannens" not in page
    for wrong in (reported, neighbours):
        assert member_client.post(url, {"statement": "Bra", "measurements": [wrong.pk]}).status_code == 400
    assert member_client.post(url, {"statement": "Bra", "measurements": ["x"]}).status_code == 400
    assert member_client.post(url, {"statement": "Bra", "measurements": [verified.pk]}).status_code == 302
    claim = draft.claims.get()
    edit = f"/metoder/rapporter/{draft.pk}/resultat/{claim.pk}/"
    assert "Bra" in member_client.get(edit).text
    member_client.post(edit, {"statement": "Bättre", "measurements": [verified.pk]})
    assert draft.claims.get().statement == "Bättre"
    assert "Bättre" in member_client.get(section_url(draft, "claims")).text
    member_client.post(f"{edit}borttagning/")
    assert not draft.claims.exists()


def test_what_is_missing_is_listed_with_links(member_client: Client, lab: Lab, lab_member: User) -> None:
    draft = Method.start(lab=lab, title="Kafé", by=lab_member).draft
    assert draft is not None
    response = member_client.get(f"/metoder/rapporter/{draft.pk}/inskick/")
    assert f'href="{section_url(draft, "effect")}"' in response.text
    refused = member_client.post(f"/metoder/rapporter/{draft.pk}/inskick/")
    assert refused.status_code == 400
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_complete_report_is_sent_in_and_can_be_taken_back(member_client: Client, draft: Revision) -> None:
    url = f"/metoder/rapporter/{draft.pk}/"
    assert member_client.post(f"{url}inskick/").status_code == 302
    assert "Väntar på granskning" in member_client.get(url).text
    assert member_client.post(f"{url}inskick/").status_code == 409
    assert member_client.get(section_url(draft, "problem")).url == url  # type: ignore[attr-defined]
    assert member_client.post(section_url(draft, "problem"), {"version": 0, "problem": "x"}).status_code == 409
    assert member_client.post(f"{url}inskick/atertaget/").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_preview_is_the_public_page(member_client: Client, draft: Revision) -> None:
    text = member_client.get(f"/metoder/rapporter/{draft.pk}/forhandsvisning/").text
    assert "Så här kommer alla att se rapporten" in text
    assert "Många saknar arbete" in text


def test_get_never_writes(member_client: Client, published: Method) -> None:
    assert member_client.get(f"{published.get_absolute_url()}versioner/").status_code == 405
    assert member_client.post(f"{published.get_absolute_url()}versioner/").status_code == 302
    assert member_client.post(f"{published.get_absolute_url()}versioner/").status_code == 409


def test_a_phase_is_changed_with_a_reason(lead_client: Client, published: Method) -> None:
    url = f"{published.get_absolute_url()}fas/"
    assert lead_client.get(url).status_code == 200
    assert lead_client.post(url, {"phase": "stopped", "because": "Ingen kom."}).status_code == 400
    data = {"phase": "stopped", "because": "Ingen kom.", "learned": "Fråga först.", "learned-format": "text"}
    assert lead_client.post(url, data).status_code == 302
    published.refresh_from_db()
    assert (published.phase, published.learned) == ("stopped", "<p>Fråga först.</p>")


def test_the_start_page_of_the_lab_shows_its_reports(member_client: Client, draft: Revision) -> None:
    text = member_client.get("/labb/mitt/").text
    assert f"/metoder/rapporter/{draft.pk}/" in text


def test_the_labs_page_shows_its_published_methods(client: Client, published: Method) -> None:
    assert published.get_absolute_url() in client.get("/labb/provlabbet/").text


def test_pictures_are_chosen_with_what_they_show(member_client: Client, draft: Revision) -> None:
    url = section_url(draft, "pictures")
    refused = member_client.post(url, {"version": 0, "picture_1": upload(png_bytes(600, 400))})
    assert refused.status_code == 400
    assert "Skriv vad bilden visar" in refused.text
    saved = {"version": 0, "alt_1": "Två grannar vid ett bord", "picture_1": upload(png_bytes(600, 400))}
    assert member_client.post(url, saved).status_code == 302
    illustration = draft.illustrations.get()
    assert (illustration.alt, illustration.position, illustration.picture.public) == (
        "Två grannar vid ett bord",
        1,
        False,
    )
    assert member_client.post(url, {**saved, "version": 1, "picture_1": upload(png_bytes(300, 300))}).status_code == 400


def test_publishing_makes_the_pictures_public(
    member_client: Client, coordinator_client: Client, draft: Revision, lab_member: User, coordinator: User
) -> None:
    picture = ready_picture()
    draft.save_section("pictures", {"pictures": [{"picture": picture.pk, "alt": "Ett bord"}]}, version=0, by=lab_member)
    assert "key=" in member_client.get(f"/metoder/rapporter/{draft.pk}/forhandsvisning/").text
    draft.submit(by=lab_member)
    draft.publish(by=coordinator, level=1, rationale="Beskriven.")
    picture.refresh_from_db()
    assert picture.public
    page = Client().get(draft.get_absolute_url()).text
    assert 'alt="Ett bord"' in page
    assert "key=" not in page


def test_pictures_chosen_at_the_same_time_are_all_kept_if_there_is_room(
    draft: Revision, lab_member: User, lab_lead: User
) -> None:
    def chosen(number: int) -> dict[str, Any]:
        return {"pictures": [{"picture": ready_picture().pk, "alt": "x"} for _ in range(number)]}

    draft.add_pictures(chosen(1), version=0, by=lab_lead)
    draft.add_pictures(chosen(2), version=0, by=lab_member)
    assert [each.position for each in draft.illustrations.all()] == [1, 2, 3]
    with pytest.raises(EditConflict):
        draft.add_pictures(chosen(1), version=0, by=lab_lead)
    assert draft.illustrations.count() == 3
