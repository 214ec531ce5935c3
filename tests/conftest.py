"""The cast every test may call on, and the ground under each. For more, a test has the factories of its app."""

import datetime
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import translation

from accounts.access import note_second_factor
from accounts.models import User
from labs.models import FocusArea, Lab, Membership
from tests.newsletter.sink import Sink


@pytest.fixture(autouse=True)
def in_swedish():
    """Each test begins in Swedish: addresses and sentences follow the thread's language, which a request changes."""
    with translation.override(project.LANGUAGE_CODE):
        yield


@pytest.fixture
def disk_of_its_own(settings, tmp_path):
    """The test's files are stored in a folder of its own."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def sink(settings):
    """A real SMTP server; the site's mail goes there."""
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


@pytest.fixture
def coordinator(db) -> User:
    return User.objects.create_user("samordnare@example.org", "Demo Samordnare", is_coordinator=True)


@pytest.fixture
def other_coordinator(db) -> User:
    return User.objects.create_user("samordnare2@example.org", "Demo Samordnare Två", is_coordinator=True)


@pytest.fixture
def safety(db) -> FocusArea:
    return FocusArea.objects.get_or_create(
        slug="trygghet", defaults={"name_sv": "Trygghet", "name_en": "Safety", "position": 2}
    )[0]


@pytest.fixture
def employment(db) -> FocusArea:
    return FocusArea.objects.get_or_create(
        slug="sysselsattning",
        defaults={"name_sv": "Ökad sysselsättning", "name_en": "Increased employment", "position": 1},
    )[0]


@pytest.fixture
def lab(db, employment) -> Lab:
    lab = Lab.objects.create(
        name="Provlabbet",
        slug="provlabbet",
        municipality="Norrköping",
        challenge="Få har jobb.",
        description="Vi prövar.",
        starts_on=datetime.date(2018, 1, 1),
    )
    lab.focus_areas.add(employment)
    return lab


@pytest.fixture
def other_lab(db, safety) -> Lab:
    lab = Lab.objects.create(
        name="Grannlabbet",
        slug="grannlabbet",
        municipality="Boden",
        challenge="Otryggt.",
        description="Vi prövar annat.",
        starts_on=datetime.date(2018, 1, 1),
    )
    lab.focus_areas.add(safety)
    return lab


@pytest.fixture
def lab_lead(lab) -> User:
    user = User.objects.create_user("lead@example.org", "Demo Labbledare")
    Membership.objects.create(lab=lab, user=user, role=Membership.Role.LEAD)
    return user


@pytest.fixture
def lab_member(lab) -> User:
    user = User.objects.create_user("medlem@example.org", "Demo Labbmedlem")
    Membership.objects.create(lab=lab, user=user, role=Membership.Role.MEMBER)
    return user


@pytest.fixture
def other_member(other_lab) -> User:
    """A member of another lab: an insider without the right."""
    user = User.objects.create_user("granne@example.org", "Demo Granne")
    Membership.objects.create(lab=other_lab, user=user, role=Membership.Role.MEMBER)
    return user


def sign_in(client: Client, user: User) -> Client:
    """Sign the user in on `client`, second factor shown."""
    client.force_login(user)
    session = client.session
    note_second_factor(SimpleNamespace(session=session), user, kind="totp")
    session.save()
    return client


@pytest.fixture
def coordinator_client(coordinator) -> Client:
    return sign_in(Client(), coordinator)


@pytest.fixture
def lead_client(lab_lead) -> Client:
    return sign_in(Client(), lab_lead)


@pytest.fixture
def member_client(lab_member) -> Client:
    return sign_in(Client(), lab_member)


@pytest.fixture
def other_member_client(other_member) -> Client:
    return sign_in(Client(), other_member)
