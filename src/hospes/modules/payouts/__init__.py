"""Who gets what of a booking's price, and paying hosts. Knows nothing of what is booked, only of what it earns."""
