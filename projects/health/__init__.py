"""Is all well, and whom to tell if not."""
