"""What can be done, one a file."""
