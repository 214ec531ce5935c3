"""A fresh link to the company’s own page, asked for by whoever reads its mail."""

import re

from mailing.models import Letter


def test_the_public_page_leads_to_a_link_by_mail(client, supplier):
    assert "/inkopsportalen/ny-lank/" in client.get(supplier.get_absolute_url()).content.decode()


def test_a_new_link_is_mailed_to_the_address_of_the_page_and_not_twice_at_once(client, supplier):
    for _ in range(2):
        response = client.post("/inkopsportalen/ny-lank/", {"email": supplier.email.upper()})
        assert response.status_code == 302
    (letter,) = Letter.objects.filter(subject="Sidan för Provföretaget AB i Inköpsportalen")
    link = re.search(r"https?://[^/]+(/inkopsportalen/min-sida/\S+)", letter.text)
    assert link
    assert (letter.to, client.get(link[1]).status_code) == (supplier.email, 200)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, supplier):
    known = client.post("/inkopsportalen/ny-lank/", {"email": supplier.email})
    unknown = client.post("/inkopsportalen/ny-lank/", {"email": "okand@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert Letter.objects.filter(to="okand@example.org").count() == 0
