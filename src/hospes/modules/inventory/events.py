"""Inventory publishes no facts of its own: holds, bookings and blocks do, each with the nights it touches."""
