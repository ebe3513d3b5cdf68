"""All writing SQL of identity, one file an area."""
