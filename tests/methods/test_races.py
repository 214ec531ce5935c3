"""Two people at the same moment: one of them wins, the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import User
from labs.models import Lab
from methods.exceptions import AlreadyBeingWritten, EditConflict, NotInThisState
from methods.models import Evidence, Method, Revision
from tests.methods.factories import make_draft, make_published, make_submitted

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run the deeds in threads that begin together; return what each gave back or raised."""
    results: list[object] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(number: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            results[number] = deed()
        except Exception as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_publications_at_once_publish_once(
    lab: Lab, lab_member: User, coordinator: User, other_coordinator: User
) -> None:
    revision = make_submitted(lab, lab_member)

    def publish(by: User) -> Callable[[], object]:
        return lambda: Revision.objects.get(pk=revision.pk).publish(by=by, level=1, rationale="Beskriven.")

    results = at_once(publish(coordinator), publish(other_coordinator))
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "NotInThisState"]
    assert Revision.objects.published().count() == 1
    assert Evidence.objects.count() == 1


def test_two_successors_at_once_begin_one(lab: Lab, lab_member: User, lab_lead: User, coordinator: User) -> None:
    method = make_published(lab, lab_member, coordinator)

    def begin(by: User) -> Callable[[], object]:
        return lambda: Method.objects.get(pk=method.pk).draft_successor(by=by)

    results = at_once(begin(lab_member), begin(lab_lead))
    assert sum(isinstance(each, AlreadyBeingWritten) for each in results) == 1
    assert Revision.objects.open().count() == 1


def test_two_saves_at_once_lose_no_text(lab: Lab, lab_member: User, lab_lead: User) -> None:
    draft = make_draft(lab, lab_member)

    def save(by: User, text: str) -> Callable[[], object]:
        return lambda: Revision.objects.get(pk=draft.pk).save_section("effect", {"effect": text}, version=0, by=by)

    results = at_once(save(lab_member, "<p>Ett.</p>"), save(lab_lead, "<p>Två.</p>"))
    (conflict,) = [each for each in results if isinstance(each, EditConflict)]
    draft.refresh_from_db()
    assert {draft.effect, conflict.yours["effect"]} == {"<p>Ett.</p>", "<p>Två.</p>"}
    assert conflict.theirs["effect"] == draft.effect


def test_a_save_and_a_submission_at_once_never_wait_for_each_other(lab: Lab, lab_member: User, lab_lead: User) -> None:
    draft = make_draft(lab, lab_member)
    results = at_once(
        lambda: Revision.objects.get(pk=draft.pk).submit(by=lab_member),
        lambda: Revision.objects.get(pk=draft.pk).save_section(
            "basics", {"title": "Nytt", "summary": "Ny."}, version=0, by=lab_lead
        ),
    )
    assert [each for each in results if isinstance(each, Exception) and not isinstance(each, NotInThisState)] == []
    assert Revision.objects.get(pk=draft.pk).state == "submitted"


def test_two_methods_of_one_name_begun_at_once_get_an_address_each(lab: Lab, lab_member: User, lab_lead: User) -> None:
    people = [lab_member, lab_lead]
    results = at_once(*(lambda by=by: Method.start(lab=lab, title="Språkkafé", by=by) for by in people))
    assert {getattr(each, "slug", each) for each in results} == {"sprakkafe", "sprakkafe-2"}


def test_a_method_begun_twice_by_one_person_is_begun_once(lab: Lab, lab_member: User) -> None:
    results = at_once(*[lambda: Method.start(lab=lab, title="Språkkafé", by=lab_member)] * 4)
    assert len(set(results)) == Method.objects.count() == Revision.objects.count() == 1
