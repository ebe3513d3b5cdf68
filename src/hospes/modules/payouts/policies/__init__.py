"""Pure rules of payouts."""
