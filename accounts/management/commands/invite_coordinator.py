from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import IntegrityError

from accounts.models import Invitation


class Command(BaseCommand):
    help = "Invites a coordinator by e-mail: the way in for the first one, who then invites everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--language", choices=["sv", "en"], default="sv")

    def handle(self, *args: Any, email: str, language: str, **options: Any) -> None:
        try:
            validate_email(email)
            Invitation.objects.invite(email, by=None, role=Invitation.Role.COORDINATOR, language=language)
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address.") from None
        except IntegrityError:
            raise CommandError(f"{email} has an open invitation already.") from None
        self.stdout.write(f"An invitation is on its way to {email}.")
