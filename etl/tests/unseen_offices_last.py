"""Pages of offices that were written after the others had been mended. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_offices import HEADS, ROWS, THREE, doc, listed, nobudget, truth
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("")
def search_by_postback() -> str:
    return doc("<form method=post action='./search.aspx'><input type=hidden name=__VIEWSTATE value=x><fieldset><legend>Search criteria</legend><div><label>Project Name:</label><input type=text name=n value='%'></div><div><label>Municipality:</label><select name=m><option value=0>(All)</option><option selected>uMngeni (KZN222)</option></select></div><div><label>Status:</label><select name=s><option selected>Construction</option></select></div><div><label>Budget between:</label><input name=a value='0'> and <input name=b value='999999999'></div><input type=submit value='Search'></fieldset></form>")

@unseen(THREE)
def search_above_its_results() -> str:
    return doc("<form action='find' method=get><table><tr><td>Project Name</td><td><input name=q value='Link'></td></tr><tr><td>Budget</td><td><input name=b value='R1 000 000'></td></tr><tr><td colspan=2><input type=submit value=Find></td></tr></table>" + table(HEADS, "\n".join("|".join(row) for row in ROWS)) + "</form>")

@unseen("external_id|name|municipality|budget|status\nKZ-401|Lidgetton Link Main|KZN222|45000000|construction")
def record_in_boxes_that_can_be_changed() -> str:
    pairs = (("Project No", "KZ-401"), ("Project Name", "Lidgetton Link Main"), ("Municipality", "uMngeni (KZN222)"), ("Budget", "R45 000 000"), ("Status", "Construction"))
    return doc("<form method=post>" + "".join(f"<div class=form-group><label>{k}</label><input class=form-control value='{v}'></div>" for k, v in pairs) + "<button>Save</button></form>")

@unseen(truth("status", "construction", "design", "completed"))
def rows_in_tables_below_a_head_table() -> str:
    rows = "".join(f"<div class=row-wrap><table cellspacing=0>{trs('|'.join((*row, state)))}</table></div>" for row, state in zip(ROWS, ("Construction", "Design", "Completed"), strict=True))
    return doc(f"<div class=head><table>{trs(HEADS + '|Status', 'th')}</table></div><div class=body><div class=scroller>{rows}</div></div>")

@unseen("name|municipality|budget\nLidgetton Link Main|KZN222|45000000\nKarkloof Reservoir|KZN222|12500000\nRosetta Package Plant|KZN223|33000000")
def cards_that_are_tables_of_one_row() -> str:
    return doc("".join(f"<div class=item><table><tr><td><img src=p.png alt=''></td><td><h4>{b}</h4></td><td><b>Municipality:</b> {c}</td><td><b>Budget:</b> {d}</td></tr></table></div>" for _, b, c, d in ROWS))

@unseen(THREE + "\n-|Balgowan Spring Protection|-|2000000")
def a_late_project_below_a_subtotal() -> str:
    first, second, third = ("|".join(row) for row in ROWS)
    return doc(table(HEADS, f"{first}\n{second}\n|Subtotal||R57 500 000\n{third}\n|Balgowan Spring Protection||R2 000 000\n|Total||R92 500 000"))

@unseen(truth("expenditure", "1234567.89", "250500", "0"))
def quotes_of_two_kinds() -> str:
    return doc(listed("Expenditure", "R1’234’567.89", "R250'500", "R0"))

@unseen(nobudget("budget", "45500000", "12000000", "33250000"))
def quotes_below_thousands() -> str:
    return doc(listed("Budget (R'000)", "45'500", "12'000", "33'250", cut=3))

@unseen(THREE)
def names_with_links_in_brackets() -> str:
    rows = "".join(f"<tr><td>{a}</td><td>{b} <a href='#map'>[map]</a></td><td>{c}</td><td>{d} <a href='#n{n}'>[{n}]</a></td></tr>" for n, (a, b, c, d) in enumerate(ROWS, 1))
    return doc(f"<table>{trs(HEADS, 'th')}{rows}</table><p id=n1>[1] Estimate</p>")

@unseen(truth("contractor", "Alpha Civils", "Beta Pumps", "-"))
def tender_register_with_bid_and_award() -> str:
    return doc(listed("Highest Bid|Contractor|Tender Closing Date|Bids received", "R61 000 000|Alpha Civils|2025-02-14|11", "R19 000 000|Beta Pumps|2025-03-14|7", "R40 000 000|To be appointed|2026-09-30|-"))

@unseen(truth("progress_percentage", "45", "10", "100"))
def last_quarter_beside_this_quarter() -> str:
    return doc(listed("Progress last quarter|Progress|Change", "40%|45%|+5", "10%|10%|0", "85%|100%|+15"))

@unseen(THREE)
def amounts_after_and_before_tax() -> str:
    return doc(listed("VAT (15%)|Penalties|Retention held", "R5 869 565|R0|R2 000 000", "R1 630 435|R12 000|R600 000", "R4 304 348|R0|R1 650 000"))
