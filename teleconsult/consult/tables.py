"""Rows of `consult`. Only this context writes them."""
