"""Which Chromium the browser tests use, and what is said when there is none."""

import stat

import pytest

from development import chromium


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A PATH with nothing but what the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)
    return tmp_path


def make_program(folder, name):
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_one_on_the_path_is_found(path, name):
    program = make_program(path, name)
    assert chromium.find() == program


def test_the_one_named_in_the_environment_comes_first(path, monkeypatch):
    make_program(path, "chromium")
    mine = make_program(path, "mine")
    monkeypatch.setenv("CHROMIUM", mine)
    assert chromium.find() == mine


def test_a_wrong_name_in_the_environment_is_said_and_not_passed_over(path, monkeypatch):
    make_program(path, "chromium")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoChromiumError, match="'/nowhere/chromium', which is not a program"):
        chromium.find()


def test_root_installs_one_with_apt(path, monkeypatch):
    make_program(path, "apt-get")
    ran = []
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        chromium,
        "_succeeds",
        lambda command, environment=None: ran.append(command) or bool(make_program(path, "chromium")),
    )
    assert chromium.find_or_install() == str(path / "chromium")
    assert [command[:2] for command in ran] == [["apt-get", "update"], ["apt-get", "install"]]


def test_others_install_one_with_playwright(path, monkeypatch):
    ran = []
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        chromium,
        "_succeeds",
        lambda command, environment=None: ran.append(command) or bool(make_program(path, "chromium")),
    )
    assert chromium.find_or_install() == str(path / "chromium")
    assert [command[1:] for command in ran] == [["-m", "playwright", "install", "chromium"]]


def test_without_any_one_sentence_says_what_to_install(path, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "_succeeds", lambda command, environment=None: False)
    assert chromium.main() == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "The browser tests need Chromium: install it (Debian: apt install chromium) or set CHROMIUM to its path."
    )
