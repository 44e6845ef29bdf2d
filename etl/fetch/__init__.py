"""URL → Page: the only room that knows HTTP."""
