import pytest
from django.test import RequestFactory

from antispam.limits import network, within


def test_so_many_and_no_more():
    assert [within("test", "192.0.2.1", most=2) for _ in range(3)] == [True, True, False]


def test_places_and_deeds_are_counted_apart():
    within("test", "192.0.2.1", most=1)
    assert within("test", "192.0.2.2", most=1)
    assert within("other", "192.0.2.1", most=1)
    assert not within("test", "192.0.2.1", most=1)


def test_when_the_cache_is_down_the_deed_decides_what_uncounted_means(monkeypatch):
    def down(*_args, **_options):
        raise ConnectionError

    monkeypatch.setattr("antispam.limits.cache.add", down)
    assert within("test", "192.0.2.1", most=1) is True
    assert within("test", "192.0.2.1", most=1, uncounted=False) is False


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", ""),
    ],
)
def test_a_network_is_an_ipv4_address_or_64_bits_of_an_ipv6_one(address, found):
    assert network(RequestFactory().get("/", REMOTE_ADDR=address)) == found


def test_what_a_visitor_claims_about_itself_counts_only_behind_our_proxy(settings):
    claimed = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.7"}
    settings.SECURE_PROXY_SSL_HEADER = None
    assert network(RequestFactory().get("/", **claimed)) == "10.0.0.2"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert network(RequestFactory().get("/", **claimed)) == "192.0.2.7"
