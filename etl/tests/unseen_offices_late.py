"""More pages of offices: figures beside the one that is meant. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_offices import HEADS, ROWS, THREE, doc, listed, nobudget, truth
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("external_id|name\nP177204|Lidgetton Water Security Project")
def bank_project_in_dollars() -> str:
    pairs = (("Project ID", "P177204"), ("Project Name", "Lidgetton Water Security Project"), ("Team Leader", "J. Doe"), ("Borrower", "Republic of South Africa"), ("Total Project Cost", "US$ 45.00 million"), ("Commitment Amount", "US$ 30.00 million"), ("Environmental Category", "B"), ("Last Update", "March 3, 2026"))
    return doc("<h1>Lidgetton Water Security Project</h1><ul class=project-details>" + "".join(f"<li><label>{k}</label><p>{v}</p></li>" for k, v in pairs) + "</ul>")

@unseen(nobudget("budget", "60000000", "15000000", "40000000"))
def shares_of_the_cost() -> str:
    return doc(listed("Total Project Cost|RBIG Share|Counter Funding", "R60 000 000|R45 000 000|R15 000 000", "R15 000 000|R12 500 000|R2 500 000", "R40 000 000|R33 000 000|R7 000 000", cut=3))

@unseen(THREE)
def quarters_and_the_year_to_date() -> str:
    return doc(listed("Q1 Actual|Q2 Actual|Year to date Actual|% of annual target", "R2 000 000|R3 000 000|R5 000 000|40%", "R1 000 000|R1 000 000|R2 000 000|25%", "R0|R4 000 000|R4 000 000|80%"))

@unseen(THREE)
def sums_called_in_odd_ways() -> str:
    first, second, third = ("|".join(row) for row in ROWS)
    return doc(table(HEADS, f"{first}\n{second}\n|Sum for uMngeni||R57 500 000\n{third}\n|Mpofana altogether||R33 000 000\n|Grand Tot.||R90 500 000\n|of the allocation||100%"))

@unseen("external_id|name|municipality|budget|status\nKZ-401|Lidgetton Link Main|KZN222|45000000|construction")
def cost_breakdown_on_its_own_page() -> str:
    return doc("<h1>Lidgetton Link Main</h1>" + table("", "Project No|KZ-401\nProject Name|Lidgetton Link Main\nMunicipality|uMngeni (KZN222)\nBudget|R45 000 000\nStatus|Construction") + "<h2>Cost breakdown</h2>" + table("Item|Description|Amount", "1|Civil works|R30 000 000\n2|Mechanical|R6 000 000\n3|Contingencies (10%)|R3 130 435\n4|VAT (15%)|R5 869 565\n|Total|R45 000 000"))

@unseen(truth("completion_date", "2027-06-30", "2028-03-31", "2026-09-30"))
def original_and_revised_dates() -> str:
    return doc(listed("Original Completion Date|Revised Completion Date", "31 December 2026|30 June 2027", "30 September 2027|31 March 2028", "30 June 2026|30 September 2026"))

@unseen(nobudget("budget", "45000000", "12500000", "33000000"))
def unit_chosen_in_a_select() -> str:
    return doc("<label>Show amounts in <select><option>Rand</option><option>R'000</option><option selected>R million</option></select></label>" + listed("Budget|Population served (thousands)", "45.0|18", "12.5|7", "33.0|22", cut=3))

@unseen(truth("start_date", "2025-03-14", "-", "-"))
def dates_that_nobody_entered() -> str:
    return doc(listed("Start Date|Actual Finish", "2025/03/14|0001/01/01", "1900/01/00|1900/01/01", "0000/00/00|9999/12/31"))

@unseen(THREE)
def a_box_of_recent_changes() -> str:
    return doc("<aside><h3>Recently updated</h3><ul><li><a href='?id=1'>Lidgetton Link Main</a> Budget changed from R40 000 000 to R45 000 000 <i>2 days ago</i></li><li><a href='?id=2'>Karkloof Reservoir</a> Budget changed from R10 000 000 to R12 500 000 <i>9 days ago</i></li></ul></aside>" + table(HEADS, "\n".join("|".join(row) for row in ROWS)))

@unseen(truth("progress_percentage", "45", "10", "100"))
def target_and_actual_in_one_cell() -> str:
    return doc(listed("Progress (target / actual)", "60% / 45%", "20% / 10%", "100% / 100%"))

@unseen(THREE)
def contacts_below_the_list() -> str:
    return doc(table(HEADS, "\n".join("|".join(row) for row in ROWS)) + "<h3>Project managers</h3>" + table("Name|Municipality|Region|Tel", "Ms N. Dlamini|uMngeni (KZN222)|Midlands|033 555 0101\nMr P. Naidoo|Mpofana (KZN223)|Midlands|033 555 0102\nMs T. Zulu|uMngeni (KZN222)|Coast|031 555 0103"))

@unseen(truth("expenditure", "20000000", "7000000", "31000000"))
def variance_in_brackets() -> str:
    return doc(listed("Expenditure|Variance", "R20 000 000|(R25 000 000)", "R7 000 000|(R5 500 000)", "R31 000 000|(R2 000 000)"))

@unseen(THREE)
def wide_cards_and_a_table_for_small_screens() -> str:
    cards = "".join(f'<div class="card h-100"><div class=card-header>{a}</div><div class=card-body><h5 class=card-title>{b}</h5><p><b>Municipality:</b> {c}</p><p><b>Budget:</b> {d}</p></div></div>' for a, b, c, d in ROWS)
    rows = "".join("<tr>" + "".join(f'<td data-label="{h}">{x}</td>' for h, x in zip(HEADS.split("|"), row, strict=True)) + "</tr>" for row in ROWS)
    return doc(f'<div class="d-none d-md-block row">{cards}</div><div class="d-md-none"><table><thead>{trs(HEADS, "th")}</thead>{rows}</table></div>')
