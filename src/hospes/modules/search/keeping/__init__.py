"""Fills the index, follows events, keeps it in files of the host, and compares it with the database."""
