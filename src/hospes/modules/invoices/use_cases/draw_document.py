"""A document as PDF. Drawn when asked for, from what was frozen at its issue: always the same bytes."""

from hospes.modules.invoices.contracts import Document, Kind, Line
from hospes.modules.invoices.policies.wording import TITLES, exact, said_day
from hospes.platform.pdf import Column, Row, Sheet, Total


def draw_document(document: Document) -> bytes:
    """The file; takes some 200 ms of the processor, so call it with `platform.apart`."""
    content, title = document.content, TITLES[document.kind]
    foot = " · ".join(part for part in (content.seller.name, f"{title} {document.code}") if part)
    sheet = Sheet(title=f"{title} {document.code}", author=content.seller.name, at=document.issued_at, footer=foot)
    beside = [f"Number {document.code}", f"Date {said_day(document.issued_on)}"]
    beside += [f"For invoice {content.refers_to}"] if content.refers_to else []
    sheet.heading(title, above=content.seller.name, beside=beside)
    sheet.parties(
        ("From", (content.seller.name, *content.seller.lines)), ("To", (content.buyer.name, *content.buyer.lines))
    )
    sheet.facts(content.facts)
    if content.reason:
        sheet.note(content.reason, bold=True)
    sheet.table(*_table(document))
    sheet.totals(_totals(document))
    if content.footer:
        sheet.note(content.footer)
    return sheet.finish()


def _table(document: Document) -> tuple[list[Column], list[Row]]:
    lines = [line for line in document.content.lines if not line.is_tax and (line.amount or not line.included)]
    if document.kind is Kind.RECEIPT:
        columns = [Column("Received", 3), Column("Amount", 1, number=True)]
        return columns, [Row((line.label, exact(line.amount, document.currency)), line.detail) for line in lines]
    columns = [Column("What", 4), Column("Amount", 1, number=True)]
    return columns, [Row((line.label, exact(line.amount, document.currency)), line.detail) for line in lines]


def _totals(document: Document) -> list[Total]:
    """The sum without taxes on top, those taxes, the total; then what the total contains, and what was paid."""
    content, currency = document.content, document.currency
    if document.kind is Kind.RECEIPT:
        return [Total("Total received", exact(document.total, currency), strong=True)]
    on_top = [line for line in content.lines if line.is_tax and line.amount]
    contained = [line for line in content.lines if line.included]
    said = []
    if on_top:
        said.append(Total("Subtotal", exact(document.total - sum(line.amount for line in on_top), currency)))
        said += [Total(_tax_words(line), exact(line.amount, currency)) for line in on_top]
    said.append(Total("Total", exact(document.total, currency), strong=True))
    said += [Total(_tax_words(line), exact(line.included, currency)) for line in contained]
    if document.tax:
        said.append(Total("Total without taxes", exact(document.net, currency)))
    for label, amount in content.payments:
        said.append(Total(label, exact(amount, currency)))
    if content.payments:
        left = document.total + sum(amount for _, amount in content.payments)
        said.append(Total("Still to pay", exact(max(left, 0), currency), strong=left > 0))
    return said


def _tax_words(line: Line) -> str:
    """Tax on top with what it is a share of; contained taxes say that they are."""
    if line.included and not line.is_tax:
        return "Taxes contained in it"
    return f"{line.label}, {line.detail}" if line.detail else line.label
