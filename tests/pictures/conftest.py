import pytest

from pictures.models import Picture
from tests.pictures.transfers import PNG, begun, patched


@pytest.fixture(autouse=True)
def own_disk(disk_of_its_own):
    """Every test here stores files."""


@pytest.fixture
def no_broker(monkeypatch):
    """Pictures stay in state `checking` until a test renders them."""
    monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: None)


@pytest.fixture
def place(client, no_broker) -> str:
    """Where the client has sent the first 100,000 of PNG's bytes."""
    place = begun(client, len(PNG), "hus.png")["Location"]
    assert patched(client, place, PNG[:100_000], 0).status_code == 204
    return place
