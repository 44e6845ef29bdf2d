"""National Treasury's Municipal Money API as the replica answers it, under /api/: made-up figures.

The way in is `api.respond(site, request)`; what is published is in `books.Books`, how the real service
(babbage 0.3.6 on PostgreSQL) reads a question is in `syntax.py`, `asked.py` and `query.py`.
"""
