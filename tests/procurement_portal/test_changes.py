import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from overview.actions import everything_waiting
from procurement_portal.models import ChangeRequest, Supplier
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_supplier, propose

CHANGES = "/inkopsportalen/andringar/"


@pytest.fixture
def change(supplier) -> ChangeRequest:
    return propose(supplier, description="Vi lyser upp parker.", website="https://ny.example.org")


def names(client, **query: str) -> list[str]:
    return [change.supplier.name for change in client.get(CHANGES, query).context["changes"]]


@pytest.mark.parametrize("path", ["", "1/", "1/inforande/", "1/avbojande/"])
def test_only_coordinators_come_in(client, member_client, db, path):
    assert client.get(CHANGES + path).status_code == 302
    assert member_client.get(CHANGES + path).status_code == 403


def test_an_open_proposal_waits_in_the_work_list(coordinator, change):
    (action,) = everything_waiting(coordinator)
    assert (action.kind.key, action.title, action.url, action.detail) == (
        "change",
        "Provföretaget AB",
        change.get_absolute_url(),
        "2 ändringar",
    )
    change.decline(by=coordinator, because="Nej.")
    assert everything_waiting(coordinator) == []


def test_the_queue_of_applications_tells_of_open_proposals(coordinator_client, coordinator, change):
    queue = "/inkopsportalen/ansokningar/"
    assert "1 leverantör i portalen föreslår en ändring" in coordinator_client.get(queue).content.decode()
    change.decline(by=coordinator, because="Nej.")
    assert "föreslår en ändring" not in coordinator_client.get(queue).content.decode()


def test_the_list_shows_what_waits_the_oldest_first_and_what_is_answered(coordinator_client, coordinator):
    for name in ["Ängen", "Lampan", "Åkern"]:
        propose(make_supplier(name, by=coordinator))
    assert names(coordinator_client) == ["Ängen", "Lampan", "Åkern"]
    ChangeRequest.objects.filter(supplier__name="Lampan").get().decline(by=coordinator, because="Nej.")
    assert names(coordinator_client) == ["Ängen", "Åkern"]
    assert names(coordinator_client, state="closed") == ["Lampan"]
    assert names(coordinator_client, q="änge") == ["Ängen"]
    assert names(coordinator_client, page="99", state="nonsense") == ["Ängen", "Åkern"]


def test_an_empty_list_says_what_will_come(coordinator_client):
    assert "Inget förslag väntar på dig" in coordinator_client.get(CHANGES).content.decode()
    assert "Inget förslag stämmer" in coordinator_client.get(CHANGES, {"q": "x"}).content.decode()


