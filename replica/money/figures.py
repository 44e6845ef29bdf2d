"""What was changed in the figures, in order: the truth that a monitor's log is held against.

    {"seq": 7, "at": "2026-05-01T06:30:00.000Z", "kind": "figure", "cube": "capital_v2", "measure": "capital",
     "code": "CPT", "financial_year": 2021, "line": "4202", "amount_type": "ORGB",
     "changes": {"amount": ["1000.00", "1200.00"]}, "missing": false}

An entry is of a cell as `cells.py` cuts them; a fact of capital can move two (its function's, its item's).
None: null, or no row at all; `missing` says which it is now. Of an audit the changes are `opinion` and
`report_url`.
"""

from __future__ import annotations

from replica.ledger import Entry, Ledger, net_changes
from replica.money.cells import Cell

Values = dict[str, str | None]


class FigureLedger(Ledger):
    """Append-only like the other one; its entries are of cells."""

    def record(self, cell: Cell, old: Values, new: Values, *, missing: bool) -> Entry | None:
        """One entry of what differs between two readings of a cell, None where nothing does."""
        changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
        if not changes:
            return None
        entry = self.append("figure", cell.code, {name: list(pair) for name, pair in changes.items()})
        del entry["external_id"]
        entry |= {"code": cell.code, "cube": cell.cube, "measure": cell.measure, "financial_year": cell.year}
        entry |= {"line": cell.line, "amount_type": cell.amount_type, "missing": missing}
        return entry

    def since(self, seq: int = 0) -> list[Entry]:
        """Net changes after `seq`, one entry per cell, no-ops left out: first old value, last new one."""
        grouped: dict[Cell, list[Entry]] = {}
        for entry in self.entries[seq:]:
            grouped.setdefault(cell_of(entry), []).append(entry)
        squashed = ({**entries[-1], "changes": net_changes(entries)} for entries in grouped.values())
        return [entry for entry in squashed if entry["changes"]]


def cell_of(entry: Entry) -> Cell:
    """The cell that an entry is of."""
    year = entry["financial_year"]
    return Cell(entry["measure"], entry["code"], year, entry["line"], entry["amount_type"])
