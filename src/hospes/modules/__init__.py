"""The business modules; imports between them only go downwards (see docs/map.md)."""
