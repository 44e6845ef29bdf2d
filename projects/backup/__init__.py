"""Database and archive of one moment, kept in a folder elsewhere, and made again from it.

TO/archive/ab/abcdef….gz        pages, of all moments together: they are named by their digests
TO/20261129T164200Z/            a moment: `database.sqlite3` or `database.dump`, `pages.gz` (the names of
                                its pages), `heads/`, and, written last, `manifest.json`: one without it
                                was cut off, and is nobody's backup
"""
