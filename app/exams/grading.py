"""判分: marks of a paper from its answers and keys; nothing here knows a clock or a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.exams.assembly import Drawn

FULL = 100
"""Pass marks are of a hundred, whatever the marks of a paper add up to."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was reached of what could be; ``right`` counts questions."""

    marks: int
    full: int
    right: int
    answered: int

    @property
    def of_hundred(self) -> str:
        """The score of a hundred with one decimal, rounded down: nobody is rounded up to a pass."""
        return f"{self.tenths // 10}.{self.tenths % 10}"

    @property
    def tenths(self) -> int:
        """The same in tenths."""
        return self.marks * FULL * 10 // self.full if self.full else 0

    def reaches(self, pass_mark: int) -> bool:
        """Say whether the exact score is at least the pass mark of a hundred."""
        return self.marks * FULL >= pass_mark * self.full and self.full > 0


def grade(paper: Sequence[Drawn], keys: Mapping[int, str], answers: Mapping[int, str]) -> Score:
    """Mark a paper. Keys and answers are letters in the bank's order of options, by question.

    Several letters are right only all together (X 型题). A question without a key, withdrawn after
    the exam, gives everybody its marks.
    """
    marks = right = answered = 0
    for place in paper:
        given = letters(answers.get(place.question_id, ""))
        answered += bool(given)
        key = keys.get(place.question_id)
        if key is None or given == letters(key):
            marks += place.marks
            right += 1
    return Score(marks, sum(place.marks for place in paper), right, answered)


def letters(text: str) -> str:
    """Give letters in order, each once: what an answer is compared by."""
    return "".join(sorted(set(text.upper())))


def in_bank_order(shown: str, order: Sequence[int]) -> str:
    """Turn letters as somebody saw them into letters of the bank.

    :raises ValueError: a letter that was not on offer.
    """
    found = []
    for letter in letters(shown):
        at = ord(letter) - ord("A")
        if not 0 <= at < len(order):
            raise ValueError(f"no option {letter}")
        found.append(chr(ord("A") + order[at]))
    return letters("".join(found))
