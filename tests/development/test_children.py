"""Processes that end with us, and what hangs on them."""

import subprocess
import sys
import threading

import psutil

from development import children

HAS_A_CHILD = """
import subprocess
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
print(child.pid, flush=True)
child.wait()
"""


def test_nothing_is_left_once_a_process_is_stopped_however_long_its_descendants_take_to_die(monkeypatch):
    kill = psutil.Process.kill
    monkeypatch.setattr(psutil.Process, "kill", lambda process: threading.Timer(0.5, kill, [process]).start())
    parent = children.start([sys.executable, "-c", HAS_A_CHILD], stdout=subprocess.PIPE)
    child = psutil.Process(int(parent.stdout.readline()))
    children.stop([parent], within=0)
    assert children.still_alive([child], within=0) == []
