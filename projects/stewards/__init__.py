"""Stewards’ corrections."""
