"""Pages that look like what was mended and are something else. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs

PLACE = "Nkomazi (MP324)"


@unseen("""
external_id|name|municipality|budget
DA-101|Tonga Bulk|MP324|45000000
DA-102|Naas Reservoir|MP324|12000000
DA-103|Hectorspruit Sewer|MP324|33000000
""")
def a_headless_table_of_another_kind() -> str:
    return page(
        table(
            "Project No|Project Name|Municipality|Budget",
            f"DA-101|Tonga Bulk|{PLACE}|R45 000 000\nDA-102|Naas Reservoir|{PLACE}|R12 000 000\nDA-103|Hectorspruit Sewer|{PLACE}|R33 000 000",
        )
        + "<table>"
        + trs(
            "T-1|Chemicals|Malelane|R1 000 000\nT-2|Trucks|Malelane|R2 000 000\nT-3|Fuel|Malelane|R3 000 000"
        )
        + "</table>"
    )


@unseen("""
external_id|name|municipality|budget|status
DB-101|Tonga Bulk|MP324|45000000|construction
DB-102|Naas Reservoir|MP324|12000000|tender
DB-103|Hectorspruit Sewer|MP324|33000000|completed
""")
def cards_with_dates_of_news() -> str:
    def o(a: str, b: str, c: str, d: str, e: str) -> str:
        return f'<div class="card"><h4>{b}</h4><span class="posted">{e}</span><p>Project No: {a}</p><p>Municipality: {PLACE}</p><p>Budget: {c}</p><p>Status: {d}</p></div>'

    return page(
        o("DB-101", "Tonga Bulk", "R45 000 000", "Construction", "12 Jan 2026")
        + o("DB-102", "Naas Reservoir", "R12 000 000", "Tender", "13 Jan 2026")
        + o("DB-103", "Hectorspruit Sewer", "R33 000 000", "Completed", "19 Jan 2026")
    )


@unseen("""
external_id|name|municipality|budget
DC-101|Tonga Bulk|MP324|45000000
DC-102|Naas Reservoir|MP324|12000000
DC-103|Hectorspruit Sewer|MP324|33000000
DC-104|Block C|MP324|3000000
""")
def cards_below_headings_that_are_departments() -> str:
    def o(a: str, b: str, c: str) -> str:
        return f'<div class="card"><h4>{b}</h4><p>Project No: {a}</p><p>Municipality: {PLACE}</p><p>Budget: {c}</p></div>'

    return page(
        "<section><h2>Planning</h2>"
        + o("DC-101", "Tonga Bulk", "R45 000 000")
        + o("DC-102", "Naas Reservoir", "R12 000 000")
        + "</section><section><h2>Water Directorate</h2>"
        + o("DC-103", "Hectorspruit Sewer", "R33 000 000")
        + o("DC-104", "Block C", "R3 000 000")
        + "</section>"
    )


@unseen("""
external_id|name|municipality|contractor|budget
DD-101|Tonga Bulk|MP324|Tender Care Civils|45000000
DD-102|Naas Reservoir|MP324|In Phase Projects|12000000
DD-103|Hectorspruit Sewer|MP324|To Be Construction|33000000
""")
def contractors_with_odd_names() -> str:
    return page(
        table(
            "Project No|Project Name|Municipality|Contractor|Budget",
            f"DD-101|Tonga Bulk|{PLACE}|Tender Care Civils|R45 000 000\nDD-102|Naas Reservoir|{PLACE}|In Phase Projects|R12 000 000\nDD-103|Hectorspruit Sewer|{PLACE}|To Be Construction|R33 000 000",
        )
    )


@unseen("""
external_id|name|municipality|budget|programme
DE-101|Tonga Bulk|MP324|45000000|RBIG
DE-102|Naas Reservoir|MP324|12000000|WSIG
DE-103|Hectorspruit Sewer|MP324|33000000|MIG
""")
def sections_by_programme_with_a_shared_project() -> str:
    def t(h: str, body: str) -> str:
        return (
            f"<h3>{h}</h3>"
            + f"<table>{trs('Project No|Project Name|Municipality|Budget', 'th')}{trs(body)}</table>"
        )

    return page(
        t("RBIG", f"DE-101|Tonga Bulk|{PLACE}|R45 000 000")
        + t("WSIG", f"DE-102|Naas Reservoir|{PLACE}|R12 000 000")
        + t("MIG", f"DE-103|Hectorspruit Sewer|{PLACE}|R33 000 000")
    )


@unseen("""
external_id|name|municipality|budget|status
DF-101|Tonga Bulk Phase 1|MP324|45000000|completed
DF-102|Tonga Bulk Phase 2|MP324|12000000|construction
""")
def phases_in_names() -> str:
    return page(
        table(
            "Project No|Project Name|Municipality|Budget|Status",
            f"DF-101|Tonga Bulk Phase 1|{PLACE}|R45 000 000|Completed\nDF-102|Tonga Bulk Phase 2|{PLACE}|R12 000 000|Construction",
        )
    )


@unseen("""
external_id|name|municipality|budget
DG-101|3. Straat-pypleiding|MP324|45000000
DG-102|Naas Reservoir|MP324|12000000
DG-103|Hectorspruit Sewer|MP324|33000000
""")
def a_number_in_a_name() -> str:
    return page(
        table(
            "Project No|Project Name|Municipality|Budget",
            f"DG-101|3. Straat-pypleiding|{PLACE}|R45 000 000\nDG-102|Naas Reservoir|{PLACE}|R12 000 000\nDG-103|Hectorspruit Sewer|{PLACE}|R33 000 000",
        )
    )


@unseen("""
external_id|name|municipality|budget|status
DH-101|Tonga Bulk|MP324|45000000|construction
DH-102|Naas Reservoir|MP324|12000000|tender
""")
def all_of_a_cell_struck() -> str:
    return page(
        f"<table>{trs('Project No|Project Name|Municipality|Budget|Status', 'th')}<tr><td>DH-101</td><td>Tonga Bulk</td><td>{PLACE}</td><td>R45 000 000</td><td>Construction</td></tr><tr><td>DH-102</td><td>Naas Reservoir</td><td>{PLACE}</td><td>R12 000 000</td><td>Tender</td></tr><tr style='text-decoration:line-through'><td><s>DH-103</s></td><td><s>Hectorspruit Sewer</s></td><td><s>{PLACE}</s></td><td><s>R33 000 000</s></td><td><s>Planning</s></td></tr></table>"
    )


@unseen("""
external_id|name|municipality|budget|expenditure
DI-101|Tonga Bulk|MP324|45000000|12000000
DI-102|Naas Reservoir|MP324|12000000|11000000
DI-103|Hectorspruit Sewer|MP324|33000000|500000
""")
def a_unit_of_two_figures_in_one_cell() -> str:
    """What stands in thousands is said by a row of units, of both figures of a cell."""
    return page(
        table(
            "Project No|Project Name|Municipality|Budget / Expenditure",
            f"|||R'000\nDI-101|Tonga Bulk|{PLACE}|45 000 / 12 000\nDI-102|Naas Reservoir|{PLACE}|12 000 / 11 000\nDI-103|Hectorspruit Sewer|{PLACE}|33 000 / 500",
        )
    )


@unseen("""
external_id|name|municipality|budget
DJ-101|Tonga Bulk|MP324|-
DJ-102|Naas Reservoir|MP324|-
DJ-103|Hectorspruit Sewer|MP324|-
""")
def two_figures_and_one_scale() -> str:
    """Whether the first figure of each cell counts millions nobody can tell for sure."""
    return page(
        table(
            "Project No|Project Name|Municipality|Budget / Expenditure",
            f"DJ-101|Tonga Bulk|{PLACE}|45 / 12 million\nDJ-102|Naas Reservoir|{PLACE}|12 / 11 million\nDJ-103|Hectorspruit Sewer|{PLACE}|33 / 5 million",
        )
    )


@unseen("""
external_id|name|municipality|budget
DK-101|Tonga Bulk|MP324|45000000
DK-102|Naas Reservoir|MP324|12000000
DK-103|Hectorspruit Sewer|MP324|33000000
""")
def a_table_on_its_side_with_a_unit_in_its_title() -> str:
    return page(
        "<table border=1><tr><td colspan=4><b>Water projects (R'000)</b></td></tr>"
        + trs("<th>Project No</th>|DK-101|DK-102|DK-103")
        + trs("<th>Project Name</th>|Tonga Bulk|Naas Reservoir|Hectorspruit Sewer")
        + "<tr><td colspan=4>Where and how much</td></tr>"
        + trs(f"<th>Municipality</th>|{PLACE}|{PLACE}|{PLACE}")
        + trs("<th>Budget</th>|45 000|12 000|33 000")
        + "</table>"
    )
