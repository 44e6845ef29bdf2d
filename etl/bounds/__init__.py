"""Reading inside bounds: pure functions on bytes from outside run in a helper process that can be ended."""
