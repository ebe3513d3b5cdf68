"""Coupons, credits, referrals and campaigns."""
