"""When a source is read, and by whom: leases, the queue, the clock, and how a run is stopped."""
