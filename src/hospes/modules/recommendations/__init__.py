"""What people look at, and what is suggested to them from it. Knows nothing of prices of dates or of booking."""
