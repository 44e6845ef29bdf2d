"""Flags: worked out of the record and its log, kept with the project, told once a day."""
