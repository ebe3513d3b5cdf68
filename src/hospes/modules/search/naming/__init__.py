"""Finds places and properties by what people type, in any script, slips forgiven; knows nothing of dates and prices."""
