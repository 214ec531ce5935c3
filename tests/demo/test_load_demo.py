"""The demo content: complete, idempotent, and plainly demo."""

from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from labs.models import Lab, Measurement
from methods.models import Method
from newsletter.models import DiaryEntry, Subscriber
from procurement_portal.models import Application, Supplier


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo content, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def within(demo: None, db: None) -> None:
    """Each test in a savepoint of its own, over the demo content."""


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_loading_twice_doubles_nothing() -> None:
    before = rows()

    call_command("load_demo", verbosity=0)

    assert rows() == before


def test_it_holds_what_a_newcomer_needs_to_see_everything() -> None:
    assert Lab.objects.count() == 4
    assert Method.objects.count() == 9
    assert set(Method.objects.values_list("phase", flat=True)) == {"test", "develop", "evaluate", "spread", "stopped"}
    assert sorted(m.slug for m in Method.objects.all() if m.revisions.count() == 2) == [
        "mentorer-fran-arbetslivet",
        "moten-mellan-etablerade-och-nya",
    ]
    assert Method.objects.get(phase="stopped").learned.startswith("<p>En öppen dörr är inte en inbjudan.")
    assert DiaryEntry.objects.published().count() == 12
    assert Subscriber.objects.count() == 40
    assert Supplier.objects.count() == 6
    assert sorted(Application.objects.exclude(state="approved").values_list("state", flat=True)) == [
        "complement_requested",
        "rejected",
        "submitted",
    ]


@pytest.mark.parametrize(
    ("lab", "figure"),
    [("bis-boden", "9 av 10"), ("portalen", "15 av 22"), ("vart-rannebergen", "100"), ("lina-hage", "80 %")],
)
def test_each_labs_published_result_is_a_verified_measurement(lab: str, figure: str) -> None:
    latest = Measurement.objects.filter(goal__lab__slug=lab).verified().latest("period_end")

    assert str(latest.public_figure).replace("\xa0", " ").startswith(figure)


def test_nobody_in_it_could_be_taken_for_somebody() -> None:
    assert all(user.name.startswith("Demo ") and user.is_demo for user in User.objects.all())
    emails: Callable[..., list[str]] = lambda queryset: list(queryset.values_list("email", flat=True))  # noqa: E731
    everyone = emails(User.objects) + emails(Subscriber.objects) + emails(Application.objects)
    assert [email for email in everyone if not email.endswith("@example.org")] == []
