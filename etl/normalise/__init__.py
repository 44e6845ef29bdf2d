"""Published strings → typed records. Pure."""
