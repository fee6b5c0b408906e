"""Rows of `referral`. Only this context writes them."""
