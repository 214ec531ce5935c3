import datetime
import uuid

import pytest
from django.utils import timezone

from accounts.models import User
from labs.models import Lab
from newsletter.models import Issue
from procurement_portal.models import Tip
from tests.labs.factories import make_goal, make_measurement
from tests.methods.factories import make_published, make_submitted
from tests.newsletter.factories import make_entry, make_stopped, make_uncertain
from tests.procurement_portal.factories import make_application, make_supplier, propose


class Desk:
    """Puts one thing of every kind on the coordinators' desk."""

    def __init__(self, lab: Lab, staff: User, coordinator: User) -> None:
        self.lab, self.staff, self.coordinator = lab, staff, coordinator
        self.round = 0

    def fill(self) -> None:
        self.round += 1
        number = self.round
        goal = make_goal(self.lab, title=f"Fler i arbete {number}")
        goal.report(
            by=self.staff,
            period_start=datetime.date(2018, 1, 1),
            period_end=datetime.date(2018, 6, 30),
            numerator=9,
            denominator=22,
        )
        make_goal(
            self.lab,
            title=f"Utan utgångsläge {number}",
            baseline=None,
            baseline_on=None,
            baseline_unknown_because="Ingen mätte.",
            state="active",
        )
        make_submitted(self.lab, self.staff, f"Metod att granska {number}")
        method = make_published(self.lab, self.staff, self.coordinator, f"Metod med rättat tal {number}")
        method.evidence.needs_new_look_since = timezone.now()
        method.evidence.save()
        make_application("submitted", company=f"Sökande {number} AB")
        propose(make_supplier(f"Leverantör {number} AB", by=self.coordinator))
        Tip.receive(form_key=uuid.uuid4(), kind="need", subject=f"Tips {number}", message="", email="")
        end = timezone.now() - datetime.timedelta(weeks=number)
        Issue.objects.create(
            kind="weekly", subject=f"Utskick {number}", period_start=end - datetime.timedelta(weeks=1), period_end=end
        ).put_in(entries=[make_entry(f"Nyhet {number}")])
        Issue.objects.create(kind="special", subject=f"Uppskjutet {number}").record("held_back", because="Ingen kvar.")
        make_stopped(f"Stannat {number}")
        make_uncertain(f"Osäkert {number}")


@pytest.fixture
def desk(lab, lab_member, other_coordinator) -> Desk:
    return Desk(lab, lab_member, other_coordinator)


@pytest.fixture
def goal_of_other_lab(other_lab):
    goal = make_goal(other_lab, title="Tryggare kvällar")
    make_measurement(goal, 2018)
    return goal
