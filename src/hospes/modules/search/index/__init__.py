"""Finds listings: columns in memory and the arithmetic over them. Nothing here reads the database."""
