"""`hospes bench replay FILE`: a real history of hotel bookings, run through the booking core."""
