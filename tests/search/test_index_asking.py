"""What is refused before anything is looked for: shapes and flexible dates that cannot be."""

from datetime import date, timedelta

import pytest

from hospes.modules.search.contracts import Flexible
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.policies.asking import check_flexible
from hospes.modules.search.policies.polygons import MOST_POINTS, read_polygon

TODAY = date(2026, 6, 1)
FAR = TODAY + timedelta(days=400)


def test_a_polygon_is_read_point_by_point() -> None:
    assert read_polygon("1,2;3.5,-4;-5,120") == ((1.0, 2.0), (3.5, -4.0), (-5.0, 120.0))
    assert read_polygon("0,0;1,1;0,1;1,0") == ((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0))
    assert read_polygon(None) == read_polygon("") == ()
    assert len(read_polygon(";".join(f"{place / 10},{place % 7}" for place in range(MOST_POINTS)))) == MOST_POINTS


@pytest.mark.parametrize(
    "text",
    [
        "1,2;3,4",
        "1,2;3,4;5",
        "1,2;3,4;5,6,7",
        "1,2;3,4;nan,6",
        "1,2;3,4;inf,6",
        "1,2;3,4;x,6",
        "1,2;3,4;91,6",
        "1,2;3,4;5,181",
        "1,2;1,2;1,2",
        "80,0;80,120;80,-120",
        ";;;;",
        "🗺️",
        "1,2;" * (MOST_POINTS + 1),
        "9" * 10_000,
    ],
)
def test_what_is_no_polygon_is_refused_beside_its_field(text: str) -> None:
    with pytest.raises(SearchInvalid) as refused:
        read_polygon(text)
    assert set(refused.value.fields) == {"polygon"}


@pytest.mark.parametrize(
    ("flexible", "field"),
    [
        (Flexible((), TODAY, TODAY), "nights"),
        (Flexible((1, 2, 3, 4, 5), TODAY, TODAY), "nights"),
        (Flexible((0,), TODAY, TODAY), "nights"),
        (Flexible((366,), TODAY, TODAY), "nights"),
        (Flexible((2,), TODAY, TODAY - timedelta(days=1)), "last"),
        (Flexible((2,), date(2020, 1, 1), date(2020, 1, 2)), "last"),
        (Flexible((2,), TODAY, TODAY + timedelta(days=62)), "last"),
        (Flexible((2,), TODAY, TODAY, 0), "weekdays"),
        (Flexible((2,), TODAY, TODAY, 128), "weekdays"),
    ],
)
def test_flexible_dates_that_cannot_be_are_refused_beside_their_field(flexible: Flexible, field: str) -> None:
    with pytest.raises(SearchInvalid) as refused:
        check_flexible(flexible, today=TODAY)
    assert set(refused.value.fields) == {field}


def test_flexible_dates_that_can_be_are_let_pass() -> None:
    check_flexible(None, today=TODAY)
    check_flexible(Flexible((1, 2, 7, 365), TODAY, TODAY + timedelta(days=61), 1), today=TODAY)
    check_flexible(Flexible((2,), FAR, FAR), today=TODAY)
