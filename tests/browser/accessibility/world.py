"""The demo content, and what it lacks for every page to be seen."""

import datetime
import mailbox
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Invitation, User
from labs.models import Goal, Lab, Measurement
from mailing.models import Letter
from methods.models import Method, Revision
from newsletter.models import DiaryEntry, Issue, Subscriber, SubscriberImport
from newsletter.models.period import SETTLING
from newsletter.sending import Drain
from procurement_portal.models import Application, ChangeRequest, Referral, StartedApplication, Supplier, Tip
from tests.newsletter.factories import make_checked_import, make_uncertain
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application, propose


class World:
    """Everything the walk visits. Made once per walk; what a page uses up is made anew when asked for."""

    def __init__(self, mail_directory: Path) -> None:
        call_command("load_demo", verbosity=0)
        self.lab = Lab.objects.get(slug="portalen")
        self.people = {
            "staff": User.objects.get(email="ledare.portalen@example.org"),
            "newcomer": User.objects.get(email="medarbetare.portalen@example.org"),
            "coordinator": User.objects.get(email="samordnare@example.org"),
        }
        TOTP.activate(self.people["staff"], generate_totp_secret())
        RecoveryCodes.activate(self.people["staff"])
        self.goal = Goal.objects.get(title="Kvinnor på väg mot egen försörjning")
        self.qualitative_goal = Goal.objects.get(title="Tro på framtiden")
        self.awaiting = Measurement.objects.awaiting_verification().get()
        self.method = Method.objects.get(slug="mentorer-fran-arbetslivet")
        self.draft = self._draft()
        self.submitted = Revision.objects.submitted().get()
        self.withdrawn_method = self._withdrawn()
        self.partner_article = DiaryEntry.objects.get(partner__isnull=False)
        self.draft_entry = DiaryEntry.objects.create(title="Ett utkast", body="<p>Mer kommer.</p>", lab=self.lab)
        self.sent_issue = self._sent_issue()
        self.draft_issue = self._draft_issue()
        self.pending = Subscriber.objects.filter(state="pending").order_by("pk")[0]
        self.pending.confirmation_token = "C" * 16
        self.pending.save()
        self.too_late = Subscriber.objects.filter(state="pending").order_by("pk")[1]
        self.too_late.confirmation_token = "D" * 16
        self.too_late.last_letter_at = timezone.now() - datetime.timedelta(days=30)
        self.too_late.save()
        self.reader, *leavers = Subscriber.objects.active().order_by("pk")
        self.leavers: Iterator[Subscriber] = iter(leavers)
        self.address_change = self.reader.ask_to_move("ny.adress@example.org")
        self.subscriber_import = self._checked_import()
        self.supplier = Supplier.objects.order_by("pk")[0]
        self.complemented = Application.objects.get(state="complement_requested")
        self.under_review = Application.objects.get(state="submitted")
        self.under_review.take_up(by=self.people["coordinator"])
        self.proposal = self._proposal()
        self.started = StartedApplication.objects.create(
            values={"company": ["Gårdsljus AB"]}, mailed_to="asa@example.org"
        )
        self.tip = Tip.objects.get()
        self.referral = Referral.objects.create(
            kind="method", slug=self.method.slug, sender="anna@example.org", recipient="kollega@example.org"
        )
        self.kept_message = self._keep_a_message(mail_directory)

    def next_leaver(self) -> Subscriber:
        """A subscriber that no page has used up yet."""
        return next(self.leavers)

    @cached_property
    def ending_supplier(self) -> Supplier:
        """A supplier whose time is up in a month."""
        supplier = Supplier.objects.order_by("pk")[1]
        supplier.listed_until = timezone.now() + datetime.timedelta(days=30)
        supplier.save()
        return supplier

    @property
    def listed(self) -> Application:
        """An application that a listing stands on."""
        return self.supplier.applications.get()

    def next_withdrawn(self) -> Application:
        """An application to erase; made anew for each language."""
        return make_application("withdrawn")

    @cached_property
    def unconfirmed(self) -> Application:
        application = Application.objects.get(state="rejected")
        Application.objects.filter(pk=application.pk).update(
            state="draft", confirmed_at=None, decided_at=None, decided_by=None, reason=""
        )
        application.refresh_from_db()
        return application

    @cached_property
    def uncertain_issue(self) -> Issue:
        """An issue of which nobody knows whether one recipient got it."""
        return make_uncertain()

    @cached_property
    def failed_issue(self) -> Issue:
        """A special issue whose mail to one reader was refused."""
        issue = make_uncertain("Avvisat")
        issue.deliveries.update(state="failed", smtp_reply="550 5.7.1 Blocked")
        return issue

    @cached_property
    def passkey(self) -> Authenticator:
        """The passkey that staff made at the stop that adds one."""
        return Authenticator.objects.get(user=self.people["staff"], type=Authenticator.Type.WEBAUTHN)

    @cached_property
    def invitation_token(self) -> str:
        return self._invite("inbjuden@example.org")[1]

    @cached_property
    def revoked_token(self) -> str:
        invitation, token = self._invite("aterkallad@example.org")
        invitation.revoke(by=self.people["coordinator"])
        return token

    def edit_at_once(self, page: Page) -> Any:
        """Two people save the same section: the one who comes last sees both texts."""
        page.goto(reverse("methods:section", args=[self.draft.pk, "basics"]))
        self.draft.refresh_from_db()
        values = self.draft.section_values("basics") | {"summary": f"Någon annans mening, {timezone.now():%f}."}
        self.draft.save_section("basics", values, self.draft.section_version("basics"), self.people["newcomer"])
        page.locator("[name=summary]").fill("Min mening.")
        with page.expect_navigation() as arrival:
            page.locator("form [type=submit], form button:not([type])").locator("visible=true").last.click()
        return arrival.value

    def reword_at_once(self, page: Page) -> Any:
        """Two coordinators write the same words around an issue: the one who comes last sees both texts."""
        page.goto(reverse("newsletter:desk", args=[self.draft_issue.pk]))
        self.draft_issue.refresh_from_db()
        words = self.draft_issue.words | {"subject": f"Någon annans ämnesrad, {timezone.now():%f}"}
        self.draft_issue.reword(words, seen=self.draft_issue.words_mark, by=self.people["newcomer"])
        page.locator("[name=subject]").fill("Min ämnesrad")
        with page.expect_navigation() as arrival:
            page.locator("section[aria-labelledby=words] form button[type=submit]").last.click()
        return arrival.value

    def mailed_code(self, who: str) -> str:
        """The sign-in code in the latest letter to that person."""
        letter = Letter.objects.filter(to=self.people[who].email).latest("pk")
        code = re.search(r"\b\d{4}-\d{4}\b", letter.text)
        assert code
        return code[0]

    def _invite(self, email: str) -> tuple[Invitation, str]:
        invitation = Invitation.objects.invite(
            email, by=self.people["coordinator"], role="member", lab=self.lab, language="sv"
        )
        letter = Letter.objects.filter(to=email).latest("pk")
        link = re.search(r"/inbjudan/([^/\s]+)/", letter.text)
        assert link
        return invitation, link[1]

    def _draft(self) -> Revision:
        method = Method.start(lab=self.lab, title="Ett utkast", by=self.people["staff"])
        assert method.draft
        return method.draft

    def _withdrawn(self) -> Method:
        method = Method.objects.get(slug="lasning-efter-traningen")
        assert method.published
        method.published.withdraw(by=self.people["coordinator"], because="Siffrorna höll inte.")
        return method

    def _sent_issue(self) -> Issue:
        issue = Issue.compose_weekly(until=timezone.now())
        assert issue
        issue.send(by=self.people["coordinator"])
        Drain(issue.pk).run()
        issue.refresh_from_db()
        assert issue.state == "sent"
        return issue

    def _draft_issue(self) -> Issue:
        entry = DiaryEntry.objects.create(title="Nytt sedan sist", body="<p>Det har hänt något.</p>", lab=self.lab)
        entry.publish(by=self.people["staff"])
        # Since a minute, so that a digest holds it.
        DiaryEntry.objects.filter(pk=entry.pk).update(published_at=timezone.now() - SETTLING)
        issue = Issue.compose_weekly(until=timezone.now())
        assert issue
        return issue

    def _checked_import(self) -> SubscriberImport:
        """A list with new addresses, and with lines that cannot be used."""
        upload = make_checked_import(
            ["en@example.org", "en till@example.org", "åsa@example.org", "tva@example.org"],
            by=self.people["coordinator"],
            name="Deltagarlista från mässan i Norrköping.csv",
        )
        assert upload.state == "ready"
        return upload

    def _proposal(self) -> ChangeRequest:
        """A proposed change of every kind of field, after one that was declined."""
        supplier = self.ending_supplier
        declined = propose(supplier, description="Vi är billigast.")
        declined.decline(by=self.people["coordinator"], because="Skriv utan reklam.")
        return propose(
            supplier,
            description="Vi gör gårdar ljusare och tryggare tillsammans med dem som bor där.",
            categories=["skolstod", "trygghet"],
            logo=ready_picture(claimed=False),
            email="ny.adress@example.org",
        )

    def _keep_a_message(self, directory: Path) -> str:
        return mailbox.Maildir(directory, create=True).add(MESSAGE)


MESSAGE = b"""From: fran@example.org
To: till@example.org
Subject: Hej
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hej!
"""
