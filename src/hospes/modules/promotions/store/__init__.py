"""The write side of promotions."""
