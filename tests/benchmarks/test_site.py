"""Where benchmarks work, and how they end."""

import json
import signal
from collections.abc import Iterator

import pytest

from benchmarks._site import answer, workplace


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What a run does on being told to stop is not what the tests do."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGALRM)}
    yield
    signal.alarm(0)
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_run_that_breaks_off_leaves_no_folder_and_no_alarm():
    folders = []

    def break_off() -> None:
        with workplace(longest=60) as folder:
            folders.append(folder)
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        break_off()
    assert not folders[0].exists()
    assert signal.alarm(0) == 0


def test_a_run_that_takes_too_long_is_ended_and_says_so():
    with pytest.raises(SystemExit, match=r"^Not finished after 1 seconds\.$"), workplace(longest=1):
        signal.pause()


def test_what_does_not_hold_is_named_before_the_last_line(capsys):
    assert answer({"lost": 1}, {"no lost (1)": False, "no doubled (0)": True}) == 1
    said, last = capsys.readouterr().out.splitlines()
    assert said == "  does not hold: no lost (1)"
    assert json.loads(last) == {"lost": 1, "holds": False}


def test_a_run_in_which_everything_holds_ends_well(capsys):
    assert answer({"lost": 0}, {"no lost (0)": True}) == 0
    assert json.loads(capsys.readouterr().out) == {"lost": 0, "holds": True}
