import pytest
from django.db import DatabaseError, transaction

from history.models import Event
from newsletter.models import Issue
from procurement_portal.models import Application


def test_a_deed_is_written_with_its_actor_and_words(lab, coordinator):
    event = lab.record("changed", by=coordinator, note="Nytt namn")
    assert (event.actor, event.note) == (coordinator, "Nytt namn")
    assert list(lab.events.newest_first()) == [event]


def test_an_unknown_verb_is_refused(lab, coordinator):
    with pytest.raises(ValueError, match="has no verb 'painted'"):
        lab.record("painted", by=coordinator)


@pytest.mark.parametrize(
    "change",
    [
        lambda events: events.update(verb="created"),
        lambda events: events.update(particulars={"note": "annat"}),
        lambda events: events.update(subject_id=4711),
        lambda events: events.update(actor=None, verb="created"),
        lambda events: events.delete(),
    ],
)
def test_the_database_refuses_to_change_or_delete_what_has_happened(lab, coordinator, change):
    lab.record("changed", by=coordinator)
    with pytest.raises(DatabaseError, match="history is append-only"), transaction.atomic():
        change(Event.objects.all())
    assert Event.objects.values_list("verb", "actor").get() == ("changed", coordinator.pk)


def test_the_database_refuses_to_put_another_actor_in_place(lab, coordinator, lab_lead):
    lab.record("changed", by=coordinator)
    with pytest.raises(DatabaseError, match="history is append-only"), transaction.atomic():
        Event.objects.update(actor=lab_lead)


def test_an_event_outlives_its_actor_and_its_subject(lab, coordinator):
    event = lab.record("changed", by=coordinator)
    coordinator.delete()
    lab.delete()
    event.refresh_from_db()
    assert event.actor is None


def test_the_newest_event_comes_first_and_the_list_costs_one_query(lab, coordinator, django_assert_num_queries):
    first, second = lab.record("created", by=coordinator), lab.record("changed", by=coordinator)
    assert first.phrase
    with django_assert_num_queries(1):
        events = list(lab.events.newest_first())
        assert [event.actor.name for event in events] == [coordinator.name] * 2
        assert all(event.phrase for event in events)
    assert events == [second, first]


def test_who_did_it_is_told_also_when_nobody_was_signed_in(lab, coordinator):
    assert lab.record("changed", by=coordinator).doer == "Demo Samordnare"
    assert lab.record("changed").doer == "Någon utan konto"
    assert Issue(pk=1).record("frozen").doer == "Automatiskt:"
    assert Application(pk=1).record("withdrawn").doer == "Den sökande"
