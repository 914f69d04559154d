"""A lane for logins: hashes take the processors, but never all the threads.

When everybody of a province signs in at once, whoever is signed in already goes on: of the threads
of a process at most half judge passwords, and the rest of the logins are asked to come again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import current_app

_KEY = "login_lane"


@contextmanager
def entered() -> Iterator[bool]:
    """Enter the lane for the block; False: it is full, and nobody waits."""
    lane = current_app.extensions.setdefault(_KEY, _made(current_app.config["WEB_THREADS"]))
    is_in = lane.acquire(blocking=False)
    try:
        yield is_in
    finally:
        if is_in:
            lane.release()


def _made(threads: int) -> BoundedSemaphore:
    return BoundedSemaphore(max(1, threads // 2))
