"""Pure rules of pricing."""
