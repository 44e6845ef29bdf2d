"""Pages of offices: controls, sheets and reports as they are saved, and lists that tempt. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_tables import table, trs

HEADS = "Project No|Project Name|Municipality|Budget"
ROWS = (
    ("KZ-401", "Lidgetton Link Main", "uMngeni (KZN222)", "R45 000 000"),
    ("KZ-402", "Karkloof Reservoir", "uMngeni (KZN222)", "R12 500 000"),
    ("KZ-403", "Rosetta Package Plant", "Mpofana (KZN223)", "R33 000 000"),
)
THREE = """external_id|name|municipality|budget
KZ-401|Lidgetton Link Main|KZN222|45000000
KZ-402|Karkloof Reservoir|KZN222|12500000
KZ-403|Rosetta Package Plant|KZN223|33000000"""


def truth(heads: str = "", *more: str) -> str:
    """What stands on all of these lists, and what this one has more."""
    lines = THREE.splitlines()
    return "\n".join(f"{one}|{extra}" for one, extra in zip(lines, (heads, *more), strict=True))


def nobudget(heads: str, *more: str) -> str:
    lines = [line.rsplit("|", 1)[0] for line in THREE.splitlines()]
    return "\n".join(f"{one}|{extra}" for one, extra in zip(lines, (heads, *more), strict=True))


def doc(body: str, title: str = "Water projects") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def listed(heads: str, *more: str, rows: tuple[tuple[str, ...], ...] = ROWS, cut: int = 4) -> str:
    """The list with columns more; of its own columns the first ones."""
    body = "\n".join(f"{'|'.join(row[:cut])}|{extra}" for row, extra in zip(rows, more, strict=True))
    return table("|".join(HEADS.split("|")[:cut]) + f"|{heads}", body)


# fmt: off
@unseen(truth("status", "construction", "design", "completed"))
def attribute_table_of_a_map() -> str:
    heads = "OBJECTID|Project No|Project Name|Municipality|Budget|Status|Shape__Length|GlobalID"
    rows = [f"{n}|{'|'.join(row)}|{state}|{n * 10431.25}|{{8A1F-00{n}C}}" for n, row, state in zip((17, 18, 22), ROWS, ("Construction", "Design", "Completed"), strict=True)]
    return doc("<div class=esriAttributeTable><span class=title>Features: 3, Selected: 0</span><div role=grid><table class=dgrid-row-table role=presentation><tr>" + "".join(f"<th class='dgrid-cell' role=columnheader><div class=dgrid-resize-header-container>{one}<div class=dgrid-resize-handle></div></div></th>" for one in heads.split("|")) + "</tr></table>" + "".join(f"<div class=dgrid-row role=row><table class=dgrid-row-table role=presentation>{trs(row)}</table></div>" for row in rows) + "</div></div>")

@unseen(truth("expenditure", "12000000", "2500000", "33000000"))
def business_report_export_with_filters() -> str:
    return doc(table("Project No|Project Name|Municipality|Sum of Budget|Sum of Expenditure", "\n".join(f"{'|'.join(row)}|{spent}" for row, spent in zip(ROWS, ("R12 000 000", "R2 500 000", "R33 000 000"), strict=True)) + "\nTotal|||R90 500 000|R47 500 000") + "<p>Applied filters:<br>Financial Year is 2025/26<br>Status is not Cancelled<br>Budget is greater than R1 000 000</p>")

@unseen("external_id|name|municipality|budget|status|start_date\nKZ-401|Lidgetton Link Main|KZN222|45000000|construction|2025-03-14")
def display_form_of_a_list() -> str:
    pairs = (("Project No", "KZ-401"), ("Project Name", "Lidgetton Link Main"), ("Municipality", "uMngeni (KZN222)"), ("Budget", "R45 000 000,00"), ("Status", "Construction"), ("Start Date", "2025/03/14"), ("Attachments", "Minutes 3.pdf"))
    return doc("<table class=ms-formtable>" + "".join(f"<tr><td class=ms-formlabel nowrap><h3 class=ms-standardheader><a name='SPBookmark_{k}'></a>{k}</h3></td><td class=ms-formbody id=SPFieldText>{v}</td></tr>" for k, v in pairs) + "</table><table><tr><td class=ms-descriptiontext>Content Type: Item</td></tr><tr><td>Created at 2024/11/02 09:12 by <a>Z. Mkhize</a></td></tr><tr><td>Last modified at 2026/01/20 15:40 by <a>System Account</a></td></tr></table>", "Projects - Lidgetton Link Main")

@unseen(THREE)
def report_laid_out_by_points() -> str:
    def at(x: int, y: int, text: str) -> str:
        return f'<div style="position:absolute;top:{y}px;left:{x}px;width:140px;height:16px"><span class="fc1">{text}</span></div>'
    lines = [HEADS.split("|"), *ROWS]
    return doc('<div id="CrystalViewercontentelement">' + at(300, 10, "Capital Projects Register") + "".join(at(20 + 150 * x, 60 + 20 * y, text) for y, line in enumerate(lines) for x, text in enumerate(line)) + at(20, 160, "Grand Total:") + at(470, 160, "R90 500 000") + at(20, 200, "Page 1 of 1") + "</div>")

@unseen(truth("expenditure", "12000250.5", "2500000", "0"))
def sheet_with_numbers_behind_its_figures() -> str:
    rows = "".join(f"<tr height=20 style='height:15.0pt'><td class=xl66 x:str>{no}</td><td class=xl66 colspan=2 style='mso-ignore:colspan'>{name}</td><td class=xl66>{place}</td><td class=xl67 align=right x:num=\"{full}\">{shown}</td><td class=xl67 align=right x:num=\"{spent}\">{text}</td></tr>" for (no, name, place, _), full, shown, spent, text in zip(ROWS, (45000000, 12500000, 33000000), ("45 000 000.00", "12 500 000.00", "33 000 000.00"), (12000250.5, 2500000, 0), ("12 000 250.50", "2 500 000.00", "-   "), strict=True))
    return '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table x:str border=0 cellpadding=0><col width=64 style="mso-width-source:userset"><tr><td colspan=6 class=xl70>PROJECT LIST 2025/26</td></tr><tr></tr><tr><td class=xl65>Project No</td><td class=xl65 colspan=2>Project Name</td><td class=xl65>Municipality</td><td class=xl65>Budget (R)</td><td class=xl65>Expenditure (R)</td></tr>' + rows + '<tr><td colspan=4>TOTAAL</td><td x:num="90500000" x:fmla="=SUM(E4:E6)">90 500 000.00</td><td x:num>14 500 250.50</td></tr><![if supportMisalignedColumns]><tr height=0 style="display:none"><td width=64></td><td></td><td></td><td></td><td></td><td></td></tr><![endif]></table></body></html>'

@unseen(THREE)
def cell_table_with_sort_pictures() -> str:
    heads = "".join(f'<th colspan=1 class="GALD cellTableHeader"><div style="position:relative;padding-right:11px"><div style="position:absolute;right:0"><img src="data:image/png;base64,AAAA" alt="sorted ascending"></div><div>{one}</div></div></th>' for one in HEADS.split("|"))
    rows = "".join(f'<tr __gwt_row="{n}" __gwt_subrow="0" class=evenRow>' + "".join(f'<td class=cellTableCell><div style="outline-style:none;" data-row-index="{n}">{one}</div></td>' for one in row) + "</tr>" for n, row in enumerate(ROWS))
    return doc(f'<table class=cellTableWidget cellspacing=0><colgroup><col><col></colgroup><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody><tbody style="display:none"><tr><td colspan=4 align=center><div><div style="display:none">Loading</div></div></td></tr></tbody><tfoot style="display:none" aria-hidden=true></tfoot></table><div class=gwt-HTML>1-3 of 3</div>')

@unseen(truth("status", "construction", "design", "completed"))
def filters_within_the_headings() -> str:
    options = "<option value=''>All</option><option>Construction</option><option>Design</option><option>Completed</option>"
    heads = "".join(f'<th role=columnheader class="ui-state-default ui-filter-column ui-sortable-column"><span class=ui-column-title>{one}</span><span class="ui-sortable-column-icon ui-icon ui-icon-carat-2-n-s"></span>' + (f"<select class=ui-column-filter>{options}</select>" if one == "Status" else '<input type=text class="ui-column-filter ui-inputfield" value="">') + "</th>" for one in (HEADS + "|Status").split("|"))
    rows = "".join(trs("|".join((*row, state))) for row, state in zip(ROWS, ("Construction", "Design", "Completed"), strict=True))
    return doc(f'<div class=ui-datatable><div class=ui-paginator><span class=ui-paginator-current>(1 of 1)</span></div><table role=grid><thead><tr>{heads}</tr></thead><tbody class=ui-datatable-data>{rows}</tbody></table></div>')

@unseen(THREE)
def each_row_a_table_of_its_own() -> str:
    heads = "".join(f'<div class="x-column-header"><div class=x-column-header-inner><span class=x-column-header-text-inner>{one}</span></div><div class=x-column-header-trigger></div></div>' for one in HEADS.split("|"))
    rows = "".join(f'<table class="x-grid-item" role=presentation data-recordindex={n} cellspacing=0><tbody><tr class=x-grid-row role=row>' + "".join(f'<td class="x-grid-cell x-grid-td" role=gridcell><div unselectable=on class=x-grid-cell-inner>{one}</div></td>' for one in row) + "</tr></tbody></table>" for n, row in enumerate(ROWS))
    return doc(f'<div class="x-panel x-grid"><div class=x-grid-header-ct><div class=x-box-inner>{heads}</div></div><div class=x-grid-view><div class=x-grid-item-container>{rows}</div></div></div><div class=x-toolbar-text>Displaying 1 - 3 of 3</div>')

@unseen(THREE)
def lines_of_a_converted_document() -> str:
    def line(y: int, cells: list[str]) -> str:
        return "".join(f'<div class="t m0 x{x} h2 y{y:x} ff1 fs1 fc0 sc0 ls0 ws0">{text}</div>' for x, text in enumerate(cells))
    return '<html><head><style>.x0{left:60px}.x1{left:160px}.x2{left:380px}.x3{left:560px}.y1{bottom:700px}.y2{bottom:680px}.y3{bottom:660px}.y4{bottom:640px}.t{position:absolute}</style></head><body><div id=page-container><div class="pf w0 h0" data-page-no=1><div class="pc pc1">' + line(1, HEADS.split("|")) + "".join(line(n, list(row)) for n, row in enumerate(ROWS, 2)) + "</div></div></div></body></html>"

@unseen(THREE)
def database_export_with_fonts() -> str:
    return '<HTML DIR=LTR><HEAD><TITLE>qryProjectsWeb</TITLE></HEAD><BODY><TABLE DIR=LTR BORDER><CAPTION>qryProjectsWeb</CAPTION><THEAD><TR>' + "".join(f'<TH BGCOLOR=#c0c0c0 BORDERCOLOR=#000000><FONT SIZE=2 FACE="Arial" COLOR=#000000>{one}</FONT></TH>' for one in HEADS.split("|")) + "</TR></THEAD><TBODY>" + "".join("<TR VALIGN=TOP>" + "".join(f'<TD BORDERCOLOR=#d0d7e5 ALIGN=RIGHT><FONT SIZE=2 FACE="Calibri" COLOR=#000000>{one.replace("000 000", "000 000,00").replace("500 000", "500 000,00")}</FONT></TD>' for one in row) for row in ROWS) + "</TBODY><TFOOT></TFOOT></TABLE></BODY></HTML>"

@unseen(THREE)
def sheet_with_values_in_attributes() -> str:
    return doc('<table cellspacing=0 border=0><colgroup width=85></colgroup>' + trs(HEADS).replace("<td", "<td height=17 align=left") + "".join(f'<tr><td>{a}</td><td>{b}</td><td>{c}</td><td align=right sdval="{v}" sdnum="7177;0;#.##0,00">{s}</td></tr>' for (a, b, c, _), v, s in zip(ROWS, (45000000, 12500000, 33000000), ("45.000.000,00", "12.500.000,00", "33.000.000,00"), strict=True)) + "</table>")

@unseen(truth("status", "construction", "design", "completed"))
def wiki_with_lozenges_and_numbers() -> str:
    rows = "".join(f'<tr><td class="numberingColumn confluenceTd">{n}</td>' + "".join(f'<td class=confluenceTd><p>{one}</p></td>' for one in row) + f'<td class=confluenceTd><span class="status-macro aui-lozenge conf-macro">{state}</span></td><td class=confluenceTd><a class="confluence-userlink user-mention">@Nomsa D</a> <time datetime="2026-01-20" class="date-past">20 Jan 2026</time></td></tr>' for n, row, state in zip((1, 2, 3), ROWS, ("CONSTRUCTION", "DESIGN", "COMPLETED"), strict=True))
    return doc('<div class=table-wrap><table class=confluenceTable><tr><th class="numberingColumn confluenceTh"></th>' + "".join(f'<th class=confluenceTh><p><strong>{one}</strong></p></th>' for one in (HEADS + "|Status|Follow-up").split("|")) + f"</tr>{rows}</table></div>")

@unseen(nobudget("budget", "45000000", "12500000", "33000000"))
def supporting_table_of_a_municipal_budget() -> str:
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th rowspan=2>Total Project Estimate</th><th colspan=2>Prior year outcomes</th><th colspan=3>2025/26 Medium Term Revenue &amp; Expenditure Framework</th></tr><tr><th>Audited Outcome 2023/24</th><th>Current Year 2024/25 Full Year Forecast</th><th>Budget Year 2025/26</th><th>Budget Year +1 2026/27</th><th>Budget Year +2 2027/28</th></tr>"
    rows = "".join(trs("|".join((*row[:3], *more))) for row, more in zip(ROWS, (("45 000", "3 200", "9 800", "12 000", "15 000", "5 000"), ("12 500", "-", "1 500", "6 000", "5 000", "-"), ("33 000", "8 000", "15 000", "10 000", "-", "-")), strict=True))
    return doc(f"<h2>Supporting Table SA36 Detailed capital budget</h2><p>R thousand</p><table>{head}{rows}<tr><td colspan=3>Total Capital expenditure</td><td>90 500</td><td>11 200</td><td>26 300</td><td>28 000</td><td>20 000</td><td>5 000</td></tr></table>")

@unseen(nobudget("budget", "40000000", "12000000", "30000000"))
def requested_and_approved() -> str:
    return doc(listed("Amount Requested|Approved Budget|Shortfall", "R45 000 000|R40 000 000|R5 000 000", "R12 500 000|R12 000 000|R500 000", "R33 000 000|R30 000 000|R3 000 000", cut=3))

@unseen(nobudget("budget|expenditure", "45000000|20000000", "12500000|7000000", "33000000|31000000"))
def two_dates_compared() -> str:
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th colspan=2>As at 31 March 2025</th><th colspan=2>As at 31 March 2026</th></tr><tr><th>Budget</th><th>Expenditure</th><th>Budget</th><th>Expenditure</th></tr>"
    return doc(f"<table>{head}" + "".join(trs("|".join((*row[:3], *more))) for row, more in zip(ROWS, (("R44 000 000", "R9 000 000", "R45 000 000", "R20 000 000"), ("R12 000 000", "R1 000 000", "R12 500 000", "R7 000 000"), ("R32 000 000", "R18 000 000", "R33 000 000", "R31 000 000")), strict=True)) + "</table>")

@unseen("")
def quarterly_targets_of_a_department() -> str:
    return doc("<h2>Quarterly performance report</h2>" + table("No|Performance Indicator|Annual Target|Q1 Target|Q1 Actual|Budget|Expenditure|Status", "1.1|Number of bulk projects completed|14|3|2|R120 000 000|R40 000 000|Not achieved\n1.2|Kilometres of pipe replaced|220|50|61|R85 000 000|R20 000 000|Achieved\n1.3|Households with reliable water|18 000|4 500|4 500|R60 000 000|R12 000 000|Achieved"))

@unseen("")
def search_form_with_its_defaults() -> str:
    return doc("<h2>Find a project</h2><form><table><tr><td>Project No</td><td><input value='e.g. KZ-401'></td></tr><tr><td>Municipality</td><td><select><option selected>uMngeni (KZN222)</option><option>Mpofana (KZN223)</option></select></td></tr><tr><td>Budget from</td><td><input value='R0'></td></tr><tr><td>Budget to</td><td><input value='R100 000 000'></td></tr><tr><td>Status</td><td><select><option selected>Construction</option><option>Design</option></select></td></tr></table><button>Search</button></form><p>No records to display.</p>")

@unseen("")
def calendar_of_site_meetings() -> str:
    days = "".join("<tr>" + "".join(f"<td><b>{d}</b>{' Site meeting: Lidgetton Link Main' if d == 11 else ' Budget steering committee' if d == 19 else ''}</td>" for d in range(w, w + 7)) + "</tr>" for w in (1, 8, 15, 22))
    return doc(f"<h2>Project calendar</h2><table><caption>February 2026</caption><tr><th>Mon</th><th>Tue</th><th>Wed</th><th>Thu</th><th>Fri</th><th>Sat</th><th>Sun</th></tr>{days}</table>")

@unseen("")
def gazette_of_allocations() -> str:
    return doc("<p>GOVERNMENT GAZETTE No. 50123</p><h3>Schedule 6 Part B: Regional Bulk Infrastructure Grant</h3>" + table("Category|Municipality|2025/26 R'000|2026/27 R'000|2027/28 R'000", "B|KZN222 uMngeni|45 000|47 000|49 100\nB|KZN223 Mpofana|12 500|13 000|13 700\nC|DC22 uMgungundlovu|33 000|35 000|36 400\n|Total: uMgungundlovu Municipalities|90 500|95 000|99 200"))

@unseen(nobudget("budget", "-", "-", "-"))
def gazette_of_projects_by_year() -> str:
    return doc("<h3>Schedule 6 Part B: projects</h3><p>National financial year, R'000</p>" + listed("2025/26|2026/27|2027/28", "20 000|15 000|10 000", "6 500|6 000|-", "33 000|-|-", cut=3))

@unseen(THREE)
def figures_with_marks_of_notes() -> str:
    rows = [(*row[:3], row[3] + mark) for row, mark in zip(ROWS, ("<sup>1</sup>", "<sup>2,3</sup>", "<a href='#fn1'>[1]</a>"), strict=True)]
    return doc(table(HEADS, "\n".join("|".join(row) for row in rows)) + "<p><sup>1</sup> Excludes land.</p><p><sup>2</sup> Subject to approval.</p><p id=fn1>[1] Provisional.</p>")

@unseen(truth("expenditure", "12000000", "2500000.5", "0"))
def apostrophes_between_thousands() -> str:
    rows = [(*row[:3], figure) for row, figure in zip(ROWS, ("R 45'000'000", "R 12'500'000", "R 33'000'000"), strict=True)]
    return doc(listed("Expenditure", "R 12'000'000", "R 2'500'000.50", "R 0", rows=tuple(rows)))

@unseen("external_id|name|municipality|budget|expenditure|status\nKZ-401|Lidgetton Hooflyn|KZN222|45200000|850000|construction\nKZ-402|Karkloof Reservoir|KZN222|1200000|15500|design")
def afrikaans_amounts_in_words() -> str:
    return doc(table("Projeknommer|Projeknaam|Munisipaliteit|Begroting|Uitgawes|Status", "KZ-401|Lidgetton Hooflyn|uMngeni (KZN222)|R45,2 miljoen|R850 duisend|Konstruksie\nKZ-402|Karkloof Reservoir|uMngeni (KZN222)|R1,2 miljoen|R15 500|Ontwerp"), "Waterprojekte")

@unseen(truth("status", "construction", "design", "completed"))
def headings_in_isizulu() -> str:
    return doc(table("Inombolo yephrojekthi|Igama lephrojekthi|UMasipala|Isabelomali|Isimo", "\n".join("|".join((*row, state)) for row, state in zip(ROWS, ("Construction", "Design", "Completed"), strict=True))), "Amaphrojekthi amanzi")

@unseen(truth("progress_percentage|completion_date", "45|2027-06-30", "0|2028-03-31", "100|2025-09-30"))
def projects_beside_each_other() -> str:
    side = [("Project No", *(r[0] for r in ROWS)), ("Project Name", *(r[1] for r in ROWS)), ("Municipality", *(r[2] for r in ROWS)), ("Budget (R m)", "45.0", "12.5", "33.0"), ("Physical progress (%)", "45", "0", "100"), ("Completion Date", "30 June 2027", "31 March 2028", "30 September 2025")]
    return doc("<table>" + "".join(f"<tr><th scope=row>{one[0]}</th>" + "".join(f"<td>{x}</td>" for x in one[1:]) + "</tr>" for one in side) + "</table>")

@unseen(THREE)
def contracts_below_merged_projects() -> str:
    body = "".join("<tr>" + "".join(f"<td rowspan=2>{one}</td>" for one in row) + f"<td>C{n}/A</td><td>Civils</td><td>R{n} 000 000</td></tr><tr><td>C{n}/B</td><td>Mechanical</td><td>R{n} 500 000</td></tr>" for n, row in enumerate(ROWS, 3))
    return doc("<table>" + trs(HEADS + "|Contract No|Scope|Contract Value", "th") + body + "</table>")

@unseen(truth("expenditure", "20000000", "7000000", "31000000"))
def spent_this_year_and_to_date() -> str:
    return doc(listed("Expenditure this year|Expenditure to date", "R4 000 000|R20 000 000", "R3 000 000|R7 000 000", "R1 000 000|R31 000 000"))

@unseen(truth("progress_percentage", "45", "10", "100"))
def bars_of_planned_and_actual() -> str:
    return doc(listed("Planned progress|Actual progress", *(f'<div class=progress><div class=progress-bar style="width:{p}%">{p}%</div></div>|<div class=progress><div class="progress-bar bg-success" role=progressbar aria-valuenow={a} style="width:{a}%">{a}%</div></div>' for p, a in ((60, 45), (20, 10), (100, 100)))))
