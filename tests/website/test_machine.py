"""What search engines read."""

import re

import pytest

pytestmark = pytest.mark.django_db


def addresses(client) -> set[str]:
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    return set(re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", response.content.decode()))


def test_the_sitemap_holds_what_is_public_in_both_languages(client, lab, make_method, make_entry, make_supplier):
    make_method("Mentorer")
    make_method("Utkast", published=False)
    make_entry("Ett inlägg")
    make_entry("Ett utkast", state="draft")
    make_supplier("Ljus AB")
    found = addresses(client)
    assert {
        "/",
        "/en/",
        "/labb/provlabbet/",
        "/en/labs/provlabbet/",
        "/metoder/mentorer/",
        "/dagbok/ett-inlagg/",
    } <= found
    assert {"/inkopsportalen/leverantorer/ljus-ab/", "/om/", "/en/about/"} <= found
    assert not any("utkast" in address for address in found)


def test_the_sitemap_tells_counterparts_apart(client, lab):
    xml = client.get("/sitemap.xml").content.decode()
    assert 'hreflang="en" href="http://testserver/en/labs/provlabbet/"' in xml


def test_robots_are_shown_the_sitemap_and_kept_out_of_the_tools(client):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"
    assert {"Disallow: /sok/", "Disallow: /en/search/", "Disallow: /oversikt/"} <= set(lines)
