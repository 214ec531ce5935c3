import pytest


@pytest.fixture(autouse=True)
def own_disk(disk_of_its_own):
    """Every test here stores files."""
