"""The demo people: two coordinators, a lead in each lab and two members. None of them exists."""

from accounts.models import User
from labs.models import Lab, Membership

COORDINATORS = [
    ("samordnare@example.org", "Demo Samordnare"),
    ("samordnare.tva@example.org", "Demo Samordnare Två"),
]
STAFF = [
    ("ledare.boden@example.org", "Demo Ledare Boden", "bis-boden", "lead"),
    ("ledare.portalen@example.org", "Demo Ledare Portalen", "portalen", "lead"),
    ("ledare.rannebergen@example.org", "Demo Ledare Rannebergen", "vart-rannebergen", "lead"),
    ("ledare.linahage@example.org", "Demo Ledare Lina Hage", "lina-hage", "lead"),
    ("medarbetare.portalen@example.org", "Demo Medarbetare Portalen", "portalen", "member"),
    ("medarbetare.rannebergen@example.org", "Demo Medarbetare Rannebergen", "vart-rannebergen", "member"),
]


def load() -> None:
    """Create the people and their places in the labs; the labs must be there."""
    for email, name in COORDINATORS:
        person(email, name, is_coordinator=True)
    for email, name, lab, role in STAFF:
        Membership.objects.get_or_create(
            lab=Lab.objects.get(slug=lab), user=person(email, name), defaults={"role": role}
        )


def person(email: str, name: str, *, is_coordinator: bool = False) -> User:
    """The demo user with that address, created on first call."""
    user = User.objects.filter(email=email).first()
    return user or User.objects.create_user(email, name, is_coordinator=is_coordinator, is_demo=True)


def lead_of(lab: Lab) -> User:
    return User.objects.get(memberships__lab=lab, memberships__role=Membership.Role.LEAD)


def coordinator() -> User:
    return User.objects.get(email=COORDINATORS[0][0])


def second_coordinator() -> User:
    return User.objects.get(email=COORDINATORS[1][0])
