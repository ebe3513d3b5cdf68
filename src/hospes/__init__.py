"""Hospes: one booking platform for anything that can be reserved."""
