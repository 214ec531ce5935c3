"""The inbox page shows what the catcher caught, and lets nothing in a message act on the page."""

import smtplib
from email.message import EmailMessage

import pytest
from django.urls import reverse

from development import inbox
from development.mail_catcher import MaildirKeeper
from development.smtp_server import SmtpServer


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def send(var_dir):
    """Sends a message over SMTP to a real catcher."""
    controller = SmtpServer(MaildirKeeper(var_dir / "mail"))
    controller.start()

    def send(subject: str, *recipients: str, html: str = "<p>Hej</p>") -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "labb@example.org", "dold@example.org", subject
        message.set_content("Hej i text")
        message.add_alternative(html, subtype="html")
        message.set_boundary("boundary")
        with smtplib.SMTP("127.0.0.1", controller.port) as smtp:
            smtp.send_message(message, from_addr="studs@example.org", to_addrs=recipients)
        return message

    yield send
    controller.stop()


def test_the_newest_message_comes_first(client, send, db):
    send("Första", "a@example.org")
    send("Andra", "b@example.org")
    page = client.get(reverse("development:inbox"))
    assert [message.subject for message in page.context["page_obj"]] == ["Andra", "Första"]


def test_the_search_looks_at_the_envelope_and_not_at_the_to(client, send, db):
    send("Till a", "a@example.org")
    send("Till b", "b@example.org")
    page = client.get(reverse("development:inbox"), {"till": "B@example"})
    assert [message.subject for message in page.context["page_obj"]] == ["Till b"]
    assert client.get(reverse("development:inbox"), {"till": "dold@"}).context["page_obj"].object_list == []


def test_an_empty_inbox_says_what_will_be_here(client, db):
    assert "Inga brev än" in client.get(reverse("development:inbox")).content.decode()


def test_a_message_shows_who_got_it_and_where_it_bounces(client, send, db):
    send("Hej", "a@example.org", "b@example.org")
    (message,) = inbox.messages()
    page = client.get(reverse("development:message", args=[message.key])).content.decode()
    assert "a@example.org, b@example.org" in page
    assert "studs@example.org" in page


def test_the_html_part_may_neither_run_scripts_nor_be_framed_elsewhere(client, send, db):
    send("Hej", "a@example.org", html="<html><head></head><script>alert(1)</script></html>")
    (message,) = inbox.messages()
    part = client.get(reverse("development:message_html", args=[message.key]))
    policy = part["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert part["X-Frame-Options"] == "SAMEORIGIN"


def test_the_text_tab_shows_the_text_part(client, send, db):
    send("Hej", "a@example.org")
    (message,) = inbox.messages()
    assert "Hej i text" in client.get(reverse("development:message_text", args=[message.key])).content.decode()


def test_the_source_tab_shows_the_message_as_it_came_in(client, send, db):
    sent = send("Hej", "a@example.org")
    (message,) = inbox.messages()
    assert inbox.message(message.key).source.strip() == sent.as_string().strip()
    page = client.get(reverse("development:message_source", args=[message.key]))
    assert page.status_code == 200


@pytest.mark.parametrize("key", ["nothing", "..", "..%2f..%2fetc%2fpasswd", "1.M2P3", "%00"])
def test_an_unknown_message_is_not_found(client, key, db):
    assert client.get(f"/brevlada/{key}/").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=%00", "till=%00", "till=" + "a" * 5000])
def test_a_nonsensical_query_does_no_harm(client, send, query, db):
    send("Hej", "a@example.org")
    assert client.get(f"{reverse('development:inbox')}?{query}").status_code == 200
