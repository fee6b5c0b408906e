"""Consultations, MDT meetings and the rooms they meet in."""
