"""The mailbox that bounces come to: a Maildir, or one on an IMAP server."""

import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from newsletter.inbound import Result, fetch, inbox
from newsletter.inbound.imap import ImapInbox
from newsletter.inbound.maildir import MaildirInbox
from newsletter.inbound.reading import MOST_BYTES
from newsletter.models import Bounce
from newsletter.tasks import fetch_mail
from tests.newsletter.inbound.imap_server import ImapServer

ALL = ["postfix-no-such-user", "vacation", "letter", "gmail-over-quota", "postfix-delayed"]
RESULTS = {Result.COUNTED: 2, Result.IGNORED: 2, Result.FOR_A_PERSON: 1}


@pytest.fixture
def maildir(tmp_path) -> Path:
    for name in ("tmp", "new", "cur"):
        (tmp_path / "studs" / name).mkdir(parents=True)
    return tmp_path / "studs"


@pytest.fixture
def deliver(maildir, mail):
    """A mail server's part: the mails of the corpus, whole, in `new`."""

    def deliver(*names: str) -> None:
        for number, name in enumerate(names):
            (maildir / "new" / f"17953{number:05}.M{number}P1.host").write_bytes(mail(name))

    return deliver


@pytest.fixture
def imap(mail):
    with ImapServer(*(mail(name) for name in ALL)) as server:
        yield server


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_maildir_is_read_and_only_what_takes_a_person_stays(maildir, deliver, reader):
    deliver(*ALL)
    assert fetch(f"maildir://{maildir}") == RESULTS
    assert (names(maildir / "new"), names(maildir / "cur")) == ([], ["1795300002.M2P1.host:2,"])
    assert sorted(reader.bounces.values_list("kind", flat=True)) == ["hard", "soft"]


def test_what_was_left_to_a_person_is_not_looked_at_again(maildir, deliver):
    deliver("letter")
    assert fetch(f"maildir://{maildir}") == {Result.FOR_A_PERSON: 1}
    assert fetch(f"maildir://{maildir}") == {}


def test_a_maildir_may_have_a_name_with_signs(tmp_path, maildir, deliver):
    deliver("vacation")
    maildir.rename(tmp_path / "studs å%")
    assert fetch(f"maildir://{tmp_path}/studs%20%C3%A5%25") == {Result.IGNORED: 1}


