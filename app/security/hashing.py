"""Where slow hashes are computed: two threads of a process, at the lowest priority.

One hash takes 100 ms of a processor and 32 MiB. When everybody signs in at once, logins queue here,
and whoever sits an examination does not wait behind them.
"""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

_AT_ONCE = 2
_LOWEST = 19


class _Lane:
    """The threads of this process, made when they are needed: a fork takes none along."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget the threads; the lock may have been held by one that is not here."""
        self._making = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def pool(self) -> ThreadPoolExecutor:
        """Give the threads."""
        with self._making:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE, "hash", initializer=_step_back)
            return self._pool


_lane = _Lane()
os.register_at_fork(after_in_child=_lane.begin_anew)


def scrypt(secret: bytes, *, salt: bytes, n: int, r: int, p: int) -> str:
    """Compute the hash and give it in hexadecimal digits."""
    return _lane.pool().submit(_compute, secret, salt, n, r, p).result()


def _compute(secret: bytes, salt: bytes, n: int, r: int, p: int) -> str:
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=132 * n * r * p).hex()


def _step_back() -> None:
    """Lower this thread's priority; where a system knows none, hashes are as urgent as the rest."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
