"""Lists of projects beside what else their systems show: awards, invoices, years, groups, pinned columns. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs

PLACE = "Nkomazi (MP324)"


@unseen("""
external_id|name|municipality|budget|status
CA-101|Regional Bulk Scheme: Driekoppies to Schoemansdal|MP324|45000000|construction
CA-102|Naas Reservoir|MP324|12000000|tender
CA-103|Replacement of asbestos cement pipes in Komatipoort town|MP324|33000000|completed
""")
def pdf_head_over_two_lines() -> str:
    x = (40, 120, 330, 480, 590)
    L = [
        (100, ("Project", "Project Name", "Local", "Budget", "Status")),
        (113, ("No", "", "Municipality", "(R million)", "")),
        (140, ("CA-101", "Regional Bulk Scheme:", PLACE, "45.0", "Construction")),
        (153, ("", "Driekoppies to Schoemansdal", "", "", "")),
        (175, ("CA-102", "Naas Reservoir", PLACE, "12.0", "Tender")),
        (197, ("CA-103", "Replacement of asbestos", PLACE, "33.0", "Completed")),
        (210, ("", "cement pipes in Komatipoort", "", "", "")),
        (223, ("", "town", "", "", "")),
    ]
    t = "".join(
        f'<p style="position:absolute;top:{y}px;left:{x[i]}px;white-space:nowrap" class="ft01">{c}</p>'
        for y, cells in L
        for i, c in enumerate(cells)
        if c
    )
    return f'<html><body><div id="page1-div" style="position:relative;width:892px;height:1263px;">{t}</div></body></html>'


@unseen("""
external_id|name|municipality|budget|expenditure
CB-101|Tonga Bulk|MP324|45000000|12000000
CB-102|Naas Reservoir|MP324|12000000|11000000
CB-103|Hectorspruit Sewer|MP324|33000000|0
CB-201|Barberton WTW|MP326|8000000|8000000
""")
def gridview_with_nested_grids() -> str:
    def row(n: int, c: tuple[str, ...], inner: str) -> str:
        return (
            f'<tr class="r{n % 2}"><td><a href="javascript:divexpand(\'div{n}\');"><img id="imgdiv{n}" src="plus.png" border="0"/></a></td>'
            + "".join(f"<td>{t}</td>" for t in c)
            + f'</tr><tr><td colspan="100%"><div id="div{n}" style="display: none; position: relative; left: 15px; overflow: auto"><div><table cellspacing="0" rules="all" border="1" id="GridView1_gvChild_{n}" style="border-collapse:collapse;">{trs("Invoice No|Date|Amount", "th")}{trs(inner)}</table></div></div></td></tr>'
        )

    return page(
        '<table id="GridView1" rules="all" border="1">'
        + trs("&nbsp;|Project No|Project Name|Municipality|Budget|Expenditure", "th")
        + row(
            0,
            ("CB-101", "Tonga Bulk", PLACE, "R45 000 000", "R12 000 000"),
            "INV1|2025/01/01|R5 000 000\nINV2|2025/02/01|R7 000 000",
        )
        + row(
            1,
            ("CB-102", "Naas Reservoir", PLACE, "R12 000 000", "R11 000 000"),
            "INV7|2025/01/09|R11 000 000",
        )
        + row(2, ("CB-103", "Hectorspruit Sewer", PLACE, "R33 000 000", "R0"), "No data||")
        + row(
            3,
            ("CB-201", "Barberton WTW", "City of Mbombela (MP326)", "R8 000 000", "R8 000 000"),
            "INV9|2025/01/09|R8 000 000",
        )
        + "</table>"
    )


@unseen("""
external_id|name|municipality|budget|contractor
CC-101|Tonga Bulk|MP324|45000000|Alpha Civils
CC-102|Naas Reservoir|MP324|12000000|Beta JV
CC-103|Hectorspruit Sewer|MP324|33000000|Gamma
""")
def tender_awards_with_project() -> str:
    return page(
        table(
            "Bid No|Project No|Project Name|Municipality|Successful bidder|Bid price|Project Budget|Contractor|Closing date|Award date",
            f"B1/25|CC-101|Tonga Bulk|{PLACE}|Alpha Civils|R41 000 000|R45 000 000|Alpha Civils|2025-01-31|2025-03-31\nB2/25|CC-102|Naas Reservoir|{PLACE}|Beta JV|R11 500 000|R12 000 000|Beta JV|2025-01-31|2025-03-31\nB3/25|CC-103|Hectorspruit Sewer|{PLACE}|Gamma|R30 000 000|R33 000 000|Gamma|2025-01-31|2025-03-31",
        )
    )


@unseen("""
external_id|name|municipality|budget
CD-101|Tonga Bulk|MP324|-
CD-102|Naas Reservoir|MP324|-
CD-103|Hectorspruit Sewer|MP324|-
""")
def tender_value_only() -> str:
    return page(
        table(
            "Project No|Project Name|Municipality|Tender Value|Retention|VAT",
            f"CD-101|Tonga Bulk|{PLACE}|R41 000 000|R4 100 000|R6 150 000\nCD-102|Naas Reservoir|{PLACE}|R11 500 000|R1 150 000|R1 700 000\nCD-103|Hectorspruit Sewer|{PLACE}|R30 000 000|R3 000 000|R4 500 000",
        )
    )


@unseen("""
name|municipality|budget
Construction of 5 boreholes, Ward 1|LIM331|-
Extension of Dzumeri line|LIM331|-
Refurbish Giyani WTW|LIM331|-
""")
def idp_by_ward_years() -> str:
    return page(
        "<h3>Greater Giyani Municipality (LIM331): water projects</h3><table border=1>"
        + trs("Ward|Project Name|Municipality|2025/26|2026/27|2027/28|Source", "th")
        + "<tr><td colspan=7><b>WARD 1</b></td></tr>"
        + trs("1|Construction of 5 boreholes, Ward 1|Greater Giyani (LIM331)|R1 000 000|R0|R0|MIG")
        + "<tr><td colspan=7><b>WARD 2</b></td></tr>"
        + trs(
            "2|Extension of Dzumeri line|Greater Giyani (LIM331)|R3 000 000|R3 000 000|R0|WSIG\n2|Refurbish Giyani WTW|Greater Giyani (LIM331)|R0|R9 000 000|R20 000 000|RBIG"
        )
        + "</table>"
    )


@unseen("""
external_id|name|municipality|status|budget
CE-101|Tonga Bulk|MP324|construction|45000000
CE-102|Naas Reservoir|MP324|tender|12000000
CE-103|Hectorspruit Sewer|MP324|completed|33000000
""")
def aggrid_pinned() -> str:
    """ag-Grid: pinned columns in a container of their own, rows matched by row-index."""
    rows = [
        ("CE-101", "Tonga Bulk", PLACE, "Construction", "R45,000,000"),
        ("CE-102", "Naas Reservoir", PLACE, "Tender", "R12,000,000"),
        ("CE-103", "Hectorspruit Sewer", PLACE, "Completed", "R33,000,000"),
    ]
    h = ("Project No", "Project Name", "Municipality", "Status", "Budget")
    ids = ("no", "name", "muni", "status", "bud")

    def hd(r: list[int]) -> str:
        return (
            '<div class="ag-header-row" role="row" aria-rowindex="1">'
            + "".join(
                f'<div class="ag-header-cell" role="columnheader" col-id="{ids[i]}" aria-colindex="{i + 1}"><div class="ag-header-cell-label"><span class="ag-header-cell-text">{h[i]}</span></div></div>'
                for i in r
            )
            + "</div>"
        )

    def bd(r: list[int]) -> str:
        return "".join(
            f'<div role="row" row-index="{n}" row-id="{n}" aria-rowindex="{n + 2}" class="ag-row">'
            + "".join(
                f'<div role="gridcell" col-id="{ids[i]}" aria-colindex="{i + 1}" class="ag-cell">{c[i]}</div>'
                for i in r
            )
            + "</div>"
            for n, c in enumerate(rows)
        )

    return page(
        f'<div class="ag-root" role="treegrid" aria-rowcount="4" aria-colcount="5"><div class="ag-header"><div class="ag-pinned-left-header">{hd([0, 1])}</div><div class="ag-header-viewport">{hd([2, 3, 4])}</div></div><div class="ag-body-viewport"><div class="ag-pinned-left-cols-container">{bd([0, 1])}</div><div class="ag-center-cols-container">{bd([2, 3, 4])}</div></div></div>'
    )


@unseen("""
external_id|name|municipality|budget|progress_percentage|start_date|completion_date
CF-0012|Mandlazini Reticulation|KZN282|88000000|55|2024-04-15|2026-08-31
""")
def own_page_tabs_and_financing() -> str:
    return page(
        '<h1>Mandlazini Reticulation</h1><ul class="nav nav-tabs"><li>Overview</li><li>Finance</li></ul><div class="tab-pane active"><table class="table"><tr><th>Project ID</th><td>CF-0012</td></tr><tr><th>Project Name</th><td>Mandlazini Reticulation</td></tr><tr><th>Municipality</th><td>uMhlathuze (KZN282)</td></tr><tr><th>Total project cost</th><td>R 88 000 000.00</td></tr><tr><th>Start date</th><td>15 Apr 2024</td></tr><tr><th>End date</th><td>31 Aug 2026</td></tr><tr><th>Physical progress</th><td>55%</td></tr></table></div><div class="tab-pane"><h3>Funding by year</h3>'
        + table(
            "Year|Budget|Expenditure",
            "2024/25|R30 000 000|R28 000 000\n2025/26|R40 000 000|R12 000 000\n2026/27|R18 000 000|R0",
        )
        + '</div><h3>Other projects in uMhlathuze</h3><ul><li><a href="/project/1">Esikhaleni Sewer</a></li><li><a href="/project/2">Nseleni Tank</a></li></ul>'
    )


@unseen("""
external_id|name|municipality|budget|status
CG-101|Tonga Bulk|MP324|45000000|construction
CG-102|Naas Reservoir|MP324|12000000|tender
CG-103|Hectorspruit Sewer|MP324|33000000|completed
""")
def kendo_listview_template() -> str:
    def o(a: str, b: str, c: str, d: str) -> str:
        return f'<div class="k-card project" role="listitem" data-uid="x"><div class="k-card-header"><h5 class="k-card-title">{b}</h5><h6 class="k-card-subtitle">Project No. {a}</h6></div><div class="k-card-body"><p><span class="k-icon k-i-marker"></span> {PLACE}</p><table><tr><td>Budget</td><td>{c}</td></tr><tr><td>Status</td><td>{d}</td></tr></table></div></div>'

    return page(
        '<div class="k-listview" role="list"><div class="k-listview-content">'
        + o("CG-101", "Tonga Bulk", "R45,000,000.00", "Construction")
        + o("CG-102", "Naas Reservoir", "R12,000,000.00", "Tender")
        + o("CG-103", "Hectorspruit Sewer", "R33,000,000.00", "Completed")
        + "</div></div>"
    )


@unseen("""
external_id|name|municipality|budget|expenditure
CH-101|Tonga Bulk|MP324|45000000|12000000
CH-102|Naas Reservoir|MP324|12000000|11000000
CH-103|Hectorspruit Sewer|MP324|33000000|-
""")
def amounts_in_thousands_by_a_sentence() -> str:
    return page(
        "<p>Amounts in thousands of rand</p>"
        + table(
            "Project No|Project Name|Municipality|Budget|Expenditure|Variance",
            f"CH-101|Tonga Bulk|{PLACE}|45 000|12 000|33 000\nCH-102|Naas Reservoir|{PLACE}|12 000|11 000|1 000\nCH-103|Hectorspruit Sewer|{PLACE}|33 000|-|33 000\nTotal|||90 000|23 000|67 000",
        ).replace("33 000|-|", "33 000|0|")
    )


@unseen("""
external_id|name|municipality|budget|completion_date
CI-101|Tonga Bulk|MP324|45000000|2026-11-30
CI-102|Naas Reservoir|MP324|12000000|2026-02-28
CI-103|Hectorspruit Sewer|MP324|33000000|2025-12-31
""")
def email_newsletter() -> str:
    def o(a: str, b: str, c: str, d: str) -> str:
        return f'<table role="presentation" width="100%"><tr><td style="padding:20px"><h2 style="margin:0">{b}</h2><p style="margin:0"><strong>Project number:</strong> {a}<br><strong>Municipality:</strong> {PLACE}<br><strong>Budget:</strong> {c}<br><strong>Completion date:</strong> {d}</p><table role="presentation"><tr><td bgcolor="#0a0"><a href="https://x.gov.za/project/{a}">Read more</a></td></tr></table></td></tr></table>'

    return page(
        '<table role="presentation" width="600"><tr><td>'
        + o("CI-101", "Tonga Bulk", "R45 million", "30 November 2026")
        + o("CI-102", "Naas Reservoir", "R12 million", "28 February 2026")
        + o("CI-103", "Hectorspruit Sewer", "R33 million", "31 December 2025")
        + "</td></tr></table>"
    )


@unseen("""
external_id|name|municipality|budget|status
CJ-101|Tonga Bulk|MP324|45000000|construction
CJ-102|Naas Reservoir|MP324|12000000|tender
CJ-103|Hectorspruit Sewer|MP324|33000000|completed
CJ-104|Block C|MP324|7000000|completed
""")
def treelist_status_levels() -> str:
    def g(t: str, n: int) -> str:
        return f'<tr class="rtlR"><td class="rtlL"><input type="button" class="rtlCollapse"/></td><td colspan="4" class="rtlCF">{t} ({n})</td></tr>'

    def r(c: tuple[str, ...]) -> str:
        return '<tr class="rtlR"><td class="rtlL"></td>' + "".join(f"<td>{t}</td>" for t in c) + "</tr>"

    return page(
        '<div class="RadTreeList"><table class="rtlTable"><thead><tr><th class="rtlHeader"></th><th>Project No</th><th>Project Name</th><th>Municipality</th><th>Budget</th></tr></thead><tbody>'
        + g("Construction", 1)
        + r(("CJ-101", "Tonga Bulk", PLACE, "R45 000 000"))
        + g("Tender", 1)
        + r(("CJ-102", "Naas Reservoir", PLACE, "R12 000 000"))
        + g("Completed", 2)
        + r(("CJ-103", "Hectorspruit Sewer", PLACE, "R33 000 000"))
        + r(("CJ-104", "Block C", PLACE, "R7 000 000"))
        + "</tbody></table></div>"
    )


@unseen("""
external_id|name|municipality|budget
CK-101|Tonga Bulk|MP324|45000000
CK-102|Naas Reservoir|MP324|12000000
CK-103|Hectorspruit Sewer|MP324|33000000
""")
def sheet_hidden_columns_and_rowspan() -> str:
    return page(
        '<table border=0><col width=64><col width=0 style="display:none"><col width=100><tr><td class=xl65>Municipality</td><td class=xl65 style="display:none">Key</td><td class=xl65>Project No</td><td class=xl65>Project Name</td><td class=xl65>Budget</td></tr>'
        + f'<tr><td rowspan=3 class=xl66>{PLACE}</td><td style="display:none">1</td><td>CK-101</td><td>Tonga Bulk</td><td align=right>R 45 000 000</td></tr><tr><td style="display:none">2</td><td>CK-102</td><td>Naas Reservoir</td><td align=right>R 12 000 000</td></tr><tr><td style="display:none">3</td><td>CK-103</td><td>Hectorspruit Sewer</td><td align=right>R 33 000 000</td></tr></table>'
    )


@unseen("")
def grants_dora() -> str:
    return page(
        "<h2>Schedule 5, Part B: conditional grants</h2>"
        + table(
            "Number|Municipality|2025/26 (R'000)|2026/27 (R'000)|2027/28 (R'000)|Status",
            "B LIM331|Greater Giyani (LIM331)|71 002|74 000|77 350|Gazetted\nB LIM332|Greater Letaba (LIM332)|65 100|68 000|71 000|Gazetted\nC DC33|Mopani (DC33)|510 000|533 000|560 000|Gazetted",
        )
    )


@unseen("")
def vacancies_projects() -> str:
    return page(
        "<h2>Expanded public works: participants</h2>"
        + table(
            "Participant No|Name|Municipality|Project|Start date|End date|Daily wage",
            "001|T Nkuna|Greater Giyani (LIM331)|Working for Water|2025-04-01|2026-03-31|R120\n002|S Maluleke|Greater Giyani (LIM331)|Working for Water|2025-04-01|2026-03-31|R120\n003|P Chauke|Greater Giyani (LIM331)|Leak repair|2025-04-01|2026-03-31|R150",
        )
    )


@unseen("")
def committee_calendar() -> str:
    return page(
        "<h2>Meetings</h2>"
        + table(
            "No|Meeting|Municipality|Venue|Start date|End date|Status",
            "1|Project Steering Committee: Tonga|Nkomazi (MP324)|Tonga Hall|2026-02-01 10:00|2026-02-01 12:00|Completed\n2|Project Steering Committee: Naas|Nkomazi (MP324)|Naas Hall|2026-02-03 10:00|2026-02-03 12:00|Planned\n3|Council|Nkomazi (MP324)|Malelane|2026-02-05|2026-02-05|Planned",
        )
    )
