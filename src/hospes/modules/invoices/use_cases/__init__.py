"""What invoices does, one file each."""
