"""Receipts, invoices and credit notes: numbered without gaps, never changed. Knows nothing of how they are sent."""
