"""The change log: its one writer, its chain of digests, and its rows as events."""
