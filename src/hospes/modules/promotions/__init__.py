"""Coupons, credits, referrals and campaigns; knows nothing of bookings but their ids and what they come to."""
