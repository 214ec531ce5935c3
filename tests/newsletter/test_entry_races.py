"""Entries written at the same moment."""

import threading

import pytest
from django.db import connections
from django.test import Client

from newsletter.models import DiaryEntry

pytestmark = pytest.mark.django_db(transaction=True)


def press_save_at_once(users, lab) -> list[int]:
    """Each of the users sends the same new entry; the statuses they get."""
    statuses = [0] * len(users)
    start = threading.Barrier(len(users))

    def press(number, client):
        start.wait()
        entry = {"title": "Invigning", "lab": lab.pk, "language": "sv", "body": "<p>Hej.</p>"}
        try:
            statuses[number] = client.post("/dagbok/nytt/", entry).status_code
        finally:
            connections.close_all()

    clients = []
    for user in users:
        clients.append(Client(raise_request_exception=False))
        clients[-1].force_login(user)
    threads = [threading.Thread(target=press, args=each) for each in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_two_people_with_one_title_get_an_address_each(lab, lab_member, lab_lead):
    assert press_save_at_once([lab_member, lab_lead], lab) == [302, 302]
    assert len(set(DiaryEntry.objects.values_list("slug", flat=True))) == 2


def test_saving_twice_makes_one_entry(lab, lab_member):
    assert press_save_at_once([lab_member] * 4, lab) == [302] * 4
    assert DiaryEntry.objects.count() == 1
