"""Records beside what is known: what changed, whether it is complete, and whether it is believable."""
