import pytest
from django.core.management import CommandError, call_command

from accounts.models import Invitation
from mailing.models import Letter


def test_the_first_coordinator_is_invited_from_the_command_line(db, capsys):
    call_command("invite_coordinator", "Forst@example.org")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == ("forst@example.org", "coordinator", None)
    assert [letter.to for letter in Letter.objects.all()] == ["forst@example.org"]
    assert invitation.accept(name="Den Första").is_coordinator


@pytest.mark.parametrize("address", ["nobody", "a@", ""])
def test_what_is_no_address_is_refused(db, address):
    with pytest.raises(CommandError, match="is not an e-mail address"):
        call_command("invite_coordinator", address)


def test_a_second_open_invitation_is_refused(db):
    call_command("invite_coordinator", "forst@example.org")
    with pytest.raises(CommandError, match="has an open invitation already"):
        call_command("invite_coordinator", "forst@example.org")
