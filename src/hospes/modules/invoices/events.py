"""Facts about documents."""

FEES_INVOICED = "fees.invoiced"  # the document; business_id, kind, code, total and currency
ISSUED = "invoice.issued"  # the document; booking_id, kind, code, total and currency
