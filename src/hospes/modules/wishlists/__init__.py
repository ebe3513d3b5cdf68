"""Lists of places that people keep and share by a link; knows nothing of dates, prices of stays or bookings."""
