"""What relevance prefers, told by examples."""

from hospes.modules.search.policies.relevance import relevance


def score(rating: float = 0.0, count: int = 0, *, instant: bool = False, euros: int = 100) -> int:
    return relevance(rating, count, instant=instant, euro_cents=euros * 100)


def test_many_good_ratings_are_worth_more_than_a_single_perfect_one() -> None:
    assert score(4.8, 40) > score(5.0, 1)


def test_somebody_new_comes_after_the_well_rated_and_before_the_badly_rated() -> None:
    assert score(4.6, 10) > score() > score(3.5, 10)


def test_one_bad_rating_does_not_bury_anybody() -> None:
    assert score() - score(1.0, 1) < score(4.8, 40) - score(3.5, 40)


def test_of_equals_the_one_that_is_booked_at_once_and_then_the_cheaper_one_comes_first() -> None:
    assert score(4.5, 9, instant=True) > score(4.5, 9)
    assert score(4.5, 9, euros=80) > score(4.5, 9, euros=81)
    assert score(4.5, 9, euros=1) == score(4.5, 9, euros=0)
    assert score(4.9, 50, euros=200) > score(4.4, 50, euros=100)
