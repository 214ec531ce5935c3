"""Collects what a page must never do: throw, breach the content security policy, ask for what is not there."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, WebError

# The kinds of requests that a person makes knowingly: a form refused with 400 is an answer, not a mistake of the page.
ANSWERS = {"document", "fetch", "xhr", "beacon"}
# What htmx writes when somebody types on and the next search takes the place of the one under way.
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")


@dataclass
class Watch:
    context: BrowserContext
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("weberror", self._script_error)
        self.context.on("console", self._console)
        self.context.on("response", self._response)
        self.context.on("request", lambda request: self._address(request.url))

    def _script_error(self, error: WebError) -> None:
        self.complaints.append(f"{_url(error.page)}: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        # Refused resources are counted as responses, below.
        if message.type == "error" and not message.text.startswith(("Failed to load resource", *REPLACED)):
            self.complaints.append(f"{_url(message.page)}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ANSWERS:
            self.complaints.append(f"{response.url} answered {response.status}")

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and not url.startswith(f"{self.site}/"):
            self.complaints.append(f"asked a third party: {url}")


def _url(page: Page | None) -> str:
    return page.url if page else "a closed page"
