"""Owns payments, their attempts at providers and refunds. Does not know what a booking is beyond its id."""
