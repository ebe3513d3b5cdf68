"""What a booking's price is owed to whom, and how hosts are paid."""
