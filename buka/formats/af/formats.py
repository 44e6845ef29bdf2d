"""The same as in English: the names of months come with the language.

Figures for people are those of `projects/wording/figures.py`. A number that a template writes by itself is
for a machine (a width, a place in a drawing), and has a point in every language.
"""

from buka.formats.en.formats import *  # noqa: F403

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ""
