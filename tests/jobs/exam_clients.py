"""Examinees that never stop answering, whatever becomes of the server; each knows what was promised."""

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any

_TIMEOUT = 10.0
_LETTERS = "ABCDE"


@dataclass
class Client:
    """One examinee's page: its session, its sitting, what waits and what was acknowledged."""

    port: int
    cookie: str
    sitting_id: int
    questions: tuple[tuple[int, int], ...]  # question, number of options
    seed: int
    waiting: list[list[Any]] = field(default_factory=list)
    promised: dict[int, tuple[int, str]] = field(default_factory=dict)
    is_closed: bool = False
    failures: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Answer at random until told to stop, or until the sitting has ended."""
        draw, number, generation = Random(self.seed), 0, 0
        while not stop.is_set() and not self.is_closed:
            if generation == 0 or draw.random() < 0.03:  # the page is opened anew
                told = self._post("open", {"device": f"device-{self.seed:04d}"})
                if told is None:
                    time.sleep(draw.uniform(0.05, 0.3))
                    continue
                generation, number = told["generation"], 0
                continue
            number += 1
            question, options = draw.choice(self.questions)
            letter = draw.choice(_LETTERS[:options])
            self.waiting.append([generation * 1_000_000 + number, question, letter, 0])
            again = [
                [seq, *answer, 0]
                for seq, answer in draw.sample(
                    sorted(self.promised.items()), min(1, len(self.promised))
                )
            ]  # an acknowledgement that was lost on its way
            self.flush(self.waiting + (again if draw.random() < 0.1 else []))
            time.sleep(draw.uniform(0.1, 0.6))

    def flush(self, entries: list[list[Any]]) -> bool:
        """Send what waits; what comes back as stored was promised."""
        told = self._post("sync", {"entries": entries})
        if told is None:
            return False
        sent = {entry[0]: (entry[1], entry[2]) for entry in entries}
        for seq in told["stored"]:
            self.promised.setdefault(seq, sent[seq])
        self.waiting = [one for one in self.waiting if one[0] not in set(told["stored"])]
        return True

    def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any] | None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT)
        headers = {"Content-Type": "application/json", "Cookie": f"dingkao={self.cookie}"}
        try:
            path = f"/sheets/{self.sitting_id}/{what}"
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self.failures += 1
            return None
        finally:
            connection.close()
        if answer.status != 200:
            if answer.status < 500:
                self.wrong.append(f"{answer.status} {content[:200]!r}")
            self.failures += 1
            return None
        told: dict[str, Any] = json.loads(content)
        if told.get("closed"):
            self.is_closed = True
            return None
        return told


def token() -> str:
    """Make a session's secret."""
    return secrets.token_urlsafe(32)
