"""A real browser before the real site: a threaded server over the test database, an SMTP server and Celery workers.

Every page is watched: a script error, a missing resource, a request to a third party or a breach of the content
security policy fails the test at its end.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.access import note_second_factor
from accounts.models import User
from config.celery import app as celery_app
from development import chromium
from development.testing import accessibility
from development.testing.celery_worker import WorkerProcess
from development.testing.smtp import CollectingServer
from development.testing.watch import Watch
from tests.browser.steps import PATIENCE

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code calling the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

SCREENSHOTS = Path(project.VAR_DIR) / "screenshots"

expect.set_options(timeout=PATIENCE * 1_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keeps a picture of each page that was open when a test failed."""
    report = yield
    if call.when == "call" and call.excinfo:
        for number, page in enumerate(getattr(item, "open_pages", [])):
            picture = SCREENSHOTS / f"{item.name}-{number}.png"
            page.screenshot(path=picture, full_page=True)
            report.sections.append(("screenshot", f"{page.url} as {picture}"))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=list(chromium.FLAGS), timeout=60_000
        )
        yield browser
        browser.close()


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of the site, with the middlewares and the content security policy of production."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Opens a window of its own for another person: `new_page(width=390, scheme="dark", javascript=False)`."""
    watches: list[Watch] = []
    pages: list[Page] = []
    request.node.open_pages = pages

    def open_page(
        *,
        width: int = 1280,
        scheme: Any = "light",
        locale: str = "sv-SE",
        javascript: bool = True,
        watched: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=locale,
            timezone_id="Europe/Stockholm",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE * 1_000)
        if watched:
            watches.append(Watch(context, site))
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A wide, light, Swedish window."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A window as wide as a phone."""
    return new_page(width=390)


@pytest.fixture
def sign_in_as(site: str) -> Callable[[Page, User], None]:
    """Signs the person in on that page's window, second factor shown."""

    def sign_in(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.session
        note_second_factor(SimpleNamespace(session=session), user, kind="totp")
        session.save()
        page.context.add_cookies(
            [{"name": project.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": site, "httpOnly": True}]
        )

    return sign_in


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is taken for a machine: forms may come in as fast as a test types, and as often from this one place."""
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", -1)
    monkeypatch.setattr("newsletter.views.subscription.within", lambda *_args, **_options: True)
    monkeypatch.setattr("newsletter.views.confirmation.within", lambda *_args, **_options: True)
    monkeypatch.setattr("newsletter.views.address_change.within", lambda *_args, **_options: True)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that a page is accessible in light and dark, at 390 and 1280 px."""
    return accessibility.assert_accessible_everywhere


@pytest.fixture
def smtp(settings: Any) -> Iterator[CollectingServer]:
    """An SMTP server that collects; the site and its workers send through it."""
    server = CollectingServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def start_celery_worker(site: str, smtp: CollectingServer, tmp_path: Path) -> Iterator[Callable[[], WorkerProcess]]:
    """Starts one more Celery worker process over the test's database, queues and SMTP server; ends all afterwards."""
    workers: list[WorkerProcess] = []
    environment = {
        "DATABASE_URL": urlsplit(project.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": project.REDIS_URL,
        "EMAIL_URL": smtp.url,
        "SITE_URL": site,
    }

    def start() -> WorkerProcess:
        # A test may have lent itself a disk of its own: then the worker's is the same.
        media = {"MEDIA_ROOT": str(project.MEDIA_ROOT)}
        worker = WorkerProcess(environment | media, tmp_path / f"worker{len(workers) + 1}.log")
        workers.append(worker)
        worker.wait_until_ready()
        return worker

    celery_app.conf.task_always_eager = False
    yield start
    celery_app.conf.task_always_eager = True
    for worker in workers:
        worker.stop()


@pytest.fixture
def celery_worker_process(start_celery_worker: Callable[[], WorkerProcess]) -> WorkerProcess:
    """One Celery worker process; with it, nothing runs inside the test's own."""
    return start_celery_worker()
