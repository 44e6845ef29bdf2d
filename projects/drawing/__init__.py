"""Drawings as numbers for a template: the country, what stands where in it, lines over time. Pure."""
