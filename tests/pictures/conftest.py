import pytest


@pytest.fixture(autouse=True)
def disk_of_its_own(settings, tmp_path):
    """Each test stores its files in a folder of its own."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
