"""English, as in South Africa."""
