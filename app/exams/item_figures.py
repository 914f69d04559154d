"""试题统计: how often a question was answered rightly, and whether better papers did so more often."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from app.exams.assembly import Drawn
from app.exams.grading import letters


@dataclass(slots=True)
class Tally:
    """Sums over the papers that a question stood on; scores are of a hundred, in tenths.

    ``chosen`` counts letters of the bank, one of X 型题 several each; "" is left open.
    """

    used: int = 0
    right: int = 0
    score_sum: int = 0
    score_squares: int = 0
    right_score_sum: int = 0
    chosen: Counter[str] = field(default_factory=Counter)

    def add(self, *, is_right: bool, score: int, given: str) -> None:
        """Count one paper."""
        self.used += 1
        self.right += is_right
        self.score_sum += score
        self.score_squares += score * score
        self.right_score_sum += score * is_right
        self.chosen.update(given or [""])

    def merge(self, other: "Tally") -> None:
        """Count the papers of another tally of the same question as well."""
        for name in ("used", "right", "score_sum", "score_squares", "right_score_sum"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.chosen.update(other.chosen)

    @property
    def rate(self) -> float | None:
        """The share of right answers: 难度系数, 1 is the easiest; None: never used."""
        return self.right / self.used if self.used else None

    @property
    def discrimination(self) -> float | None:
        """区分度, the correlation of a right answer with the paper's score (point-biserial).

        None where all were right, all were wrong, or all scores are the same.
        """
        n = self.used
        spread = n * self.score_squares - self.score_sum**2
        answers = n * self.right - self.right**2
        if spread <= 0 or answers <= 0:
            return None
        return (n * self.right_score_sum - self.right * self.score_sum) / sqrt(spread * answers)


def tally(
    papers: Iterable[tuple[list[Drawn], Mapping[int, str], int]], keys: Mapping[int, str]
) -> dict[int, Tally]:
    """Count papers: their places, answers in letters of the bank, and score in tenths."""
    found: dict[int, Tally] = {}
    for places, answers, score in papers:
        for place in places:
            given = letters(answers.get(place.question_id, ""))
            is_right = given == letters(keys.get(place.question_id, "")) and bool(given)
            one = found.setdefault(place.question_id, Tally())
            one.add(is_right=is_right, score=score, given=given)
    return found
