"""Double entry: accounts, transactions that sum to zero, balances."""
