"""Mail: which message each event makes, to whom, and that it leaves. Decides nothing about bookings or money."""
