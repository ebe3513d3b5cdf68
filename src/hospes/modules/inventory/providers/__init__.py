"""Ports of inventory and what is shipped behind them."""
