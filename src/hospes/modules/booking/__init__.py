"""Owns quotes, holds and bookings from request to departure. Does not know cards or providers."""
