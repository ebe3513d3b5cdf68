"""Property tests of what coupons and credit make of a price."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.booking.contracts import Price, PriceLine
from hospes.modules.booking.policies.discounting import bill_of, credit_in, discounted, plain, taken_off, with_credit
from hospes.modules.promotions.contracts import Bearer, Bill, CouponKind, Discount, Fee
from hospes.modules.promotions.policies.stacking import credit_used, reductions

AMOUNTS = st.integers(0, 10**9)
BILLS = st.builds(
    lambda stay, service, cleaning, tax: Bill("EUR", stay, service, cleaning, stay + service + cleaning + tax, 3),
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
)


@st.composite
def some_discounts(draw: st.DrawFn) -> list[Discount]:
    made = []
    for at in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(list(CouponKind)))
        percent = kind is not CouponKind.AMOUNT
        made.append(
            Discount(
                coupon_id=UUID(int=at),
                code=f"CODE{at}",
                kind=kind,
                borne_by=draw(st.sampled_from(list(Bearer))),
                percent_bp=draw(st.integers(1, 10_000)) if percent else None,
                amount=None if percent else draw(st.integers(1, 10**9)),
                cap=draw(st.none() | st.integers(1, 10**6)) if kind is CouponKind.PERCENT else None,
                fee=draw(st.sampled_from(list(Fee))) if kind is CouponKind.FEE else None,
            )
        )
    return made


@given(BILLS, some_discounts(), st.randoms())
def test_the_order_in_which_codes_are_typed_does_not_matter(
    bill: Bill, discounts: list[Discount], draw: object
) -> None:
    shuffled = list(discounts)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reductions(bill, shuffled) == reductions(bill, discounts)


@given(BILLS, some_discounts())
def test_nothing_goes_below_zero_and_no_cap_is_passed(bill: Bill, discounts: list[Discount]) -> None:
    made = reductions(bill, discounts)
    for target, most in (("stay", bill.stay), ("service", bill.service), ("cleaning", bill.cleaning)):
        assert sum(each.amount for each in made if each.target == target) <= most
    for each in made:
        assert each.amount > 0
        assert each.discount.cap is None or each.amount <= each.discount.cap
        assert each.discount.amount is None or each.amount <= each.discount.amount


@given(BILLS, some_discounts())
def test_host_percent_comes_before_platform_percent_before_fees_before_amounts(
    bill: Bill, discounts: list[Discount]
) -> None:
    def rank(discount: Discount) -> int:
        if discount.kind is CouponKind.PERCENT:
            return 0 if discount.borne_by is Bearer.HOST else 1
        return 2 if discount.kind is CouponKind.FEE else 3

    ranks = [rank(each.discount) for each in reductions(bill, discounts)]
    assert ranks == sorted(ranks)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 3000), st.booleans(), some_discounts(), AMOUNTS)
def test_the_lines_sum_to_a_total_that_is_never_below_zero_and_can_be_taken_off_again(
    stay: int, service: int, cleaning: int, tax_bp: int, within: bool, discounts: list[Discount], credit: int
) -> None:
    tax = (stay + cleaning) * tax_bp // 10_000
    lines = (
        PriceLine("nights", "3 nights", 1, stay, stay),
        PriceLine("cleaning", "Cleaning", 1, cleaning, cleaning),
        PriceLine("service", "Service fee", 1, service, service),
        PriceLine("tax:vat", "VAT", 1, tax, 0 if within else tax, included=tax if within else 0),
    )
    before = Price("EUR", lines, sum(line.amount for line in lines))
    less = discounted(before, reductions(bill_of(before, 3), discounts))
    price = with_credit(less, credit_used(less.total, credit))
    assert price.total == sum(line.amount for line in price.lines)
    assert 0 <= price.total <= before.total
    assert credit_in(price) == min(credit, less.total)
    assert sum(line.included for line in price.lines) >= 0
    assert plain(price) == before
    assert all(amount > 0 for amount in taken_off(price).values())
    assert Price.from_json(price.as_json()) == price


def test_each_percentage_is_of_what_the_one_before_has_left() -> None:
    host = Discount(UUID(int=1), "HOST", CouponKind.PERCENT, Bearer.HOST, percent_bp=1000)
    platform = Discount(UUID(int=2), "ALL", CouponKind.PERCENT, Bearer.PLATFORM, percent_bp=1000)
    amount = Discount(UUID(int=3), "FIVE", CouponKind.AMOUNT, Bearer.PLATFORM, amount=500)
    made = reductions(Bill("EUR", 30_000, 3600, 0, 33_600, 3), [amount, platform, host])
    assert [(each.label, each.amount) for each in made] == [
        ("HOST: 10 % off", 3000),
        ("ALL: 10 % off", 2700),
        ("FIVE: €5 off", 500),
    ]


def test_what_a_host_takes_off_is_not_taxed_and_what_the_platform_takes_off_is() -> None:
    lines = (PriceLine("nights", "3 nights", 1, 30_000, 30_000), PriceLine("tax:vat", "VAT", 1, 3000, 3000))
    before = Price("EUR", lines, 33_000)

    def total(bearer: Bearer) -> int:
        coupon = Discount(UUID(int=1), "TEN", CouponKind.PERCENT, bearer, percent_bp=1000)
        return discounted(before, reductions(bill_of(before, 3), [coupon])).total

    assert total(Bearer.HOST) == 33_000 - 3000 - 300
    assert total(Bearer.PLATFORM) == 33_000 - 3000
