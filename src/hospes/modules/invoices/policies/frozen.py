"""The content of a document as the JSON that is stored."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from hospes.modules.invoices.contracts import Address, Content, Line


def place_of(document_id: UUID) -> bytes:
    """Where the sealed content of a document belongs: it opens nowhere else."""
    return f"invoices.document.content:{document_id}".encode()


def content_json(content: Content) -> dict[str, Any]:
    """What `content_of` reads."""
    return asdict(content)


def content_of(value: dict[str, Any]) -> Content:
    """The content as it was issued."""
    return Content(
        seller=_address(value["seller"]),
        buyer=_address(value["buyer"]),
        lines=tuple(Line(**line) for line in value["lines"]),
        facts=tuple((name, said) for name, said in value["facts"]),
        payments=tuple((name, amount) for name, amount in value["payments"]),
        refers_to=value["refers_to"],
        reason=value["reason"],
        footer=value["footer"],
    )


def _address(value: dict[str, Any]) -> Address:
    return Address(value["name"], tuple(value["lines"]))
