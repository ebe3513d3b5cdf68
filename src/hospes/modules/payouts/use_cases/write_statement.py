"""What a business was paid in a month, booking by booking, as CSV or PDF."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID

from hospes.modules.payouts import queries
from hospes.modules.payouts.contracts import Payout, PayoutLine
from hospes.modules.payouts.errors import StatementInvalid
from hospes.platform.db import ReadTx
from hospes.platform.money import Money, exponent, plain_amount

_OTHER = "Left over or owed from before"


@dataclass(frozen=True, slots=True)
class Statement:
    """The payouts that arrived in a month (UTC), each with its lines."""

    business: str
    month: str
    payouts: tuple[tuple[Payout, tuple[PayoutLine, ...]], ...]
    at: datetime

    @property
    def totals(self) -> list[Money]:
        """What was paid, by currency."""
        sums: dict[str, int] = {}
        for payout, _ in self.payouts:
            sums[payout.amount.currency] = sums.get(payout.amount.currency, 0) + payout.amount.amount
        return [Money(amount, currency) for currency, amount in sorted(sums.items())]


async def gather_statement(
    tx: ReadTx, business_id: UUID, *, business: str, month: str, payout_id: UUID | None = None, now: datetime
) -> Statement:
    """The statement of a month written 2026-07, or of one payout in it; raises `StatementInvalid`."""
    since, until = month_span(month)
    paid = await queries.paid_between(tx, business_id, since, until)
    chosen = [each for each in paid if payout_id in (None, each.id)]
    lines = await queries.lines_of(tx, [each.id for each in chosen])
    return Statement(business, month, tuple((each, tuple(lines[each.id])) for each in chosen), now)


def month_span(month: str) -> tuple[datetime, datetime]:
    """[first instant, first of the next month); raises `StatementInvalid`."""
    try:
        if len(month) != 7:
            raise ValueError
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        return first, first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError as fault:
        said = "A month is written as 2026-07."
        raise StatementInvalid(said, fields={"month": said}) from fault


def as_csv(statement: Statement) -> bytes:
    """Comma-separated, UTF-8 with a mark for spreadsheets, amounts with a point."""
    text = StringIO()
    write = csv.writer(text)
    write.writerow(["paid_at", "payout", "provider_reference", "booking", "amount", "of_which_taxes", "currency"])
    for payout, line in _rows(statement):
        paid = payout.paid_at.isoformat(timespec="seconds") if payout.paid_at else ""
        currency = payout.amount.currency
        amounts = [_exact(line.amount, currency), _exact(line.taxes, currency)]
        write.writerow([paid, payout.id, payout.provider_ref or "", line.reference or _OTHER, *amounts, currency])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_pdf(statement: Statement) -> bytes:
    """On A4. Takes some 200 ms of the processor, so call it with `platform.apart`."""
    from hospes.platform.pdf import Column, Row, Sheet, Total  # 20 MB that an API process can do without

    said = datetime.strptime(statement.month, "%Y-%m").strftime("%B %Y")  # noqa: DTZ007 (a month)
    title = f"Payouts in {said}"
    sheet = Sheet(title=title, author="Hospes", at=statement.at, footer=f"{statement.business} · {title}")
    sheet.heading(title, above=statement.business, beside=(f"Written {statement.at:%d %B %Y}", "Days are UTC"))
    if not statement.payouts:
        sheet.note("Nothing was paid in this month.")
    columns = [Column("Booking", 4), Column("Of which taxes", 2, number=True), Column("Amount", 2, number=True)]
    for payout, lines in statement.payouts:
        sheet.subheading(f"{payout.paid_at:%d %B %Y}: {payout.amount.text()}")
        sheet.note(f"Payout {payout.id}, {payout.provider} {payout.provider_ref or ''}")
        sheet.table(columns, [Row(_cells(line, payout.amount.currency)) for line in lines])
    sheet.totals([Total(f"Paid in {each.currency}", each.text(), strong=True) for each in statement.totals])
    return sheet.finish()


def _cells(line: PayoutLine, currency: str) -> tuple[str, ...]:
    taxes = Money(line.taxes, currency).text() if line.taxes else ""
    return line.reference or _OTHER, taxes, Money(line.amount, currency).text()


def _rows(statement: Statement) -> Iterator[tuple[Payout, PayoutLine]]:
    for payout, lines in statement.payouts:
        for line in lines:
            yield payout, line


def _exact(amount: int, currency: str) -> str:
    places = exponent(currency)
    whole = plain_amount(amount, currency)
    return whole if places == 0 or "." in whole else f"{whole}.{'0' * places}"


def known_months(payouts: Sequence[Payout]) -> list[str]:
    """The months in which something was paid, the latest first."""
    return sorted({f"{each.paid_at:%Y-%m}" for each in payouts if each.paid_at}, reverse=True)
