"""Large pictures over bad lines: how far they have come is said, they go on where they broke, and none is doubled."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from pictures.models import Draft, Picture, Transfer
from tests.browser.line import Line
from tests.browser.steps import wait_for
from tests.pictures.factories import jpeg_bytes, png_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("disk_of_its_own")]

HOST = pytest.mark.urls("tests.pictures.host")
FORM = "/inkopsportalen/ansokan/"
LARGE = png_bytes(1_300, 1_000, compress_level=0)
"""3.7 MiB: a piece of a quarter, and the rest."""
LEFT = r"(några sekunder|ungefär \d+ (sekunder|minut|minuter)|mer än en timme) kvar"
FIGURES = re.compile(rf"^\d,\d av 3,7\sMB( · \d+,\d\sMB/s · {LEFT})?$")

READ_ALONG = """() => {
  window.read = [];
  const figures = () => [...document.querySelectorAll("[data-picture-figures]")];
  const note = () => window.read.push(...figures().map((each) => each.textContent));
  new MutationObserver(note).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""
"""Keeps every text that stands under a bar, however short."""


@pytest.fixture(autouse=True)
def no_broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures stay in state `checking`. The form of tests/pictures/host.py has its page at hand."""
    monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: None)
    host = Path(__file__).parent.parent / "pictures" / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], host]}]


@pytest.fixture
def line(site: str) -> Iterator[Line]:
    line = Line(site)
    yield line
    line.close()


@pytest.fixture
def far_page(new_page: Callable[..., Page], line: Line) -> Iterator[Page]:
    """A window whose way to the site is the line. What the network breaks is no fault of the page, an exception is."""
    page = new_page(watched=False)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


@pytest.fixture
def pieces(far_page: Page) -> list[tuple[str, int]]:
    """The transfer and the offset of every piece that the page sends."""
    found: list[tuple[str, int]] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            found.append((request.url, int(request.headers["upload-offset"])))

    far_page.on("request", note)
    return found


def slot(page: Page, name: str = "logo") -> Locator:
    return page.locator(".field", has=page.locator(f"#id_{name}"))


def choose(page: Page, name: str = "logo", file: str = "stor.png", content: bytes = LARGE) -> None:
    kind = "jpeg" if file.endswith("jpg") else "png"
    page.set_input_files(f"#id_{name}", {"name": file, "mimeType": f"image/{kind}", "buffer": content})  # type: ignore[arg-type]


def saved(page: Page, name: str = "logo") -> Locator:
    return slot(page, name).locator(".picture-input__saved")


def said(page: Page, name: str = "logo") -> Locator:
    return slot(page, name).locator("[data-picture-message]")


def figures(page: Page, name: str = "logo") -> Locator:
    return slot(page, name).locator("[data-picture-figures]")


def test_three_pictures_with_progress_and_one_broken_connection(
    far_page: Page, line: Line, pieces: list[tuple[str, int]], axe: Callable[[Page], None]
):
    page = far_page
    line.pause, line.breaks_after = 1, 900_000
    page.goto(line.url + FORM)
    page.evaluate(READ_ALONG)
    page.get_by_label("Företag", exact=True).fill("Ljusgården AB")
    for name in ("logo", "picture", "contact_picture"):
        choose(page, name)
        expect(slot(page, name).locator("[data-picture-going-preview] img")).to_be_visible()
        expect(slot(page, name).get_by_role("progressbar")).to_be_visible()
    line.pause = 0.1
    for name in ("logo", "picture", "contact_picture"):
        expect(saved(page, name)).to_contain_text("stor.png", timeout=60_000)
    expect(page.get_by_label("Företag", exact=True)).to_have_value("Ljusgården AB")
    read = page.evaluate("window.read")
    assert [text for text in read if FIGURES.match(text)]
    assert [text for text in read if re.match(r"^Försöker igen om \d s …$", text)]
    assert [text for text in read if text and not re.match(r"^Försöker", text) and not FIGURES.match(text)] == []
    assert (Picture.objects.count(), Draft.objects.count(), Transfer.objects.count()) == (3, 3, 3)
    for picture in Picture.objects.all():
        assert picture.original.read() == LARGE
    by_transfer: dict[str, list[int]] = {}
    for place, offset in pieces:
        by_transfer.setdefault(place, []).append(offset)
    (broken,) = [offsets for offsets in by_transfer.values() if len(offsets) == 3]
    assert len(by_transfer) == 3
    assert [offsets for offsets in by_transfer.values() if offsets is not broken] == [[0, 262_144]] * 2
    assert broken[:2] == [0, 262_144]
    assert broken[2] > 262_144
    axe(page)


@HOST
def test_it_says_that_the_line_broke_and_goes_on_as_soon_as_there_is_one(
    far_page: Page, line: Line, pieces: list[tuple[str, int]]
):
    page = far_page
    page.goto(f"{line.url}/host/")
    # So large that the buffers on the way are full long before it is through.
    content = png_bytes(2_400, 2_000, compress_level=0)
    line.pause = 0.1
    choose(page, content=content)
    expect(figures(page)).to_have_text(re.compile(r"^\d+,\d av 14\sMB · \d+,\d\sMB/s · .+ kvar$"))
    line.is_down = True
    line.cut()
    expect(said(page)).to_have_text("Anslutningen bröts. Allt som har kommit fram finns kvar.")
    expect(figures(page)).to_have_text(re.compile(r"^Försöker igen om [1248] s …$"))
    assert said(page).get_attribute("role") == "status"
    assert figures(page).get_attribute("aria-live") is None
    line.is_down, line.pause = False, 0
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(saved(page)).to_contain_text("stor.png")
    assert pieces[-1][1] > 0
    assert len({place for place, _ in pieces}) == 1
    assert Picture.objects.get().original.read() == content


@HOST
def test_after_some_tries_a_person_decides_when_and_it_still_goes_on(
    far_page: Page, line: Line, pieces: list[tuple[str, int]], axe: Callable[[Page], None]
):
    page = far_page
    page.clock.install()
    page.goto(f"{line.url}/host/")
    line.pause = 0.3
    choose(page)
    expect(slot(page).get_by_role("progressbar")).not_to_have_js_property("value", 0)
    line.is_down = True
    line.cut()
    again = slot(page).get_by_role("button", name="Försök igen – Logotyp")
    deadline = monotonic() + 30
    while not again.is_visible():
        assert monotonic() < deadline
        page.clock.run_for(31_000)
    expect(said(page)).to_have_text(
        "Anslutningen bröts innan hela bilden hade kommit fram. Inget är borta: tryck på Försök igen, så fortsätter "
        "det därifrån."
    )
    expect(page.locator("#id_logo")).to_have_attribute("aria-invalid", "true")
    axe(page)
    line.is_down = False
    again.press("Enter")
    expect(slot(page).get_by_role("button", name="Avbryt – Logotyp")).to_be_focused()
    line.pause = 0
    expect(saved(page)).to_contain_text("stor.png")
    assert pieces[-1][1] > 0
    assert Picture.objects.get().original.read() == LARGE


@HOST
def test_a_form_sent_meanwhile_waits_and_is_sent_once(far_page: Page, line: Line):
    page = far_page
    page.goto(f"{line.url}/host/")
    line.pause = 1
    page.get_by_label("Företag").fill("Bygg AB")
    choose(page)
    button = page.get_by_role("button", name="Skicka in")
    button.click()
    button.click()
    expect(page.locator("[data-picture-patience]")).to_have_text("Skickas så snart bilden är uppladdad.")
    line.pause = 0
    expect(page.get_by_text("tack ")).to_be_visible(timeout=30_000)
    picture = Picture.objects.get()
    assert (picture.claimed_for, Draft.objects.count()) == ("host 1: Logotyp", 0)


@HOST
def test_a_form_that_waits_for_a_refused_picture_is_not_sent(far_page: Page, line: Line):
    page = far_page
    page.goto(f"{line.url}/host/")
    line.pause = 4
    choose(page, content=png_bytes(180, 900, compress_level=0))
    page.get_by_role("button", name="Skicka in").click()
    expect(page.locator("[data-picture-patience]")).to_have_text("Skickas så snart bilden är uppladdad.")
    line.pause = 0
    expect(said(page)).to_have_text("Bilden är 180 pixlar bred; den behöver vara minst 200.")
    expect(page.locator("[data-picture-patience]")).to_have_text("Inget är skickat än: en bild saknas.")
    assert page.url.endswith("/host/")


@HOST
def test_leaving_is_asked_about_only_while_something_goes_up(far_page: Page, line: Line):
    page = far_page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{line.url}/host/")
    line.pause = 1
    choose(page)
    expect(slot(page).get_by_role("progressbar")).to_be_visible()
    page.close(run_before_unload=True)
    # It does not wait for the question.
    wait_for(page, ["beforeunload"], lambda: asked)
    expect(slot(page).get_by_role("progressbar")).to_be_visible()
    line.pause = 0
    expect(saved(page)).to_be_visible()
    page.goto(line.url + FORM)
    assert asked == ["beforeunload"]


@HOST
def test_a_large_file_that_its_beginning_gives_away_is_refused_within_a_second_of_its_first_bytes(
    far_page: Page, line: Line
):
    """190 MB were to come, over a line that takes a minute for them; only the first piece of them goes."""
    page = far_page
    page.goto(f"{line.url}/host/")
    line.pause = 0.02
    line.went_up = 0
    page.evaluate(
        """() => {
          const file = new File([new TextEncoder().encode("%PDF-1.7 "), new Uint8Array(190 * 1024 * 1024)], "cv.png");
          const all = new DataTransfer();
          all.items.add(file);
          const input = document.querySelector("#id_logo");
          input.files = all.files;
          const note = () => input.getAttribute("aria-invalid") && (window.refused = performance.now());
          new MutationObserver(note).observe(input, { attributes: true });
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )
    expect(said(page)).to_have_text("Filen är en PDF-fil. Bilden behöver vara JPEG, PNG eller WebP.")
    assert 256 * 1024 < line.went_up < 512 * 1024
    # The last that the page asked for was to take the first piece.
    assert page.evaluate("window.refused - performance.getEntriesByType('resource').at(-1).startTime") < 1_000
    assert not Transfer.objects.exists()


# --- Dropped ---------------------------------------------------------------------------------------------------------

DROP = """(target, { names, content }) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File([bytes], name, { type: "image/jpeg" }));
  const how = { dataTransfer: data, bubbles: true, cancelable: true };
  const fire = (kind) => target.dispatchEvent(new DragEvent(kind, how));
  window.drop = () => fire("drop");
  return fire("dragover");
}"""


def drag(target: Locator, *names: str) -> bool:
    """Drags files over the target; whether the browser would do with them what it does by itself."""
    from base64 import b64encode

    return bool(target.evaluate(DROP, {"names": names, "content": b64encode(jpeg_bytes()).decode()}))


@HOST
def test_a_picture_dropped_on_its_field_is_taken_and_the_place_is_shown(page: Page):
    page.goto("/host/")
    expect(slot(page).get_by_text("eller släpp en bild här")).to_be_visible()
    widget = slot(page).locator("[data-picture-input]")
    assert drag(slot(page).locator(".field__label"), "gård.jpg") is False
    expect(widget).to_have_class(re.compile("picture-input--over"))
    expect(page.locator("html")).to_have_class(re.compile("pictures-dragging"))
    page.evaluate("drop()")
    expect(saved(page)).to_contain_text("gård.jpg")
    expect(page.locator("html")).not_to_have_class(re.compile("pictures-dragging"))


@HOST
def test_of_several_one_is_taken_and_that_is_said(page: Page):
    page.goto("/host/")
    drag(slot(page), "ett.jpg", "två.jpg")
    page.evaluate(
        """() => {
          window.heard = [];
          const place = document.querySelector("[data-picture-message]");
          new MutationObserver(() => window.heard.push(place.textContent)).observe(place, { childList: true });
          drop();
        }"""
    )
    expect(saved(page)).to_contain_text("ett.jpg")
    assert "Här får en bild plats: ett.jpg laddas upp." in page.evaluate("window.heard")
    assert Picture.objects.count() == 1


@HOST
def test_one_dropped_beside_it_changes_nothing(page: Page):
    page.goto("/host/")
    page.get_by_label("Företag").fill("Bygg AB")
    assert drag(page.locator("h1"), "gård.jpg") is False
    assert page.evaluate("drop()") is False
    expect(page.get_by_label("Företag")).to_have_value("Bygg AB")
    assert not Transfer.objects.exists()
