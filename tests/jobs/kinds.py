"""Kinds of jobs for the tests, known to the tests and to the worker processes they start."""

import os
import signal
import time
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.jobs import results
from app.jobs.kinds import JobRefused, Kind, Task, register
from app.models import Physician

LAST = "任务医师"


def total(_session: Session, task: Task) -> int:
    return int(task.arguments["total"])


def note_down(session: Session, task: Task, offset: int) -> int:
    """Leave a line in a file for each step, slowly: what the tests of one job look at."""
    with Path(task.arguments["file"]).open("a", encoding="utf-8") as notes:
        notes.write(f"{offset} {task.actor.name} {task.prepared}\n")
    time.sleep(task.arguments.get("pause", 0))
    return 1


def prepare(_session: Session, task: Task, offset: int) -> str:
    if task.arguments.get("refuse_at") == offset:
        raise JobRefused("不能准备")
    return f"prepared {offset}"


def finish(session: Session, task: Task) -> None:
    results.store_file(
        session,
        task.job_id,
        name="结果.csv",
        content_type="text/csv",
        content=[b"x" * 700_000] * 3,
    )


def cleared(_session: Session, task: Task) -> None:
    Path(task.arguments["file"]).with_suffix(".cleared").touch()


def touch_a_neighbour(session: Session, task: Task, _offset: int) -> int:
    """Try to rename every physician there is, and one by its id."""
    session.execute(update(Physician).values(name=LAST))
    if session.get(Physician, task.arguments["foreign"]) is not None:
        raise AssertionError("a foreign row exists for the job")
    return task.total


def die(_session: Session, _task: Task, _offset: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


def stumble(_session: Session, _task: Task, _offset: int) -> int:
    raise ZeroDivisionError("secret detail")


register(
    Kind(
        name="test_notes",
        label="记录",
        plan=total,
        step=note_down,
        prepare=prepare,
        finish=finish,
        cancel=cleared,
    )
)
register(Kind(name="test_neighbour", label="邻居", plan=total, step=touch_a_neighbour))
register(Kind(name="test_poison", label="毒", plan=total, step=die))
register(Kind(name="test_stumble", label="错", plan=total, step=stumble))
