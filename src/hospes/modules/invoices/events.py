"""Facts about documents."""

ISSUED = "invoice.issued"  # the document; booking_id, kind, code, total and currency
