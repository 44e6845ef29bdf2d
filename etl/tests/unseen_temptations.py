"""Small lists that tempt, and small lists in unusual shapes. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs

PLACE = "Nkomazi (MP324)"
HEADS = ("Project No", "Project Name", "Municipality", "Budget")
ROWS = [
    ("BA-101", "Tonga Bulk", PLACE, "R45 000 000"),
    ("BA-102", "Naas Reservoir", PLACE, "R12 000 000"),
    ("BA-103", "Block C WTW", PLACE, "R33 000 000"),
]
THREE = "external_id|name|municipality|budget\nBA-101|Tonga Bulk|MP324|45000000\nBA-102|Naas Reservoir|MP324|12000000\nBA-103|Block C WTW|MP324|33000000"


def listed(*more: str, heads: str = "") -> str:
    """The three projects with more columns: `heads`, and a line of cells for each of them."""
    rows = ["|".join(row) for row in ROWS]
    body = [f"{row}|{cells}" for row, cells in zip(rows, more, strict=True)] if more else rows
    return page(table("|".join(HEADS) + (f"|{heads}" if heads else ""), "\n".join(body)))


# fmt: off
@unseen("external_id|municipality|budget\nBA-101|MP324|45000000\nBA-102|MP324|12000000\nBA-103|MP324|33000000")
def vendors_and_no_names() -> str:
    return page(table("Project No|Vendor Name|Municipality|Budget", "\n".join("|".join((row[0], vendor, *row[2:])) for row, vendor in zip(ROWS, ("Alpha Civils", "Beta Plant Hire", "Gamma Pumps"), strict=True))))

@unseen("external_id|name|municipality|budget|start_date\nBA-101|Tonga Bulk|MP324|45000000|2025-03-01\nBA-102|Naas Reservoir|MP324|12000000|2025-08-01\nBA-103|Block C WTW|MP324|33000000|2024-02-01")
def contract_periods() -> str:
    return listed("1 March 2025|18|30 June 2027|31 Jan 2026", "1 August 2025|12|-|31 Jan 2026", "1 February 2024|24|31 March 2026|31 Jan 2026", heads="Start Date|Contract period (months)|Extension granted until|Progress report date")

@unseen("external_id|name|municipality|budget|expenditure\nBA-101|Tonga Bulk|MP324|45000000|12000000\nBA-102|Naas Reservoir|MP324|12000000|11000000\nBA-103|Block C WTW|MP324|33000000|0")
def budget_and_expenditure_in_one_cell() -> str:
    return page(table("Project No|Project Name|Municipality|Budget / Expenditure", "\n".join(f"{'|'.join(row)} / {spent}" for row, spent in zip(ROWS, ("R12 000 000", "R11 000 000", "R0"), strict=True))))

@unseen(THREE)
def shares_of_money_and_time() -> str:
    return listed("41%|50%|12", "80%|90%|40", "100%|100%|7", heads="% Budget Spent|% Time Elapsed|Jobs")

@unseen(THREE)
def of_which_rows() -> str:
    return page(f"<table>{trs('|'.join(HEADS), 'th')}" + "".join(trs("|".join(row)) + trs(f"|of which counter funding||{part}") for row, part in zip(ROWS, ("R5 000 000", "R2 000 000", "R3 000 000"), strict=True)) + "</table>")

@unseen(THREE)
def provisions_below() -> str:
    return page(table("|".join(HEADS), "\n".join("|".join(row) for row in ROWS) + "\n|PMU operational costs (5%)||R4 500 000\n|Unallocated||R1 000 000\n|Total MIG allocation||R95 500 000"))

@unseen("")
def risk_register() -> str:
    return page("<h2>Risk register: bulk water programme</h2>" + table("Risk No|Risk description|Municipality|Inherent rating|Mitigation|Owner|Due date|Status", "R001|Late appointment of contractors|Greater Giyani (LIM331)|High|Procurement plan|PMU|2026-03-31|Open\nR002|Community unrest|Thulamela (LIM343)|High|Liaison|ISD|2026-06-30|Open\nR003|Drought|Makhado (LIM344)|Medium|Boreholes|WRM|2026-12-31|Closed"))

@unseen("")
def service_requests() -> str:
    return page("<h2>Service requests</h2>" + table("Ref No|Description|Municipality|Date logged|Status|Completion Date", "SR88121|Burst pipe, Main Street|Kouga (EC108)|2026/01/02|Completed|2026/01/03\nSR88122|No water, Ward 4|Kouga (EC108)|2026/01/02|In progress|\nSR88125|Sewer overflow, Park Ave|Kouga (EC108)|2026/01/05|Completed|2026/01/06"))

@unseen("")
def water_use_licences() -> str:
    return page("<h2>Water use licences</h2>" + table("Licence No|Applicant name|Municipality|Date issued|Expiry Date|Status", "01/A21C/ABC/1101|Umvoti Sugar|KwaDukuza (KZN292)|2019-02-01|2039-01-31|Issued\n01/A21C/G/1102|Delta Mine|Emalahleni (MP312)|2020-02-01|2040-01-31|Issued\n01/B20C/G/1109|Fisheries Ltd|Overstrand (WC032)||| Pending"))

@unseen("")
def schemes_that_supply() -> str:
    return page("<h2>Water supply schemes</h2>" + table("Scheme Name|Municipality|Source|Capacity (Ml/d)|Population served|Status", "Giyani Scheme|Greater Giyani (LIM331)|Middle Letaba Dam|36|310 000|Operational\nModjadji Scheme|Greater Letaba (LIM332)|Modjadji Dam|12|91 000|Operational\nThabina Scheme|Greater Tzaneen (LIM333)|Thabina Dam|12|80 000|Operational"))

@unseen("")
def payments_of_a_month() -> str:
    return page("<h2>Payments made in January 2026</h2>" + table("Payment No|Payee|Invoice description|Amount|Date paid", "P-0001|Rula Bulk|Certificate 4|R1 200 000|2026-01-05\nP-0002|Esor|Certificate 11|R3 000 000|2026-01-09\nP-0003|WBHO|Certificate 2|R8 150 000|2026-01-19"))

@unseen("external_id|name|municipality|budget|completion_date\nBA-101|Tonga Bulk|MP324|45000000|-\nBA-102|Naas Reservoir|MP324|12000000|2026-06-30\nBA-103|Block C WTW|MP324|33000000|-")
def ends_in_words() -> str:
    return listed("Q3 2026/27", "30 June 2026 (revised from 31 March 2026)", "Multi-year", heads="Completion Date")

@unseen("external_id|name|municipality|budget|status\nBA-101|Tonga Bulk|MP324|45000000|construction\nBA-102|Naas Reservoir|MP324|12000000|completed\nBA-103|Block C WTW|MP324|33000000|design")
def states_with_remarks() -> str:
    return listed("Construction (45%)", "Completed, not yet commissioned", "Design stage; EIA outstanding", heads="Status")

@unseen("external_id|name|municipality|budget|expenditure\nBA-101|Tonga Bulk|MP324|45000000|12400000\nBA-102|Naas Reservoir|MP324|12000000|11900000\nBA-103|Block C WTW|MP324|33000000|500000")
def a_unit_above_each_column() -> str:
    return page("<table><tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th>Rand</th><th>Rand million</th></tr><tr><th>Budget</th><th>Expenditure</th></tr>" + "".join(trs("|".join((*row[:3], row[3][1:], spent))) for row, spent in zip(ROWS, ("12.4", "11.9", "0.5"), strict=True)) + "</table>")

@unseen(THREE)
def what_it_was_in_small() -> str:
    return page(table("|".join(HEADS), "\n".join("|".join(row) + f"<br><small>was {was}</small>" for row, was in zip(ROWS, ("R40 000 000", "R11 000 000", "R31 000 000"), strict=True))))

@unseen(THREE)
def years_without_words() -> str:
    return page(table("Project No|Project Name|Municipality|Total project cost|Prior years|2025/26|2026/27|Beyond", "\n".join("|".join(row) + f"|{more}" for row, more in zip(ROWS, ("R10 000 000|R15 000 000|R10 000 000|R10 000 000", "R2 000 000|R5 000 000|R5 000 000|R0", "R13 000 000|R10 000 000|R10 000 000|R0"), strict=True))))

@unseen("external_id|name|municipality|budget|contractor\nBA-101|Tonga Bulk|MP324|45000000|WBHO\nBA-102|Naas Reservoir|MP324|12000000|-\nBA-103|Block C WTW|MP324|33000000|-")
def contractors_to_come() -> str:
    return listed("WBHO", "Contractor not yet appointed", "Awaiting appointment", heads="Contractor")

@unseen("external_id|name|municipality|budget|expenditure\nBA-101|Tonga Bulk|MP324|45000000|12000000\nBA-102|Naas Reservoir|MP324|12000000|3000000\nBA-103|Block C WTW|MP324|33000000|7000000")
def expenditure_of_years_and_in_all() -> str:
    return listed("R10 000 000|R2 000 000|R12 000 000", "R2 000 000|R1 000 000|R3 000 000", "R0|R7 000 000|R7 000 000", heads="Expenditure previous years|Expenditure current year|Total expenditure to date")

@unseen(THREE)
def tiles_beside_a_list() -> str:
    return page('<div class="stats"><div class="stat"><h4>Projects</h4><p>3</p></div><div class="stat"><h4>Budget</h4><p>R90 000 000</p></div><div class="stat"><h4>Municipalities</h4><p>1</p></div></div>' + listed())

@unseen(THREE)
def powerbi_div_grid() -> str:
    def cell(text: str, at: int) -> str:
        return f'<div class="pivotTableCellWrap cell-interactive tablixAlignLeft" role="gridcell" aria-colindex="{at + 2}" column-index="{at}" style="left:{at * 100}px">{text}</div>'

    head = "".join(f'<div role="columnheader" aria-colindex="{at + 2}" class="pivotTableCellWrap">{name}<div class="sort-icon"></div></div>' for at, name in enumerate(HEADS))
    body = "".join(f'<div role="row" aria-rowindex="{n}" class="row"><div class="rowExpand" role="rowheader" aria-hidden="true" style="display:none">Select Row</div>{"".join(cell(text, at) for at, text in enumerate(row))}</div>' for n, row in enumerate(ROWS, 2))
    total = '<div role="row" class="row total"><div role="gridcell">Total</div><div role="gridcell"></div><div role="gridcell"></div><div role="gridcell">R90 000 000</div></div>'
    return page(f'<div class="pivotTable" role="grid" aria-rowcount="4"><div class="columnHeaders"><div role="row" class="row">{head}</div></div><div class="bodyCells">{body}</div><div class="floatingBodyCells">{total}</div></div>')

@unseen(THREE)
def infoboxes_in_a_row() -> str:
    return page("".join(f'<table class="infobox vcard"><tbody><tr><th colspan="2" class="infobox-above">{name}</th></tr><tr><td colspan="2" class="infobox-image"><img src="x.jpg" alt="site"></td></tr><tr><th>Project No</th><td>{no}</td></tr><tr><th>Municipality</th><td>{place}</td></tr><tr><th>Budget</th><td>{bud}</td></tr></tbody></table>' for no, name, place, bud in ROWS))

@unseen(THREE)
def paragraphs_with_numbers() -> str:
    return page("<h2>Projects</h2>" + "".join(f"<p><b>{n}. {name}</b><br>Project No: {no}<br>Municipality: {place}<br>Budget: {bud}</p>" for n, (no, name, place, bud) in enumerate(ROWS, 1)))

@unseen(THREE)
def a_column_a_project() -> str:
    return page("<table><tr><th></th><th>Project 1</th><th>Project 2</th><th>Project 3</th></tr>" + "".join(f"<tr><th>{name}</th>{''.join(f'<td>{row[at]}</td>' for row in ROWS)}</tr>" for at, name in enumerate(HEADS)) + "</table>")

@unseen(THREE)
def the_head_above_each_row() -> str:
    return page("<table border=1>" + "".join(trs("|".join(HEADS), "th") + trs("|".join(row)) for row in ROWS) + "</table>")

@unseen(THREE)
def labels_of_all_projects_in_one_table() -> str:
    return page("<table>" + "".join("".join(f"<tr><td>{name}</td><td>{text}</td></tr>" for name, text in zip(HEADS, row, strict=True)) + "<tr><td colspan=2>&nbsp;</td></tr>" for row in ROWS) + "</table>")

@unseen(THREE)
def terms_of_all_projects_in_one_list() -> str:
    return page("<dl>" + "".join("".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in zip(HEADS, row, strict=True)) for row in ROWS) + "</dl>")

@unseen(THREE)
def bars_in_plain_text() -> str:
    return page("<pre>" + "\n".join(["| " + " | ".join(HEADS) + " |", "|---|---|---|---|", *("| " + " | ".join(row) + " |" for row in ROWS)]) + "</pre>")

@unseen(THREE)
def commas_in_plain_text() -> str:
    return page("<pre>" + "\n".join([",".join(HEADS), *(",".join(f'"{text}"' for text in row) for row in ROWS)]) + "</pre>")

@unseen(THREE)
def texts_in_boxes() -> str:
    return page("<form><table>" + trs("|".join(HEADS), "th") + "".join(f"<tr><td>{no}</td><td><input type=text name=n value='{name}'></td><td><select><option>Bushbuckridge (MP325)</option><option selected>{place}</option></select></td><td><input value='{bud}'></td></tr>" for no, name, place, bud in ROWS) + "</table></form>")

@unseen(THREE)
def the_name_across_above_its_row() -> str:
    return page("<table border=1>" + trs("Project No|Municipality|Budget", "th") + "".join(f"<tr><td colspan=3><b>Project Name: {name}</b></td></tr><tr><td>{no}</td><td>{place}</td><td>{bud}</td></tr>" for no, name, place, bud in ROWS) + "</table>")

@unseen(THREE)
def narrow_spaces_and_cents() -> str:
    return page(table("|".join(HEADS), "\n".join("|".join((*row[:3], row[3].replace(" ", "\u202f").replace("R", "R\u00a0") + ",00")) for row in ROWS)))

@unseen(THREE)
def amounts_with_a_remark_on_tax() -> str:
    return page(table("|".join(HEADS), "\n".join("|".join(row) + " (excl. VAT)" for row in ROWS)))

@unseen(THREE)
def linked_data_beside_a_table() -> str:
    items = [{"@type": "Project", "identifier": row[0], "name": row[1]} for row in ROWS]
    return listed().replace("<nav>", f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items})}</script><nav>')

@unseen(THREE)
def blank_columns_and_merged_titles() -> str:
    return page("<table border=0><tr><td colspan=9 align=center><b>NKOMAZI LOCAL MUNICIPALITY</b></td></tr><tr><td colspan=9>Capital projects as at 31/12/2025</td></tr><tr><td></td></tr>" + trs("|<b>Project No</b>||<b>Project Name</b>||<b>Municipality</b>|||<b>Budget</b>") + "".join(trs(f"|{a}||{b}||{c}|||{d}") for a, b, c, d in ROWS) + trs("|||||||<b>Total</b>|<b>R90 000 000</b>") + "<tr><td colspan=9>Compiled by: T. Nkosi</td></tr></table>")

@unseen(THREE.replace("budget", "budget|start_date|completion_date").replace("45000000", "45000000|2025-03-01|2026-11-30").replace("12000000", "12000000|2025-07-14|2026-01-31").replace("33000000", "33000000|2024-02-05|2027-06-30"))
def from_and_to_in_one_cell() -> str:
    return listed("01/03/2025 – 30/11/2026", "14/07/2025 – 31/01/2026", "05/02/2024 – 30/06/2027", heads="Start – Completion")

@unseen("external_id|name|municipality|budget|status|progress_percentage\nBA-101|Tonga Bulk|MP324|45000000|construction|62\nBA-102|Naas Reservoir|MP324|12000000|tender|0\nBA-103|Block C WTW|MP324|33000000|completed|100")
def bars_and_badges() -> str:
    def more(status: str, share: int) -> str:
        return f'<span class="badge badge-pill">{status}</span>|<div class="progress"><div class="progress-bar" role="progressbar" style="width: {share}%" aria-valuenow="{share}" aria-valuemin="0" aria-valuemax="100"></div></div>'

    return listed(more("Construction", 62), more("Tender", 0), more("Completed", 100), heads="Status|Progress")

@unseen("external_id|name|municipality|budget|expenditure|status\nBD-101|Tonga Bulk|MP324|45000000|12500000|construction\nBD-102|Naas Reservoir|MP324|12000000|0|tender\nBD-103|Block C WTW|MP324|33000000|33000000|completed")
def cards_of_two_metrics() -> str:
    def one(no: str, name: str, bud: str, spent: str, status: str) -> str:
        return f'<div class="col-md-4"><div class="card h-100"><div class="card-header">{name} <span class="badge bg-info">{status}</span></div><div class="card-body"><div class="small text-muted">{no} · {PLACE}</div><div class="row"><div class="col"><div class="metric">{bud}</div><div class="metric-label">Budget</div></div><div class="col"><div class="metric">{spent}</div><div class="metric-label">Expenditure</div></div></div></div></div></div>'

    return page('<div class="row">' + one("BD-101", "Tonga Bulk", "R45m", "R12.5m", "Construction") + one("BD-102", "Naas Reservoir", "R12m", "R0", "Tender") + one("BD-103", "Block C WTW", "R33m", "R33m", "Completed") + "</div>")
