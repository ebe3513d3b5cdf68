"""Vendors' servers as small applications on a real port, written from the vendors' documents."""
