"""The stratified sample: shares, sizes and repeatability for any population."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.operations.sampling import allocate, draw

POPULATIONS = st.dictionaries(
    st.text("甲乙丙丁", min_size=1, max_size=3), st.integers(0, 400), max_size=8
)


@given(POPULATIONS, st.integers(1, 500))
def test_shares_add_up_and_lie_beside_proportion(population: dict[str, int], size: int) -> None:
    shares = allocate(population, size)
    held = {name: number for name, number in population.items() if number}
    total = sum(held.values())

    assert set(shares) == set(held)
    assert sum(shares.values()) == min(size, total)
    assert all(0 <= shares[name] <= held[name] for name in held)
    if size >= len(held):
        assert all(share >= 1 for share in shares.values())
    larger = sorted(held, key=lambda name: held[name])
    assert all(shares[one] <= shares[other] + 1 for one, other in pairwise(larger))


@given(
    st.dictionaries(
        st.text("甲乙丙", min_size=1, max_size=2),
        st.lists(st.integers(1, 10_000), unique=True, max_size=60),
        max_size=5,
    ),
    st.integers(1, 80),
    st.text(min_size=1, max_size=8),
)
def test_the_same_seed_gives_the_same_sample_whatever_the_order_of_rows(
    strata: dict[str, list[int]], size: int, seed: str
) -> None:
    first = draw(strata, size, seed=seed)
    again = draw({name: rows[::-1] for name, rows in reversed(strata.items())}, size, seed=seed)

    assert first == again
    assert len(set(first)) == len(first)
    assert all(member in strata[name] for name, member in first)


def test_another_seed_gives_another_sample() -> None:
    strata = {"甲": list(range(1000)), "乙": list(range(1000, 1500))}

    samples = {tuple(draw(strata, 60, seed=str(number))) for number in range(20)}

    assert len(samples) == 20


def test_every_member_is_as_likely_as_another() -> None:
    strata = {"甲": list(range(40)), "乙": list(range(40, 60))}
    hits = [0] * 60
    for number in range(3000):
        for _name, member in draw(strata, 30, seed=str(number)):
            hits[member] += 1

    assert all(1350 < hit < 1650 for hit in hits), hits  # half of 3000, five deviations either way
