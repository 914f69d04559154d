"""判分: all or nothing per question, exact at the pass mark, letters as they were seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.assembly import Drawn
from app.exams.grading import Score, grade, in_bank_order

PAPER = [Drawn(1, (0, 1, 2, 3), 1), Drawn(2, (3, 2, 1, 0), 2), Drawn(3, (0, 1, 2, 3, 4), 3)]
KEYS = {1: "A", 2: "C", 3: "BDE"}


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({}, Score(0, 6, 0, 0)),
        ({1: "A", 2: "C", 3: "BDE"}, Score(6, 6, 3, 3)),
        ({1: "a", 2: "B", 3: "EDB"}, Score(4, 6, 2, 3)),
        ({3: "BD"}, Score(0, 6, 0, 1)),  # part of several is none
        ({3: "BDEA"}, Score(0, 6, 0, 1)),
        ({1: "", 9: "A"}, Score(0, 6, 0, 0)),  # a question that is not on the paper
    ],
)
def test_marks(answers: dict[int, str], score: Score) -> None:
    assert grade(PAPER, KEYS, answers) == score


def test_a_withdrawn_question_gives_everybody_its_marks() -> None:
    assert grade(PAPER, {1: "A", 2: "C"}, {}) == Score(3, 6, 1, 0)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 100))
def test_the_pass_mark_is_exact_and_nothing_is_rounded_up(marks: int, full: int, line: int) -> None:
    score = Score(min(marks, full), full, 0, 0)
    assert score.reaches(line) is (score.marks * 100 >= line * full)
    shown = float(score.of_hundred)
    assert shown <= score.marks * 100 / full < shown + 0.1 + 1e-9
    if not score.reaches(line):
        assert shown < line


def test_letters_are_read_as_they_were_shown() -> None:
    assert in_bank_order("A", (3, 2, 1, 0)) == "D"
    assert in_bank_order("cab", (2, 0, 1)) == "ABC"
    for wrong in ("E", "1", "甲"):
        with pytest.raises(ValueError, match="no option"):
            in_bank_order(wrong, (3, 2, 1, 0))
