"""The checks of bin/ci that are our own: each finds what it is there to find."""

import subprocess

import polib
import pytest

from development import package_addresses, translations


def catalogue(path, **strings):
    path.parent.mkdir(parents=True, exist_ok=True)
    file = polib.POFile()
    for msgid, msgstr in strings.items():
        file.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    file.save(str(path))


@pytest.fixture
def trees(tmp_path, monkeypatch):
    """The project and its copy, each with room for a catalogue."""
    monkeypatch.setattr(translations, "ROOT", tmp_path / "project")
    return tmp_path / "project/locale/sv/LC_MESSAGES/django.po", tmp_path / "copy/locale/sv/LC_MESSAGES/django.po"


def test_a_new_a_forgotten_and_an_unused_string_are_found(trees, tmp_path):
    kept, collected = trees
    catalogue(kept, Save="Spara", Empty="", Old="Gammal")
    catalogue(collected, Save="Spara", Empty="", New="")
    found = list(translations._compare(tmp_path / "copy", "django"))
    assert [line.split(": ", 1)[1].split(" (")[0] for line in found] == [
        "not translated: 'Empty'",
        "not translated: 'New'",
        "no longer used: 'Old'",
    ]


def test_a_complete_catalogue_is_fine(trees, tmp_path):
    for path in trees:
        catalogue(path, Save="Spara")
    assert list(translations._compare(tmp_path / "copy", "django")) == []


def test_a_name_that_collecting_does_not_know_is_found(tmp_path):
    (tmp_path / "fine.py").write_text(
        "from django.utils.translation import gettext\nfrom django.utils.translation import gettext_lazy as _\n"
    )
    (tmp_path / "hidden.py").write_text("from django.utils.translation import gettext as _t\n")
    assert list(translations._other_names(tmp_path)) == [
        "hidden.py: write _ or the function's own name: 'gettext as _t'"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url https://packages.example.org",
        "https://packages.example.org/simp" + "le/",
        "https://packages.example.org/packages/" + "0a/b1/django.whl",
        "https://packages.example.org/htmx/-" + "/htmx-2.0.0.tgz",
    ],
)
def test_an_address_of_a_package_registry_in_a_tracked_file_is_found(tmp_path, monkeypatch, capsys, line):
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    (tmp_path / "requirements.txt").write_text(f"{line}\nDjango==5.2\n")
    subprocess.run(["git", "add", "."], check=True)
    assert package_addresses.main() == 1
    assert capsys.readouterr().out.startswith("requirements.txt:1: ")


def test_no_tracked_file_of_ours_has_one():
    assert package_addresses.main() == 0
