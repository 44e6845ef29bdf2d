"""Afrikaans, as in South Africa."""
