"""What a booking's documents have to say, and what is left to say. Pure; amounts in minor units.

A booking's invoices and credit notes always sum, line by line, to what the booking costs now: of a cancelled one what
its terms kept. So a document is written whenever the two differ, and says just the difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hospes.modules.invoices.contracts import Document, Kind, Line

REFUND, CREDIT, WAIVED = "refund", "credit", "waived"
_NOT_TAXED = ("service", "kept", "discount", CREDIT, REFUND, WAIVED)


def without_credit(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The price alone: credit that is spent is a way to pay it, and lowers no tax."""
    return tuple(line for line in lines if line.code != CREDIT)


def kept_of(lines: Sequence[Line], refunds: Sequence[int]) -> tuple[Line, ...]:
    """What remains of each line after giving back so much of it; contained taxes shrink with what they are part of."""
    kept = [replace(line, amount=line.amount - back) for line, back in zip(lines, refunds, strict=True)]
    before, after = _taxed(lines), _taxed(kept)
    return tuple(
        replace(line, included=_share(line.included, after, before)) if line.included else line for line in kept
    )


def at_most(lines: tuple[Line, ...], received: int) -> tuple[Line, ...]:
    """The lines, with one more that takes off what was never paid and is not asked for any more, its taxes with it."""
    total, tax = sum(line.amount for line in lines), sum(line.tax for line in lines)
    waived = total - max(received, 0)
    if waived <= 0:
        return lines
    return (*lines, Line(WAIVED, "Not charged any more", -waived, included=-_share(tax, waived, total)))


def outstanding(wanted: Sequence[Line], documents: Iterable[Document]) -> tuple[Line, ...]:
    """What a further document must say, so that all of them say `wanted`; empty when they do.

    Money given back besides (`refund` lines) stays given back, but all together never come to less than nothing.
    """
    told, extra = _told(documents)
    missing = [_less(line, told.pop((line.code, line.label), None)) for line in wanted]
    missing += [_negative(line) for line in told.values()]
    found = [line for line in missing if line.amount or line.included]
    below = sum(line.amount for line in wanted) + sum(line.amount for line in extra)
    if below < 0 and found:
        found.append(Line(REFUND, "Given back before", min(-below, -sum(line.amount for line in extra))))
    return tuple(found)


def part_of(documents: Sequence[Document], amount: int) -> tuple[Line, ...]:
    """A credit of `amount`, at most what the documents come to; its share of their taxes is contained in it."""
    counted = [each for each in documents if each.kind is not Kind.RECEIPT]
    total, tax = sum(each.total for each in counted), sum(each.tax for each in counted)
    amount = min(amount, total)
    if amount <= 0:
        return ()
    return (Line(REFUND, "Refund", -amount, included=-_share(tax, amount, total)),)


def sums(lines: Sequence[Line]) -> tuple[int, int]:
    """Net and tax."""
    tax = sum(line.tax for line in lines)
    return sum(line.amount for line in lines) - tax, tax


def kind_of(lines: Sequence[Line]) -> Kind:
    """A further invoice when it comes to more, else a credit note."""
    return Kind.INVOICE if sum(line.amount for line in lines) > 0 else Kind.CREDIT_NOTE


def _told(documents: Iterable[Document]) -> tuple[dict[tuple[str, str], Line], list[Line]]:
    """What has been said, by line, and the refunds besides."""
    told: dict[tuple[str, str], Line] = {}
    extra: list[Line] = []
    for document in documents:
        for line in document.content.lines if document.kind is not Kind.RECEIPT else ():
            if line.code == REFUND:
                extra.append(line)
                continue
            key, so_far = (line.code, line.label), told.get((line.code, line.label))
            told[key] = line if so_far is None else _plus(line, so_far)
    return told, extra


def _plus(line: Line, other: Line) -> Line:
    return replace(
        line,
        amount=line.amount + other.amount,
        included=line.included + other.included,
    )


def _less(line: Line, told: Line | None) -> Line:
    if told is None or not (told.amount or told.included):
        return line
    amount = line.amount - told.amount
    return replace(line, amount=amount, included=line.included - told.included, quantity=1, unit_amount=amount)


def _negative(line: Line) -> Line:
    return replace(line, amount=-line.amount, included=-line.included, quantity=1, unit_amount=-line.amount)


def _taxed(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines if not line.is_tax and line.code.partition(":")[0] not in _NOT_TAXED)


def _share(amount: int, part: int, whole: int) -> int:
    """`amount × part / whole`, rounded half up."""
    return (2 * amount * part + whole) // (2 * whole) if whole else 0
