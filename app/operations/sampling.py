"""A stratified random sample that anybody can draw again from its seed."""

from collections.abc import Mapping, Sequence
from random import Random


def allocate(population: Mapping[str, int], size: int) -> dict[str, int]:
    """Share a sample among strata in proportion to their numbers, by largest remainder.

    No stratum gives more than it has; one that is not empty gives at least one where the sample
    is large enough for that. The sum is ``size``, or the whole population when that is smaller.
    """
    names = sorted(name for name, number in population.items() if number > 0)
    total = sum(population[name] for name in names)
    size = min(size, total)
    least = 1 if size >= len(names) else 0
    rest, free = size - least * len(names), total - least * len(names)
    exact = {n: rest * (population[n] - least) / free if free else 0.0 for n in names}
    shares = {name: least + int(exact[name]) for name in names}
    by_remainder = sorted(names, key=lambda n: (int(exact[n]) - exact[n], n))
    for name in by_remainder[: size - sum(shares.values())]:
        shares[name] += 1
    return shares


def draw(strata: Mapping[str, Sequence[int]], size: int, *, seed: str) -> list[tuple[str, int]]:
    """Draw ``(stratum, id)``: the same members and seed give the same sample, in the same order."""
    shares = allocate({name: len(members) for name, members in strata.items()}, size)
    chance = Random(seed)  # noqa: S311 - a recorded seed, no secret: the draw must be repeatable
    return [
        (name, member)
        for name in sorted(shares)
        for member in sorted(chance.sample(sorted(strata[name]), shares[name]))
    ]