def test_a_batch_ends_and_the_next_goes_on(maildir, deliver, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_AT_ONCE", 2)
    deliver(*ALL)
    rounds = [sum(fetch(f"maildir://{maildir}").values()) for _ in range(4)]
    assert rounds == [2, 2, 1, 0]


def test_a_slow_batch_ends_in_time(maildir, deliver, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_SECONDS", -1)
    deliver(*ALL)
    assert sum(fetch(f"maildir://{maildir}").values()) == 1


def test_of_a_huge_mail_only_the_beginning_is_fetched(maildir, mail, reader):
    (maildir / "new" / "1").write_bytes(mail("postfix-no-such-user") + b"x" * 8_000_000)
    assert [len(raw) for _name, raw in MaildirInbox(maildir).mails(9)] == [MOST_BYTES + 1]
    assert fetch(f"maildir://{maildir}") == {Result.COUNTED: 1}


def test_a_mail_that_upsets_us_does_not_stop_those_behind_it(maildir, deliver, monkeypatch, reader):
    real = inbox.receive
    monkeypatch.setattr(inbox, "receive", lambda raw: 1 / 0 if b"Precedence" in raw else real(raw))
    deliver(*ALL)
    assert fetch(f"maildir://{maildir}") == {Result.COUNTED: 2, Result.IGNORED: 1, Result.FOR_A_PERSON: 2}
    assert names(maildir / "cur") == ["1795300001.M1P1.host:2,", "1795300002.M2P1.host:2,"]


def test_while_the_database_is_away_mails_wait(maildir, deliver, monkeypatch):
    def away(raw: bytes) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(inbox, "receive", away)
    deliver(*ALL)
    with pytest.raises(OperationalError):
        fetch(f"maildir://{maildir}")
    assert (len(names(maildir / "new")), names(maildir / "cur")) == (5, [])


def test_a_worker_that_dies_before_it_removes_a_mail_leaves_it_for_the_next(maildir, deliver, monkeypatch, reader):
    deliver("postfix-no-such-user")
    with monkeypatch.context() as dying:
        dying.setattr(MaildirInbox, "remove", lambda self, name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fetch(f"maildir://{maildir}")
    assert fetch(f"maildir://{maildir}") == {Result.KNOWN: 1}
    assert Bounce.objects.count() == 1


def test_an_imap_mailbox_is_read_and_what_takes_a_person_stays_unread_and_flagged(imap, reader):
    assert fetch(imap.url) == RESULTS
    assert (list(imap.mails), imap.flags) == ([103], {103: {"\\Flagged"}})
    assert sorted(reader.bounces.values_list("kind", flat=True)) == ["hard", "soft"]
    assert fetch(imap.url) == {}
    assert imap.commands[-1] == "LOGOUT"


def test_without_uidplus_what_others_have_deleted_is_left_alone(imap):
    imap.uidplus = False
    imap.flags[105] = {"\\Deleted"}
    fetch(imap.url)
    assert {uid for uid, flags in imap.flags.items() if "\\Deleted" in flags} == {101, 102, 104, 105}
    assert not [command for command in imap.commands if "EXPUNGE" in command]
    assert fetch(imap.url) == {}


def test_of_a_huge_mail_on_a_server_only_the_beginning_is_fetched(mail, reader):
    with ImapServer(mail("postfix-no-such-user") + b"x" * 3_000_000) as imap:
        assert fetch(imap.url) == {Result.COUNTED: 1}
    assert f"UID FETCH 101 (BODY.PEEK[]<0.{MOST_BYTES + 1}>)" in imap.commands


def test_a_mail_that_another_worker_has_removed_meanwhile_is_passed_over(imap, monkeypatch):
    real = ImapInbox.remove

    def remove(self: ImapInbox, name: str) -> None:
        real(self, name)
        imap.mails.pop(102, None)

    monkeypatch.setattr(ImapInbox, "remove", remove)
    assert sum(fetch(imap.url).values()) == 4


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        ("LOGIN", "NO [AUTHENTICATIONFAILED] Wrong password", "Wrong password"),
        ("SELECT", "NO no such folder", "no such folder"),
        ("UID SEARCH", "BAD not today", "not today"),
        ("UID FETCH", "drop", ""),
        ("LOGIN", "drop", ""),
    ],
)
def test_a_server_that_says_no_is_asked_again_in_a_minute(imap, settings, caplog, command, answer, words):
    settings.INBOX_URL = imap.url
    imap.on[command] = answer
    fetch_mail()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "The inbox of bounces cannot be read" in caplog.text
    assert words in caplog.text
    assert "hemligt" not in caplog.text
    assert len(imap.mails) == 5
    imap.on.clear()
    fetch_mail()
    assert len(imap.mails) == 1


def test_a_server_that_is_down_is_asked_again_in_a_minute(settings, caplog, db):
    settings.INBOX_URL = "imap://a:b@127.0.0.1:1/INBOX"
    fetch_mail()
    assert "cannot be read" in caplog.text


def test_a_folder_that_is_no_maildir_is_said_so(settings, caplog, tmp_path, db):
    settings.INBOX_URL = f"maildir://{tmp_path}"
    fetch_mail()
    assert "is no Maildir" in caplog.text


def test_without_a_mailbox_nothing_is_asked(settings, django_assert_num_queries, db):
    settings.INBOX_URL = ""
    with django_assert_num_queries(0):
        fetch_mail()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["maildir", "imap"])
def test_two_workers_at_once_do_no_harm(kind, maildir, deliver, imap, reader):
    deliver(*ALL)
    url = imap.url if kind == "imap" else f"maildir://{maildir}"
    results: list[Counter[Result]] = []

    def work() -> None:
        try:
            results.append(fetch(url))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 4
    assert sum(result[Result.COUNTED] for result in results) == 2
    assert sorted(reader.bounces.values_list("kind", flat=True)) == ["hard", "soft"]
    left = list(imap.mails) if kind == "imap" else names(maildir / "new") + names(maildir / "cur")
    assert len(left) == 1
