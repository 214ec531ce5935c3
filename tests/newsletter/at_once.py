"""Several deeds at the same moment, each on a database connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def at_once(*deeds: Callable[[], Any]) -> list[Exception]:
    """Run the deeds in threads that begin together; returns what they raised."""
    start, raised = Barrier(len(deeds)), []

    def run(deed: Callable[[], Any]) -> None:
        start.wait()
        try:
            deed()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
