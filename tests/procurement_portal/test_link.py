import time
from unittest import mock

import pytest

from procurement_portal.models import Application
from procurement_portal.models.link import LINK_LASTS, ExpiredLinkError, ForgedLinkError
from tests.procurement_portal.factories import make_application


def test_a_link_leads_to_its_application(draft):
    assert Application.objects.by_link(draft.link_token) == draft
    assert Application.objects.by_receipt(draft.receipt_token) == draft


def test_a_receipt_is_no_link_and_a_link_no_receipt(draft):
    with pytest.raises(ForgedLinkError):
        Application.objects.by_link(draft.receipt_token)
    with pytest.raises(ForgedLinkError):
        Application.objects.by_receipt(draft.link_token)


def test_a_link_cannot_be_moved_to_another_application(draft):
    other = make_application()
    signature = draft.link_token.partition(".")[2]
    with pytest.raises(ForgedLinkError):
        Application.objects.by_link(f"{other.reference}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "IP-2345-6789", "IP-2345-6789.1abcde." + "a" * 43, "\x00", "å" * 9000])
def test_nonsense_is_a_forged_link(db, token):
    with pytest.raises(ForgedLinkError):
        Application.objects.by_link(token)


def test_a_link_expires_after_ninety_days(draft):
    now = time.time()
    with mock.patch("django.core.signing.time.time", return_value=now):
        token = draft.link_token
    later = now + LINK_LASTS.total_seconds()
    with mock.patch("django.core.signing.time.time", return_value=later - 5):
        assert Application.objects.by_link(token) == draft
    with mock.patch("django.core.signing.time.time", return_value=later + 5), pytest.raises(ExpiredLinkError):
        Application.objects.by_link(token)


def test_a_link_does_not_care_about_the_case_of_the_address(draft):
    token = draft.link_token
    Application.objects.filter(pk=draft.pk).update(email=draft.email.upper())
    assert Application.objects.by_link(token) == draft
