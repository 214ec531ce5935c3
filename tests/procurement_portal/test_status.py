import re
import time
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from history.models import Event
from mailing.models import Letter
from pictures.models import Draft
from procurement_portal.models import Application
from tests.pictures.factories import png_bytes, upload
from tests.procurement_portal.factories import make_application, mend_data, reject_picture

pytestmark = pytest.mark.django_db
PAGES = ["status", "confirmation", "mending", "withdrawal"]


def page(application: Application, name: str = "status", *more: str) -> str:
    return reverse(f"procurement_portal:{name}", args=[application.link_token, *more])


def snapshot() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Application, Event, Letter, Draft)]


@pytest.mark.parametrize(
    "state",
    ["draft", "submitted", "under_review", "complement_requested", "approved", "rejected", "withdrawn"],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_shows_every_state_and_writes_nothing(client, coordinator, state, language):
    application = make_application(state, by=coordinator)
    before = snapshot()
    path = (
        page(application)
        if language == "sv"
        else page(application).replace("/inkopsportalen/min-ansokan/", "/en/procurement-portal/my-application/")
    )
    response = client.get(path)
    assert response.status_code == 200
    assert application.reference in response.content.decode()
    assert coordinator.name not in response.content.decode()
    assert snapshot() == before


def test_the_page_is_kept_by_nobody_and_told_to_nobody(client, draft):
    response = client.get(page(draft))
    assert "no-store" in response["Cache-Control"]
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")


def test_the_link_confirms_by_a_button_only(client, draft):
    url = page(draft, "confirmation")
    assert client.get(url).status_code == 405
    response = client.post(url)
    assert (response.status_code, response["Location"]) == (302, url.removesuffix("bekraftelse/"))
    draft.refresh_from_db()
    assert draft.state == "submitted"


def test_confirming_twice_leads_to_the_same_page(client, draft):
    token = draft.link_token
    url = reverse("procurement_portal:confirmation", args=[token])
    client.post(url)
    response = client.post(url, follow=True)
    assert response.status_code == 200
    assert Event.objects.filter(verb="submitted").count() == 1


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_is_a_404_with_a_way_to_a_new_one(client, draft, name, method):
    url = reverse(
        f"procurement_portal:{name}", args=[draft.link_token[:-1] + ("A" if draft.link_token[-1] != "A" else "B")]
    )
    response = getattr(client, method)(url)
    assert response.status_code == 404
    assert reverse("procurement_portal:link_request") in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_an_expired_link_is_a_410_with_a_way_to_a_new_one(client, draft, name):
    url = page(draft, name)
    with mock.patch("django.core.signing.time.time", return_value=time.time() + 91 * 24 * 3600):
        response = client.post(url)
    assert response.status_code == 410
    assert reverse("procurement_portal:link_request") in response.content.decode()


@pytest.mark.parametrize("token", ["x", "%00", "IP-2345-6789", "a" * 5000])
def test_nonsense_in_the_address_is_a_404(client, token):
    assert client.get(f"/inkopsportalen/min-ansokan/{token}/").status_code == 404


def test_a_new_link_is_mailed_and_the_answer_does_not_tell_whether_the_address_is_known(client, submitted):
    letters = Letter.objects.count()
    url = reverse("procurement_portal:link_request")
    known = client.post(url, {"email": submitted.email.upper()})
    unknown = client.post(url, {"email": "okand@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert (Letter.objects.count(), Letter.objects.latest("pk").to) == (letters + 1, submitted.email)
    assert client.get(known["Location"]).status_code == 200


def test_links_are_not_mailed_again_and_again(client, submitted):
    letters = Letter.objects.count()
    for _ in range(3):
        client.post(reverse("procurement_portal:link_request"), {"email": submitted.email})
    assert Letter.objects.count() == letters + 1


def unbraked(application: Application) -> None:
    """Let the minutes between two mails pass."""
    Application.objects.filter(pk=application.pk).update(link_mailed_at=None)


def ask_for_a_link(client: Client, email: str, **request: str) -> tuple[int, str]:
    response = client.post(reverse("procurement_portal:link_request"), {"email": email}, **request)
    return response.status_code, response["Location"]


def test_a_draft_gets_no_more_links_than_confirmation_mails(draft):
    for _ in range(7):
        unbraked(draft)
        draft.mail_new_link()
    assert Letter.objects.filter(to=draft.email).count() == 5
    draft.refresh_from_db()
    assert draft.confirmation_mails == 5
    draft.confirm()
    unbraked(draft)
    draft.mail_new_link()
    assert Letter.objects.filter(to=draft.email).count() == 6


def test_an_address_gets_three_links_a_day_whoever_asks_and_however_it_is_spelt(client, submitted):
    letters = Letter.objects.count()
    answers = set()
    for number in range(5):
        unbraked(submitted)
        answers.add(ask_for_a_link(client, submitted.email.upper(), REMOTE_ADDR=f"192.0.2.{number}"))
    assert (Letter.objects.count(), len(answers)) == (letters + 3, 1)


def test_a_network_gets_ten_links_an_hour_whichever_addresses_it_names(client, submitted):
    letters = Letter.objects.count()
    answers = {ask_for_a_link(client, f"okand{number}@example.org") for number in range(10)}
    answers.add(ask_for_a_link(client, submitted.email))
    assert (Letter.objects.count(), len(answers)) == (letters, 1)
    ask_for_a_link(client, submitted.email, REMOTE_ADDR="192.0.2.1")
    assert Letter.objects.count() == letters + 1


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "å" * 9000])
def test_a_new_link_needs_an_address(client, email):
    assert client.post(reverse("procurement_portal:link_request"), {"email": email}).status_code == 400


def test_a_complement_is_sent_in_with_the_pictures_kept(client, asked):
    url = page(asked, "mending")
    form = client.get(url)
    assert (form.status_code, "Berätta för vem." in form.content.decode()) == (200, True)
    pictures = [each.picture.pk for each in asked.enclosures]
    response = client.post(url, mend_data(asked, description="För hyresgäster."))
    status = reverse("procurement_portal:status", args=[form.context["token"]])
    assert (response.status_code, response["Location"]) == (302, status)
    asked.refresh_from_db()
    assert (asked.state, asked.description) == ("submitted", "För hyresgäster.")
    assert [each.picture.pk for each in asked.enclosures] == pictures


def test_what_was_asked_for_comes_first_with_its_words_and_the_rest_is_put_together(client, asked):
    response = client.get(page(asked, "mending"))
    text = response.content.decode()
    assert [field.name for field in response.context["form"].asked_fields] == ["description"]
    assert text.index("Berätta för vem.") < text.index('id="id_description"') < text.index("Resten av ansökan")
    assert text.index("Resten av ansökan") < text.index('id="id_company"')
    assert '<details class="form__rest">' in text


def test_the_rest_is_open_when_there_is_something_to_correct_in_it(client, asked):
    text = client.post(page(asked, "mending"), mend_data(asked, phone="x")).content.decode()
    assert '<details class="form__rest" open>' in text


def test_without_a_request_for_certain_fields_the_form_stands_as_it_is(client, submitted):
    assert "form__rest" not in client.get(page(submitted, "mending")).content.decode()


def test_a_picture_is_replaced_in_the_complement(client, asked):
    former = asked.logo
    client.post(page(asked, "mending"), mend_data(asked, logo=upload(png_bytes(300, 100), "ny.png")))
    asked.refresh_from_db()
    assert (asked.logo.name, asked.logo == former) == ("ny.png", False)


def test_a_bad_complement_is_shown_again_with_everything_kept(client, asked):
    response = client.post(page(asked, "mending"), mend_data(asked, description="Nytt.", phone="x"))
    assert response.status_code == 400
    assert "Nytt." in response.content.decode()
    asked.refresh_from_db()
    assert asked.state == "complement_requested"


def test_a_complement_with_a_rejected_picture_asks_for_another(client, asked):
    reject_picture(asked.logo)
    response = client.post(page(asked, "mending"), mend_data(asked))
    assert (response.status_code, set(response.context["form"].errors)) == (400, {"logo"})


def test_what_comes_too_late_is_refused_but_stays_on_the_screen(client, under_review):
    response = client.post(page(under_review, "mending"), mend_data(under_review, description="För sent."))
    assert (response.status_code, "För sent." in response.content.decode()) == (409, True)


def test_a_form_opened_before_we_asked_is_shown_again_with_what_we_ask(client, submitted, coordinator):
    url = page(submitted, "mending")
    opened = mend_data(submitted, description="Skrivet innan.")
    submitted.take_up(by=coordinator)
    submitted.request_complement(by=coordinator, messages={"phone": "Numret svarar inte."})
    response = client.post(url, opened)
    text = response.content.decode()
    assert (response.status_code, "Skrivet innan." in text, "Numret svarar inte." in text) == (409, True, True)
    assert "Vi har bett om mer under tiden." in text
    submitted.refresh_from_db()
    assert (submitted.state, submitted.description) == ("complement_requested", "Vi lyser upp gårdar.")
    shown = re.search(r'name="answers" value="(\d+)"', text)
    assert shown
    assert client.post(url, {**opened, "answers": shown[1]}).status_code == 302
    submitted.refresh_from_db()
    assert (submitted.state, submitted.description) == ("submitted", "Skrivet innan.")


def test_a_complement_sent_twice_is_sent_in(client, asked):
    url, data = page(asked, "mending"), mend_data(asked, description="För hyresgäster.")
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("nonsense", ["x", "9" * 5000, "\x00"])
def test_an_answer_to_nonsense_is_refused(client, asked, nonsense):
    response = client.post(page(asked, "mending"), mend_data(asked, answers=nonsense))
    assert response.status_code == 400
    assert f'value="{nonsense}"' not in response.content.decode()


@pytest.mark.parametrize("name", ["mending", "withdrawal"])
def test_what_is_decided_cannot_be_changed(client, coordinator, name):
    application = make_application("rejected", by=coordinator)
    assert client.get(page(application, name)).status_code == 409
    assert client.post(page(application, name), mend_data(application)).status_code == 409


def test_withdrawing_asks_first(client, submitted):
    assert client.get(page(submitted, "withdrawal")).status_code == 200
    submitted.refresh_from_db()
    assert submitted.state == "submitted"
    assert client.post(page(submitted, "withdrawal")).status_code == 302
    submitted.refresh_from_db()
    assert submitted.state == "withdrawn"


def test_a_rejected_picture_alone_is_replaced(client, under_review):
    reject_picture(under_review.picture)
    url = page(under_review, "picture", "picture")
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 400
    assert client.post(url, {"picture": upload(png_bytes(200, 100))}).status_code == 400
    assert client.post(url, {"picture": upload(png_bytes(600, 400), "ny.png")}).status_code == 302
    under_review.refresh_from_db()
    assert (under_review.picture.name, under_review.state) == ("ny.png", "under_review")


def test_a_picture_that_is_fine_is_not_replaced_alone(client, under_review):
    assert client.get(page(under_review, "picture", "picture")).status_code == 409


def test_there_are_only_three_pictures(client, submitted):
    assert client.get(page(submitted, "picture", "passport")).status_code == 404
