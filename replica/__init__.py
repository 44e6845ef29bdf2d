"""A stand-in of the sites we watch, for tests and `make demo`. It shares no code with what reads it.

Start with `server.py`; the facts it publishes are in `world.py`, what it changed in `ledger.py`.
"""
