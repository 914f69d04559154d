"""试题统计: sums in one pass give what the definitions give over all papers at once."""

from collections import Counter
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.assembly import Drawn
from app.exams.item_figures import Tally, tally

ANSWERS = st.tuples(st.booleans(), st.integers(0, 1000))


def counted(papers: list[tuple[bool, int]]) -> Tally:
    found = Tally()
    for is_right, score in papers:
        found.add(is_right=is_right, score=score, given="A" if is_right else "B")
    return found


@given(st.lists(ANSWERS, min_size=1, max_size=60))
def test_rate_and_discrimination_are_those_of_their_definitions(
    papers: list[tuple[bool, int]],
) -> None:
    found = counted(papers)
    rights, scores = [float(r) for r, _s in papers], [float(s) for _r, s in papers]
    assert found.rate == pytest.approx(fmean(rights))
    spread = pstdev(rights) * pstdev(scores)
    if spread < 1e-9:
        assert found.discrimination is None
    else:
        together = fmean(r * s for r, s in zip(rights, scores, strict=True))
        wanted = (together - fmean(rights) * fmean(scores)) / spread
        assert found.discrimination == pytest.approx(wanted, abs=1e-6)


@given(st.lists(ANSWERS, max_size=30), st.lists(ANSWERS, max_size=30))
def test_parts_merge_to_the_whole(
    first: list[tuple[bool, int]], second: list[tuple[bool, int]]
) -> None:
    merged = counted(first)
    merged.merge(counted(second))
    assert merged == counted([*first, *second])


def test_nothing_used_has_no_figures() -> None:
    assert (Tally().rate, Tally().discrimination) == (None, None)


def test_letters_are_counted_and_what_is_open_too() -> None:
    places = [Drawn(1, (0, 1, 2), 1), Drawn(2, (0, 1, 2), 1)]
    papers = [(places, {1: "A", 2: "AC"}, 1000), (places, {1: "B"}, 0)]
    found = tally(papers, {1: "A", 2: "AC"})
    assert found[1].chosen == Counter({"A": 1, "B": 1})
    assert found[2].chosen == Counter({"A": 1, "C": 1, "": 1})
    assert (found[1].right, found[2].right, found[2].used) == (1, 1, 2)
