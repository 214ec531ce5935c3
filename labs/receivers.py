from typing import Any

from django.dispatch import receiver

from accounts.models import Invitation, User
from accounts.signals import invitation_accepted
from labs.models import Membership


@receiver(invitation_accepted)
def give_the_place(sender: Any, invitation: Invitation, user: User, **kwargs: Any) -> None:
    """Whoever accepts an invitation to a lab works in it; as lead it promotes a member, none demotes a lead."""
    if invitation.lab is None:
        return
    membership, created = Membership.objects.get_or_create(
        lab=invitation.lab, user=user, defaults={"role": invitation.role}
    )
    if not created and invitation.role == Membership.Role.LEAD:
        membership.role = Membership.Role.LEAD
        membership.save(update_fields=["role"])
