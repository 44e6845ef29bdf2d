"""National Treasury's Municipal Money API as the replica answers it, under /api/: made-up figures.

The way in is `api.respond`; what is published is in `books.Books`, what can be asked of it (in the manner of
the real service, babbage 0.3.6 on PostgreSQL) in `query.py`. Only what `etl/money` asks is served.
"""
