"""What others can tell recommendations."""
