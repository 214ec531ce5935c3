import pytest
from django.urls import reverse

from mailing.models import Letter
from procurement_portal.models import Application, Supplier
from tests.procurement_portal.factories import make_application, make_supplier


@pytest.fixture(autouse=True)
def own_disk(disk_of_its_own):
    """Every test here stores pictures."""


@pytest.fixture
def unhurried(monkeypatch):
    """Nobody is taken for a machine: forms may come in as fast as a test fills them in."""
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", -1)


@pytest.fixture
def draft(db) -> Application:
    """An application whose e-mail address nobody has confirmed."""
    return make_application()


@pytest.fixture
def submitted(db) -> Application:
    return make_application("submitted")


@pytest.fixture
def under_review(db, coordinator) -> Application:
    return make_application("under_review", by=coordinator)


@pytest.fixture
def asked(db, coordinator) -> Application:
    """An application whose applicant has been asked to say more in the description."""
    return make_application("complement_requested", by=coordinator)


@pytest.fixture
def supplier(db, coordinator) -> Supplier:
    """A listed supplier. The letters about its application are out of the way."""
    supplier = make_supplier(by=coordinator)
    Letter.objects.all().delete()
    return supplier


@pytest.fixture
def page(supplier) -> str:
    """The address of the company's own page."""
    return supplier.get_renewal_url()


@pytest.fixture
def tip_page() -> str:
    """Where one tips a colleague about the portal."""
    return reverse("procurement_portal:tip_colleague")
