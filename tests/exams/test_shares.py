"""Shares of small numbers: values of Wilson's interval worked out by hand."""

import pytest

from app.exams.shares import interval


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_it_gives_the_values_of_the_literature(
    part: int, whole: int, low: float, high: float
) -> None:
    assert interval(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_it_holds_the_share_and_narrows_as_the_number_grows() -> None:
    widths = []
    for whole in (10, 100, 1000):
        low, high = interval(whole // 2, whole) or (0.0, 0.0)
        assert low < 0.5 < high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


def test_nothing_has_no_share_and_no_part_is_larger_than_the_whole() -> None:
    assert interval(0, 0) is None
    for part, whole in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="no share"):
            interval(part, whole)
