"""Exchange rates: read from the file, converted through the euro, never older than a week."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.ledger import facade
from hospes.modules.ledger.contracts import Rate
from hospes.modules.ledger.errors import RatesUnreadable, RateUnknown
from hospes.modules.ledger.policies.converting import rate_between
from hospes.modules.ledger.policies.ecb import SOURCE, read_ecb
from hospes.platform.money import Money, at_rate
from hospes.platform.runtime import Runtime

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender><Cube>
<Cube time='2026-05-29'><Cube currency='USD' rate='1.1200'/><Cube currency='JPY' rate='160.00'/></Cube>
<Cube time='2026-05-28'><Cube currency='USD' rate='1.1000'/></Cube></Cube></gesmes:Envelope>"""


def test_every_rate_of_the_file_is_read() -> None:
    assert read_ecb(FILE.encode()) == [
        Rate(SOURCE, "EUR", "USD", date(2026, 5, 29), Decimal("1.1200")),
        Rate(SOURCE, "EUR", "JPY", date(2026, 5, 29), Decimal("160.00")),
        Rate(SOURCE, "EUR", "USD", date(2026, 5, 28), Decimal("1.1000")),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "no xml",
        "<a/>",
        FILE.replace("1.1200", "-1"),
        FILE.replace("1.1200", "NaN"),
        FILE.replace("1.1200", "much"),
        FILE.replace("2026-05-29", "May"),
        FILE.replace("'USD'", "'usd'"),
        FILE.replace("<gesmes:Envelope", "<!DOCTYPE x [<!ENTITY a 'b'>]><gesmes:Envelope", 1),
        FILE[:-30],
    ],
)
def test_a_file_that_makes_no_sense_is_refused_whole(wrong: str) -> None:
    with pytest.raises(RatesUnreadable):
        read_ecb(wrong.encode())


async def test_an_amount_is_shown_in_another_currency_with_source_and_day(runtime: Runtime, tmp_path: Path) -> None:
    file = tmp_path / "rates.xml"
    file.write_text(FILE)
    assert await facade.import_rates(runtime, file) == 3
    assert await facade.import_rates(runtime, file) == 3  # once more changes nothing
    now = runtime.clock.now()
    async with runtime.db.read() as tx:
        yen = await facade.convert(tx, Money(11_200, "USD"), "JPY", now)
        assert (yen.money, yen.source, yen.at) == (Money(16_000, "JPY"), SOURCE, datetime(2026, 5, 29, tzinfo=UTC))
        assert yen.rate == Decimal("142.8571428571")
        same = await facade.convert(tx, Money(5, "NGN"), "NGN", now)
        assert (same.money, same.rate, same.source) == (Money(5, "NGN"), Decimal(1), "")
        with pytest.raises(RateUnknown):
            await facade.convert(tx, Money(5, "EUR"), "NGN", now)
        with pytest.raises(RateUnknown):  # the newest is older than a week
            await facade.convert(tx, Money(5, "EUR"), "USD", datetime(2026, 6, 9, tzinfo=UTC))


def test_rates_of_different_days_or_sources_are_not_mixed() -> None:
    one, two = date(2026, 5, 28), date(2026, 5, 29)
    quoted = [Rate("a", "EUR", "USD", one, Decimal(2)), Rate("a", "EUR", "GBP", two, Decimal(1))]
    assert rate_between(quoted, "USD", "GBP") is None
    assert rate_between([*quoted, Rate("b", "EUR", "USD", two, Decimal(3))], "USD", "GBP") is None
    assert rate_between([*quoted, Rate("a", "EUR", "USD", two, Decimal(4))], "USD", "GBP") == (
        Decimal("0.25"),
        "a",
        two,
    )


@given(st.integers(-(10**12), 10**12), st.decimals("0.0001", "10000", places=6))
def test_a_converted_amount_is_within_half_a_unit(amount: int, rate: Decimal) -> None:
    exact = Decimal(amount) / 100 * rate  # yen have no decimals
    assert abs(at_rate(Money(amount, "EUR"), "JPY", rate).amount - exact) <= Decimal("0.5")
