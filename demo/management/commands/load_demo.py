from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from demo import diary, labs, methods, people, subscribers, suppliers


class Command(BaseCommand):
    help = "Loads the demo content. What is already there is left alone, so it can be run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        labs.load_labs()
        people.load()
        labs.load_goals()
        methods.load()
        diary.load()
        subscribers.load()
        suppliers.load()
        self.stdout.write("The demo content is in place.")
