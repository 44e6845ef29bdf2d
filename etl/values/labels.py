"""Columns that say nothing of a project by what they are called, and those that tell parts of a scheme apart.

What means a field is in no list of headings: `etl.values.words` reads it from the words. Each label here is
written as `vocabulary.normal_label` gives it.
"""

from __future__ import annotations

# A row's place in the page, or the clock: what columns of these names show until a reading tells otherwise
# (`etl.understand.clocks`). Such a column is never compared: a sorted grid and a passing day are no change.
POSITION_LABELS: frozenset[str] = frozenset(
    {"#", "no", "nr", "row", "row no", "row number", "line no", "s/n", "sr no"}
)
CLOCK_LABELS: frozenset[str] = frozenset(
    {
        "days remaining", "days left", "days overdue", "days elapsed", "last refreshed", "last refresh",
        "printed on", "generated on", "date printed", "date generated", "report generated", "current date",
    }
)  # fmt: skip

# These name a part of a scheme: rows of one number and name that differ in them are projects of their own.
PART_LABELS: frozenset[str] = frozenset(
    {
        "phase", "project phase", "phase no", "phase number", "phase name", "fase", "projekfase", "fase no",
        "sub project", "sub-project", "subproject", "sub project name", "component", "komponent", "lot",
        "package", "work package",
    }
)  # fmt: skip
