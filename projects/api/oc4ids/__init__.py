"""Projects as the Open Contracting for Infrastructure Data Standard has them (OC4IDS 0.9)."""