def test_the_list_does_as_many_queries_for_three_as_for_one(coordinator_client, coordinator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(CHANGES).status_code == 200
        return len(captured)

    propose(make_supplier("Ett", by=coordinator))
    one = queries()
    for name in ["Två", "Tre"]:
        propose(make_supplier(name, by=coordinator))
    assert queries() == one


def test_both_sides_are_shown_and_everything_is_ticked(coordinator_client, supplier):
    logo = ready_picture(claimed=False)
    change = propose(supplier, description="Vi lyser upp parker.", logo=logo, categories=["skolstod"])
    response = coordinator_client.get(change.get_absolute_url())
    text = response.content.decode()
    for expected in [
        "Vi lyser upp gårdar.",
        "Vi lyser upp parker.",
        "Trygghet i bostadsområden",
        "Skolstöd och läxhjälp",
        str(supplier.logo.pk),
        str(logo.pk),
    ]:
        assert expected in text
    assert response.context["form"].ticked == ["categories", "description", "logo"]
    assert text.count(" checked") == 3


def test_the_page_does_as_many_queries_for_three_fields_as_for_one(coordinator_client, coordinator):
    def queries(**wishes: str) -> int:
        change = propose(make_supplier(by=coordinator), **wishes)
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(change.get_absolute_url()).status_code == 200
        return len(captured)

    one = queries(description="Vi lyser upp parker.")
    assert queries(description="Vi lyser upp parker.", website="https://ny.example.org", company="Nytt AB") == one


def test_the_suppliers_page_leads_to_it_for_coordinators_only(client, coordinator_client, supplier, change):
    assert change.get_absolute_url() in coordinator_client.get(supplier.get_absolute_url()).content.decode()
    assert change.get_absolute_url() not in client.get(supplier.get_absolute_url()).content.decode()


def test_everything_is_taken_over_with_one_press(client, coordinator_client, supplier, change):
    response = coordinator_client.post(f"{change.get_absolute_url()}inforande/", {"fields_accepted": change.fields})
    assert (response.status_code, response.headers["Location"]) == (302, change.get_absolute_url())
    assert "Vi lyser upp parker." in client.get(supplier.get_absolute_url()).content.decode()
    answered = coordinator_client.get(change.get_absolute_url()).content.decode()
    assert ("Demo Samordnare" in answered, "För in" in answered) == (True, False)


def test_some_of_it_is_taken_over_with_a_reason(coordinator_client, supplier, change):
    data = {"fields_accepted": ["website"], "because": "Utan reklam."}
    assert coordinator_client.post(f"{change.get_absolute_url()}inforande/", data).status_code == 302
    supplier.refresh_from_db()
    assert (supplier.website, supplier.description) == ("https://ny.example.org", "Vi lyser upp gårdar.")


@pytest.mark.parametrize(
    ("data", "field", "ticked"),
    [
        ({}, "fields_accepted", []),
        ({"fields_accepted": ["website"]}, "because", ["website"]),
        ({"fields_accepted": ["organisation_number"]}, "fields_accepted", ["organisation_number"]),
        ({"fields_accepted": ["website"], "because": "å" * 2_001}, "because", ["website"]),
    ],
)
def test_an_answer_that_is_not_right_comes_back_as_it_was(coordinator_client, supplier, change, data, field, ticked):
    response = coordinator_client.post(f"{change.get_absolute_url()}inforande/", data)
    form = response.context["form"]
    assert (response.status_code, field in form.errors, form.ticked) == (400, True, ticked)
    change.refresh_from_db()
    assert change.is_open


def test_a_proposal_is_declined_with_a_reason(coordinator_client, change):
    url = f"{change.get_absolute_url()}avbojande/"
    assert coordinator_client.get(url).status_code == 200
    assert coordinator_client.post(url, {"because": " "}).status_code == 400
    assert coordinator_client.post(url, {"because": "Reklam."}).status_code == 302
    assert "Reklam." in coordinator_client.get(change.get_absolute_url()).content.decode()


def test_whoever_comes_second_reads_a_sentence(coordinator_client, other_coordinator, change):
    change.decline(by=other_coordinator, because="Nej.")
    url = change.get_absolute_url()
    responses = [
        coordinator_client.post(f"{url}inforande/", {"fields_accepted": change.fields}),
        coordinator_client.post(f"{url}avbojande/", {"because": "Nej."}),
        coordinator_client.get(f"{url}avbojande/"),
    ]
    assert [response.status_code for response in responses] == [409, 409, 409]
    assert "Förslaget är redan avböjt" in responses[0].content.decode()


def test_what_the_supplier_took_back_cannot_be_accepted(coordinator_client, change):
    change.take_back()
    response = coordinator_client.post(
        f"{change.get_absolute_url()}inforande/", {"fields_accepted": ["description", "website"]}
    )
    assert (response.status_code, "tagit tillbaka" in response.content.decode()) == (409, True)
    assert coordinator_client.get(change.get_absolute_url()).status_code == 200


def test_a_picture_that_could_not_be_used_has_no_tick(coordinator_client, supplier):
    logo = ready_picture(claimed=False)
    change = propose(supplier, description="Nytt.", logo=logo)
    type(logo).objects.filter(pk=logo.pk).update(state="rejected", reason="unreadable", renditions=[])
    response = coordinator_client.get(change.get_absolute_url())
    assert response.context["form"].ticked == ["description"]
    assert " disabled" in response.content.decode()


def test_a_new_address_may_be_accepted_before_it_is_confirmed(coordinator_client, supplier):
    change = propose(supplier, email="ny@example.org")
    url = change.get_absolute_url()
    assert "Ägaren har inte bekräftat den än" in coordinator_client.get(url).content.decode()
    assert coordinator_client.post(f"{url}inforande/", {"fields_accepted": ["email"]}).status_code == 302
    assert Supplier.objects.get(pk=supplier.pk).email == supplier.email
    assert "när mottagaren har bekräftat den" in coordinator_client.get(url).content.decode()


@pytest.mark.parametrize("pk", ["0", "9999", "99999999999999999999"])
def test_an_unknown_proposal_is_a_404(coordinator_client, db, pk):
    assert coordinator_client.get(f"{CHANGES}{pk}/").status_code == 404
