"""组卷: what is drawn meets the blueprint, evenly, and the same seed gives the same paper."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exams.assembly import BlueprintRow, BlueprintShort, Candidate, draw, shortage

KINDS, POINTS, LEVELS = ("A1", "A3", "X"), ("法律", "伦理"), ("EASY", "HARD")


def bank(size: int) -> list[Candidate]:
    """Give questions of every kind, point and difficulty; those of A3 in groups of three."""
    return [
        Candidate(
            id=n,
            kind=KINDS[n % 3],
            point=POINTS[n // 3 % 2],
            difficulty=LEVELS[n // 6 % 2],
            options=5,
            group=n // 3 // 6 if KINDS[n % 3] == "A3" else None,
            keeps_order=n % 7 == 0,
        )
        for n in range(1, size + 1)
    ]


def seated(rows: Sequence[BlueprintRow], questions: Sequence[Candidate]) -> int:
    """Count how many places of a blueprint the questions can fill: by trying, not by trusting."""
    places = [row for row in rows for _n in range(row.count)]
    taken: dict[int, int] = {}

    def seat(place: int, seen: set[int]) -> bool:
        for one in questions:
            if one.id in seen or not places[place].admits(one):
                continue
            seen.add(one.id)
            if one.id not in taken or seat(taken[one.id], seen):
                taken[one.id] = place
                return True
        return False

    return sum(seat(n, set()) for n in range(len(places)))


ROWS = st.lists(
    st.builds(
        BlueprintRow,
        kind=st.sampled_from(KINDS),
        count=st.integers(1, 6),
        point=st.sampled_from((*POINTS, None)),
        difficulty=st.sampled_from((*LEVELS, None)),
        marks=st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=10_000, deadline=None)
@given(size=st.integers(6, 90), rows=ROWS, seed=st.text(max_size=6))
def test_ten_thousand_draws_meet_their_blueprint(
    size: int, rows: list[BlueprintRow], seed: str
) -> None:
    known, places = bank(size), sum(row.count for row in rows)
    short = shortage(known, rows)
    if short is not None:
        assert seated(rows, known) < places
        with pytest.raises(BlueprintShort):
            draw(known, rows, seed=seed)
        return
    paper = draw(known, rows, seed=seed)
    ids = [one.question_id for one in paper]
    assert len(set(ids)) == len(ids)
    by_id = {one.id: one for one in known}
    assert len(ids) == places == seated(rows, [by_id[pk] for pk in ids])
    kinds = [by_id[pk].kind for pk in ids]
    assert kinds == sorted(kinds, key=list(dict.fromkeys(row.kind for row in rows)).index)
    groups = [by_id[pk].group for pk in ids if by_id[pk].group is not None]
    assert len(set(groups)) == sum(a != b for a, b in zip(groups, [None, *groups], strict=False))
    for one in paper:
        assert sorted(one.order) == list(range(by_id[one.question_id].options))
        if by_id[one.question_id].keeps_order:
            assert one.order == tuple(range(by_id[one.question_id].options))
    assert draw(known, rows, seed=seed) == paper
    assert draw(list(reversed(known)), rows, seed=seed) == paper


def test_rows_that_compete_are_filled_where_that_is_possible() -> None:
    known = [
        Candidate(1, "A1", "法律", "EASY", 4),
        Candidate(2, "A1", "法律", "HARD", 4),
        Candidate(3, "A1", "伦理", "HARD", 4),
    ]
    rows = [BlueprintRow("A1", 1, point="法律"), BlueprintRow("A1", 2, difficulty="HARD")]
    for seed in map(str, range(50)):
        assert {one.question_id for one in draw(known, rows, seed=seed)} == {1, 2, 3}


def test_what_is_missing_is_told() -> None:
    rows = [BlueprintRow("A1", 3), BlueprintRow("X", 40)]
    with pytest.raises(BlueprintShort) as refused:
        draw(bank(60), rows, seed="1")
    assert (refused.value.row, refused.value.missing) == (rows[1], 20)


def test_every_question_comes_as_often_as_any_other() -> None:
    known = bank(72)  # 24 of each kind
    rows = [BlueprintRow("A1", 6), BlueprintRow("A3", 6), BlueprintRow("X", 6)]
    draws = 4000
    seen = Counter(
        one.question_id for n in range(draws) for one in draw(known, rows, seed=f"seed {n}")
    )
    expected = draws * 6 / 24
    assert set(seen) == {one.id for one in known}
    # three standard deviations of a binomial number would be 8 %
    assert max(abs(number - expected) for number in seen.values()) < 0.15 * expected


def test_different_seeds_give_different_papers_and_options() -> None:
    papers = [draw(bank(60), [BlueprintRow("A1", 10)], seed=str(n)) for n in range(20)]
    assert len({tuple(one.question_id for one in paper) for paper in papers}) == 20
    assert len({one.order for paper in papers for one in paper}) > 50
