"""What to ask of a site next, and each page fetched, archived and read."""
