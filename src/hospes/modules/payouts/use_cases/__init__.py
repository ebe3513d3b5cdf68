"""What payouts does."""
