"""More pages of many makers: traps in lists of projects, and lists that are none. See `wild_pages`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from etl.tests.wild_pages import WORLD, P, R, each, heads, page, table, texts, tr, wild

# fmt: off

@wild("external_id name budget")
def tick_columns() -> str:
    stages = ["Planning", "Design", "Tender", "Construction", "Completed"]
    return page(f"<table border=1>{tr(['Project No', 'Project Name', 'Budget', *stages], 'th')}{each(lambda p: tr([*texts(p, 'no name bud'), *('✓' if s == p.status else '' for s in stages)]))}</table>")

@wild("external_id name budget")
def stacked_by_breaks() -> str:
    rows = "".join(tr([p.place, "<br>".join((p.no, q.no)), "<br>".join((p.name, q.name)), "<br>".join((R["bud"](p), R["bud"](q)))]) for p, q in zip(WORLD[::2], WORLD[1::2], strict=True))
    return page(f"<table border=1>{tr(heads('Area|Project No|Project Name|Budget'), 'th')}{rows}</table>")

@wild("external_id name budget municipality")
def sort_words() -> str:
    head = "".join(f'<th scope="col" class="sorting" aria-label="{n}: activate to sort column ascending">{n}<span class="sr-only"> sort ascending</span><button class="btn"><span class="visually-hidden">Filter {n}</span><i class="fa fa-filter"></i></button></th>' for n in heads("Project No|Project Name|Budget|Municipality"))
    return page(f"<table class='table'><thead><tr>{head}</tr></thead><tbody>{each(lambda p: tr(texts(p, 'no name bud place')))}</tbody></table>")

@wild("external_id name budget expenditure")
def unit_over_money() -> str:
    head = "<tr><th></th><th></th><th colspan=2>R'000</th></tr>" + tr(heads("Project No|Project Name|Budget|Expenditure"), "th")
    return page(f"<table>{head}{each(lambda p: tr(texts(p, 'no name bud_k spent_k')))}</table>")

@wild("external_id name budget")
def revised_below() -> str:
    return page(f"<table>{tr(heads('Project No|Project Name|Budget'), 'th')}{each(lambda p: tr([p.no, p.name, R['bud'](p) + f'<br><small>Original: R{p.budget - 1000000:,.2f}</small>']))}</table>")

@wild("external_id name municipality budget status start_date completion_date contractor expenditure progress_percentage")
def world_bank_page() -> str:
    p = WORLD[0]
    facts = [("Project ID", "no"), ("Municipality", "place"), ("Total Project Cost", "bud"), ("Status", "status"), ("Start Date", "start_long"), ("Completion Date", "end_long"), ("Contractor", "con")]
    items = "".join(f'<li><label>{label}</label><p class="document-info">{R[key](p)}</p></li>' for label, key in facts)
    return page(f'<h1>{p.name}</h1><ul class="nav nav-tabs"><li><a href="#o">Overview</a></li><li><a href="#f">Financials</a></li></ul><div class="tab-content"><div id="o" class="tab-pane active"><ul class="detail-list">{items}</ul></div>'
                f'<div id="f" class="tab-pane"><dl><dt>Expenditure to date</dt><dd>{R["spent"](p)}</dd><dt>Physical progress</dt><dd>{p.percent}%</dd></dl></div></div>')  # fmt: skip

@wild("")
def empty_state() -> str:
    return page(f'<table id="gv"><thead>{tr(heads("Project No|Project Name|Budget"), "th")}</thead><tbody><tr><td colspan="3">No projects found for your search.</td></tr></tbody></table>')

@wild("external_id name municipality budget")
def merged_municipality() -> str:
    rows = "".join(
        tr([*([f"<td rowspan=2>{WORLD[n].place}</td>"] if n % 2 == 0 else []), p.no, p.name, R["bud"](p)]) for n, p in enumerate(WORLD)
    )
    return page(f"<table>{tr(heads('Area office|Project No|Project Name|Budget'), 'th')}{rows}</table>")

@wild("external_id name budget expenditure")
def shared_amount() -> str:
    rows = "".join(
        tr([p.no, p.name, *([f"<td rowspan=2>R{p.budget + WORLD[n + 1].budget:,.2f}</td>"] if n % 2 == 0 else []), R["spent"](p)]) for n, p in enumerate(WORLD)
    )
    return page(f"<table>{tr(heads('Project No|Project Name|Budget|Expenditure'), 'th')}{rows}</table>")

def listing(names: str, *rows: str, before: str = "") -> str:
    return page(before, f"<table>{tr(heads(names), 'th')}{''.join(tr(heads(row)) for row in rows)}</table>")

@wild("")
def dam_levels() -> str:
    return listing("Dam|Municipality|River|Capacity (Mm³)|% Full this week|Status", *(f"{p.place} Dam|{p.place} ({p.code})|Olifants|{p.percent + 20}.4|{p.percent}|Normal" for p in WORLD))

@wild("")
def vacancies() -> str:
    return listing("Ref No|Title|Centre|Salary|Closing Date", *(f"DWS/2026/{n}|Engineer Grade {n}|{p.place}|R{700000 + n}|{n + 10}/09/2026" for n, p in enumerate(WORLD)))

@wild("")
def schedule_of_tasks() -> str:
    return listing("ID|Task Name|Duration|Start|Finish|% Complete", *(f"{n}|Excavate section {n}|{n + 5} days|0{n}/03/2026|1{n}/04/2026|{n * 10}%" for n in range(1, 10)), before="<h1>Giyani Bulk Water: programme of works</h1>")

@wild("")
def risk_register() -> str:
    return listing("Risk ID|Risk Description|Owner|Status|Target Date|Cost of mitigation", *(f"R-{n:03}|Late delivery of pipes lot {n}|Mr Dube|Open|1{n}/04/2026|R{n}50 000" for n in range(1, 10)))

@wild("")
def payments_to_contractors() -> str:
    return listing("Invoice No|Contractor|Description|Invoice Date|Amount", *(f"INV{n}77|{p.contractor}|Certificate {n}|{p.start:%d/%m/%Y}|R{p.spent:,.2f}" for n, p in enumerate(WORLD)))

@wild("")
def contacts() -> str:
    return listing("Name|Municipality|Designation|Telephone|E-mail", *(f"Ms A. Nkosi{n}|{p.place} ({p.code})|Manager: Water|015 555 00{n}0|a{n}@{p.code.lower()}.gov.za" for n, p in enumerate(WORLD)))

@wild("external_id name municipality budget status")
def filters_in_head() -> str:
    head = "".join(f'<th>{n}<br><select class="form-control"><option value="">All</option><option>Limpopo</option></select></th>' for n in heads("Project No|Project Name|Municipality|Budget|Status"))
    return page(f"<table class='display dataTable'><thead><tr>{head}</tr></thead><tbody>{each(lambda p: tr(texts(p, 'no name place bud status')))}</tbody></table>")

@wild("external_id name municipality budget status")
def action_menus() -> str:
    menu = '<div class="dropdown"><button class="btn dropdown-toggle">Actions</button><div class="dropdown-menu"><a class="dropdown-item" href="/v">View</a><a class="dropdown-item" href="/e">Report a problem</a></div></div>'
    return page(f"<table class='table'>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}{each(lambda p: tr([p.no, R['name'](p) + menu, *texts(p, 'place bud status')]))}</table>")

@wild("external_id name budget status")
def datatables_child_rows() -> str:
    def child(p: P) -> str:
        facts = "".join(f'<li data-dtr-index="{n}"><span class="dtr-title">{k}</span> <span class="dtr-data">{v}</span></li>' for n, (k, v) in enumerate((("Budget", R["bud"](p)), ("Status", p.status)), 2))
        return f'<tr class="child"><td class="child" colspan="2"><ul data-dtr-index="0" class="dtr-details">{facts}</ul></td></tr>'

    head = tr([*heads("Project No|Project Name"), '<th style="display: none;">Budget</th>', '<th style="display: none;">Status</th>'], "th")
    rows = each(lambda p: tr([f'<td class="dtr-control">{p.no}</td>', R["name"](p), f'<td style="display: none;">{R["bud"](p)}</td>', f'<td style="display: none;">{p.status}</td>']) + child(p))
    return page(f'<table class="dataTable dtr-inline collapsed"><thead>{head}</thead><tbody>{rows}</tbody></table>')

@wild("external_id name municipality budget status")
def desktop_and_mobile() -> str:
    cards = each(lambda p: f'<div class="card"><h5>{p.name}</h5><p><b>Project No:</b> {p.no}</p><p><b>Budget:</b> {R["bud"](p)}</p><p><b>Status:</b> {p.status}</p></div>')
    return page('<div class="d-none d-md-block">', table("Project No|Project Name|Municipality|Budget|Status", "no name place bud status"), f'</div><div class="d-md-none">{cards}</div>')

@wild("external_id name municipality status")
def dollars_in_head() -> str:
    return page("<h2>Donor-funded projects</h2>", table("Project ID|Project Name|Municipality|Project Cost (US$ million)|Status", "no name place bud_m status"))

@wild("external_id name municipality status")
def euros_in_cells() -> str:
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Total cost|Status'), 'th')}{each(lambda p: tr([*texts(p, 'no name place'), f'€ {p.budget / 1e6:.1f} million', p.status]))}</table>")

@wild("external_id name municipality status")
def dollars_in_caption() -> str:
    rows = each(lambda p: tr(texts(p, "no name place bud_k status")))
    return page(f"<table><caption>Amounts in USD thousand</caption>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def millions_in_prose() -> str:
    return page("<p>These projects are worth millions of rands and will create jobs for thousands of people.</p>", table("Project No|Project Name|Municipality|Budget", "no name place bud"))

@wild("external_id name municipality budget contractor completion_date")
def two_line_records() -> str:
    head = tr(heads("Project No|Project Name|Budget"), "th") + tr(heads("Municipality|Contractor|Completion Date"), "th")
    return page(f"<table border=1>{head}{each(lambda p: tr(texts(p, 'no name bud')) + tr(texts(p, 'place con end')))}</table>")

@wild("external_id name municipality budget")
def planned_and_actual_rows() -> str:
    rows = each(lambda p: tr([*(f"<td rowspan=2>{t}</td>" for t in texts(p, "no name place bud")), "Planned", "R1 000 000", "R2 000 000"]) + tr(["Actual", "R900 000", "R1 500 000"]))
    return page(f"<table border=1>{tr(heads('Project No|Project Name|Municipality|Total Budget|Type|Q1|Q2'), 'th')}{rows}</table>")

@wild("external_id name budget contractor")
def description_rows() -> str:
    rows = each(lambda p: tr(texts(p, "no name bud con")) + f'<tr class="detail"><td colspan="4"><i>Scope: {p.place} works, pipes and a pump station for R{p.spent:,}</i></td></tr>')
    return page(f"<table border=1>{tr(heads('Project No|Project Name|Budget|Contractor'), 'th')}{rows}</table>")

@wild("external_id name budget status")
def payments_within() -> str:
    rows = each(lambda p: tr(["+", *texts(p, "no name bud status")]) + f'<tr class="detail-row"><td></td><td colspan="4"><table><tr><th>Payment No</th><th>Date</th><th>Amount</th></tr><tr><td>1</td><td>01/02/2026</td><td>R{p.spent / 2:,.2f}</td></tr><tr><td>2</td><td>01/03/2026</td><td>R{p.spent / 4:,.2f}</td></tr></table></td></tr>')
    return page(f"<table class='master'>{tr(heads('|Project No|Project Name|Budget|Status'), 'th')}{rows}</table>")

@wild("external_id name municipality")
def annual_budgets() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place"), *(f"R{p.budget // n:,}" for n in (5, 4, 3))]))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget 2024/25|Budget 2025/26|Budget 2026/27'), 'th')}{rows}</table>")

@wild("external_id name budget expenditure")
def original_and_adjusted() -> str:
    rows = each(lambda p: tr([p.no, p.name, f"{p.budget // 1000 - 500:,}", f"{p.budget // 1000:,}", f"{p.spent // 1000:,}", f"{p.percent}%"]))
    return page(f"<p>Figures are in R'000.</p><table>{tr(heads('Project No|Project Name|Original Budget|Adjusted Budget|Actual Expenditure|% Spent'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def swiss_marks_and_scales() -> str:
    rows = "".join(tr([*texts(p, "no name place"), (f"R{p.budget:,}".replace(",", "'"), f"R {p.budget / 1e6:.1f}m".replace(".", ","), f"R{p.budget / 1e9:.4f}bn", R["bud_sp"](p))[n % 4]]) for n, p in enumerate(WORLD))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Project value'), 'th')}{rows}</table>")

@wild("external_id name progress_percentage")
def shares_with_ones() -> str:
    return page(f"<table>{tr(heads('Project No|Project Name|Physical progress'), 'th')}{each(lambda p: tr([p.no, p.name, f'{p.percent / 100:g}']))}</table>")

@wild("external_id name municipality budget status")
def read_more_links() -> str:
    rows = each(lambda p: tr([p.no, f'{p.name} <a class="more" href="/p/{p.no}">Read more</a>', *texts(p, "place bud status")]))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}{rows}</table>")

@wild("external_id name municipality budget status")
def new_markers() -> str:
    rows = "".join(tr([p.no, p.name + (' <span class="label label-danger">New!</span>' if n % 3 == 0 else ""), R["place"](p), R["bud"](p), f'<span class="dot" title="green"></span> <span class="badge">{p.status}</span>']) for n, p in enumerate(WORLD))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def number_in_name_cell() -> str:
    rows = each(lambda p: tr([f'{p.name}<br><small class="text-muted">Project No: {p.no}</small>', R["place"](p), R["bud"](p)]))
    return page(f"<table>{tr(heads('Project|Municipality|Budget'), 'th')}{rows}</table>")

@wild("external_id name budget municipality")
def hidden_by_class() -> str:
    rows = each(lambda p: tr([p.no, f'<span class="sr-only">Project name</span>{p.name}', f'<span class="hide-me">{p.budget:015}</span>{R["bud"](p)}', R["place"](p)]))
    return page("<style>.hide-me{display:none} .sr-only{position:absolute;width:1px;height:1px;clip:rect(0,0,0,0)}</style>", f"<table>{tr(heads('Project No|Project Name|Budget|Municipality'), 'th')}{rows}</table>")

@wild("external_id name budget status")
def group_rows_with_sums() -> str:
    out = []
    for programme in ("RBIG", "WSIG", "MIG"):
        some = [p for p in WORLD if p.programme == programme]
        out.append(f'<tr class="grp"><td colspan=2><b>{programme}</b></td><td><b>R{sum(p.budget for p in some):,.2f}</b></td><td></td></tr>')
        out += [tr(texts(p, "no name bud status")) for p in some]
    return page(f"<table border=1>{tr(heads('Project No|Project Name|Budget|Status'), 'th')}{''.join(out)}</table>")

@wild("name municipality budget progress_percentage")
def ranked() -> str:
    rows = "".join(tr([str(n), *texts(p, "name place bud pct")]) for n, p in enumerate(WORLD, 1))
    return page(f"<h3>Top ten projects by value</h3><table>{tr(heads('No.|Project Name|Municipality|Budget|% Complete'), 'th')}{rows}</table>")

@wild("external_id name budget municipality")
def json_in_millions() -> str:
    rows = [{"projectNo": p.no, "projectName": p.name, "municipality": R["muni"](p), "budgetRm": p.budget / 1e6} for p in WORLD]
    return page(f'<div id="app"></div><script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"pageProps": {"projects": rows}}, "page": "/projects"})}</script>')

@wild("external_id name budget start_date status")
def json_epochs() -> str:
    rows = [{"PROJECT_ID": p.no, "PROJECT_NAME": p.name, "BUDGET": p.budget, "START_DATE": int((p.start - date(1970, 1, 1)).total_seconds() * 1000), "STATUS": p.status} for p in WORLD]
    return page(f"<script>window.projects = {json.dumps(rows)};</script>")

@wild("external_id name municipality budget status")
def sections_with_units() -> str:
    one = table("Project No|Project Name|Municipality|Budget|Status", "no name place bud_k status", rows=WORLD[:5])
    other = table("Project No|Project Name|Municipality|Budget|Status", "no name place bud_m status", rows=WORLD[5:])
    return page(f"<h3>Limpopo (R'000)</h3>{one}<h3>Other provinces (R million)</h3>{other}")

@wild("external_id name municipality budget expenditure")
def unit_below_the_table() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Expenditure to date", "no name place bud_k spent_k"), "<p><small>Note: rand values are shown in thousands (R'000).</small></p>")

@wild("external_id name municipality budget")
def chart_beside_in_millions() -> str:
    return page(table("Project No|Project Name|Municipality|Budget", "no name place bud_sp"), '<div class="chart"><h4>Expenditure per year (R million)</h4><table><tr><th>Year</th><th>Spent</th></tr><tr><td>2023/24</td><td>412</td></tr><tr><td>2024/25</td><td>520</td></tr><tr><td>2025/26</td><td>610</td></tr></table></div>')

@wild("external_id name municipality")
def approximate_words() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place"), f"Planned {p.percent + 10 if p.percent < 90 else 100}% / Actual {p.percent}%", f"R{p.budget - 1000000:,} – R{p.budget:,}"]))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Progress|Project cost'), 'th')}{rows}</table>")

@wild("external_id name budget contractor status")
def paragraphs() -> str:
    return page(each(lambda p: f"<p><strong>{p.name}</strong><br>Project No: {p.no}<br>Budget: {R['bud'](p)}<br>Contractor: {R['con'](p)}<br>Status: {p.status}</p>"))

@wild("external_id name municipality budget completion_date")
def american_dates() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place bud"), f"{p.end:%m/%d/%Y} 12:00:00 AM"]))
    return page(f'<table class="gridview" id="GridView1">{tr(heads("Project No|Project Name|Municipality|Budget|Completion Date"), "th")}{rows}</table>')

@wild("external_id name municipality budget")
def header_repeated_with_page_totals() -> str:
    out = []
    for start in (0, 5):
        some = WORLD[start : start + 5]
        out += [tr(heads("Project No|Project Name|Municipality|Budget (R)"), "th"), *(tr(texts(p, "no name place bud")) for p in some)]
        out.append(tr(["", "<td colspan=2 align=right>Carried forward</td>", f"R{sum(p.budget for p in WORLD[: start + 5]):,.2f}"]))
        if start == 0:
            out.append(tr(["", "<td colspan=2 align=right>Brought forward</td>", f"R{sum(p.budget for p in some):,.2f}"]))
    return page(f"<table border=1>{''.join(out)}</table>")

@wild("external_id name municipality budget status")
def devexpress_grid_saved() -> str:
    head = "".join(f'<td id="g_col{n}" class="dxgvHeader_Office2010Blue" style="border-top-width:0px"><table style="width:100%"><tr><td>{t}</td><td style="width:1px;text-align:right"><span class="dx-vam">&nbsp;</span></td></tr></table></td>' for n, t in enumerate(heads("Project No|Project Name|Municipality|Budget|Status")))
    rows = "".join(f'<tr id="g_DXDataRow{n}" class="dxgvDataRow_Office2010Blue">' + "".join(f'<td class="dxgv">{t}</td>' for t in texts(p, "no name place bud status")) + "</tr>" for n, p in enumerate(WORLD))
    return page(f'<table class="dxgvControl_Office2010Blue" id="g"><tr><td><table id="g_DXMainTable" class="dxgvTable_Office2010Blue"><tr id="g_DXHeadersRow0">{head}</tr>{rows}<tr id="g_DXFooterRow" class="dxgvFooter_Office2010Blue"><td class="dxgv">Count=10</td><td></td><td></td><td class="dxgv">Sum=R{sum(p.budget for p in WORLD):,.2f}</td><td></td></tr></table></td></tr></table>')

@wild("external_id name municipality budget contractor")
def word_lists_numbered() -> str:
    return page("<ol>" + each(lambda p: f"<li><b>{p.name}</b> ({p.no})<ul><li>Municipality: {R['place'](p)}</li><li>Budget: {R['bud_sp'](p)}</li><li>Contractor: {R['con'](p)}</li></ul></li>") + "</ol>")

@wild("external_id name municipality budget progress_percentage contractor")
def ministers_reply() -> str:
    head = "<tr><td><b>#</b></td><td><b>(a) Project number</b></td><td><b>(b) Name of project</b></td><td><b>(c) Municipality</b></td><td><b>(d) Total project cost (R’000)</b></td><td><b>(e) % completed</b></td><td><b>(f) Contractor</b></td></tr>"
    rows = "".join(tr([f"({n})", *texts(p, "no name place bud_k pct con")]) for n, p in enumerate(WORLD, 1))
    return page(f"<p>Reply: the details are as follows.</p><table class=MsoTableGrid border=1>{head}{rows}</table>")

@wild("external_id name municipality budget status")
def flex_rows() -> str:
    head = "".join(f'<div class="col">{n}</div>' for n in heads("Project No|Project Name|Municipality|Budget|Status"))
    return page(f'<div class="list"><div class="row header">{head}</div>' + each(lambda p: '<div class="row">' + "".join(f'<div class="col">{t}</div>' for t in texts(p, "no name place bud status")) + "</div>") + "</div>")

@wild("external_id name municipality budget expenditure progress_percentage")
def over_and_under() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place"), f"{R['bud'](p)}<br>{R['spent'](p)}", p and f"{p.percent}%"]))
    return page(f"<table>{tr(['Project No', 'Project Name', 'Municipality', 'Budget<br>Expenditure', 'Progress'], 'th')}{rows}</table>")

def _metrics(p: P, one: str) -> str:
    facts = ((f"R{p.budget / 1e6:.1f}m", "Budget"), (f"R{p.spent / 1e6:.1f}m", "Expenditure"), (f"{p.percent}%", "Progress"), (p.status, "Status"))
    return "".join(one.format(value, label) for value, label in facts)

@wild("name budget expenditure progress_percentage status")
def values_over_labels() -> str:
    one = '<div class="metric"><div class="value">{}</div><div class="label">{}</div></div>'
    return page(each(lambda p: f'<div class="project-card"><h3><a href="/p/{p.no}">{p.name}</a></h3>{_metrics(p, one)}</div>'))

@wild("name budget expenditure progress_percentage status")
def values_and_labels_in_a_row() -> str:
    return page(each(lambda p: f'<div class="project-card"><h3>{p.name}</h3>{_metrics(p, "<span class=value>{}</span><span class=label>{}</span>")}</div>'))

@wild("name budget expenditure progress_percentage status")
def values_over_labels_in_cells() -> str:
    def rows(p: P) -> str:
        return tr([f"R{p.budget / 1e6:.1f}m", f"R{p.spent / 1e6:.1f}m", f"{p.percent}%", p.status]) + tr(["Budget", "Expenditure", "Progress", "Status"])

    return page(each(lambda p: f"<div class='proj'><h4>{p.name}</h4><table>{rows(p)}</table></div>"))

@wild("name budget expenditure progress_percentage status")
def labels_over_values_in_cells() -> str:
    def rows(p: P) -> str:
        return tr(["Budget", "Expenditure", "Progress", "Status"]) + tr([f"R{p.budget / 1e6:.1f}m", f"R{p.spent / 1e6:.1f}m", f"{p.percent}%", p.status])

    return page(each(lambda p: f"<div class='proj'><h4>{p.name}</h4><table>{rows(p)}</table></div>"))

@wild("external_id name municipality status")
def rand_under_thousands() -> str:
    """The heading says thousands, the cells are whole rand with their sign: nobody can tell."""
    rows = "".join(tr([*texts(p, "no name place"), f"R{p.budget // 10:,.2f}", p.status]) for p in WORLD)
    return page(f"""<table>{tr(heads("Project No|Project Name|Municipality|Budget (R'000)|Status"), 'th')}{rows}</table>""")

@wild("external_id name municipality budget")
def extjs_grid() -> str:
    head = "".join(f'<div class="x-column-header"><div class="x-column-header-inner"><span class="x-column-header-text">{n}</span></div></div>' for n in heads("Project No|Project Name|Municipality|Budget"))
    rows = each(lambda p: '<table class="x-grid-item" cellpadding="0" style="width:0"><tbody><tr class="x-grid-row">' + "".join(f'<td class="x-grid-cell x-grid-td"><div class="x-grid-cell-inner">{t}</div></td>' for t in texts(p, "no name place bud")) + "</tr></tbody></table>")
    return page(f'<div class="x-grid"><div class="x-grid-header-ct">{head}</div><div class="x-grid-view"><div class="x-grid-item-container">{rows}</div></div></div>')

@wild("external_id name municipality budget status")
def newsletter_table() -> str:
    return page(f'<table role="presentation" width="600"><tr><td>{table("Project No|Project Name|Municipality|Budget|Status", "no name place bud status", "role=presentation")}</td></tr></table>')

@wild("external_id name municipality budget")
def csv_in_pre() -> str:
    return page("<h2>projects.csv</h2><pre>Project No,Project Name,Municipality,Budget\n" + each(lambda p: f'{p.no},{p.name},{R["muni"](p)},"R{p.budget:,}"\n') + "</pre>")

@wild("external_id name municipality budget")
def bars_in_pre() -> str:
    return page("<pre>| Project No | Project Name | Municipality | Budget |\n|---|---|---|---|\n" + each(lambda p: f"| {p.no} | {p.name} | {R['muni'](p)} | R{p.budget:,} |\n") + "</pre>")

@wild("external_id name municipality budget status")
def tables_in_captions() -> str:
    return page("".join(f"<table><caption>{code} projects</caption>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}{''.join(tr(texts(p, 'no name place bud status')) for p in WORLD if p.programme == code)}</table>" for code in ("RBIG", "WSIG", "MIG")))

@wild("external_id name municipality budget start_date completion_date")
def dates_in_one_cell() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place"), f"{R['start'](p)} – {R['end'](p)}", f"R{p.budget:,.2f} (revised from R{p.budget - 1000000:,.2f})"]))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Start – End|Budget'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def excel_xml() -> str:
    def row(cells: list[str], kind: str = "String") -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="{kind}">{c}</Data></Cell>' for c in cells) + "</Row>"

    rows = row(heads("Project No|Project Name|Municipality|Budget")) + each(lambda p: row(texts(p, "no name muni bud")))
    return f'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Projects"><Table>{rows}</Table></Worksheet></Workbook>'

@wild("external_id name municipality budget")
def kml() -> str:
    def data(name: str, text: str) -> str:
        return f'<Data name="{name}"><value>{text}</value></Data>'

    marks = each(lambda p: f"<Placemark><name>{p.name}</name><ExtendedData>{data('Project No', p.no)}{data('Municipality', R['muni'](p))}{data('Budget', R['bud'](p))}</ExtendedData><Point><coordinates>30.1,-23.4,0</coordinates></Point></Placemark>")
    return f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'

@wild("external_id name municipality budget")
def two_projects_beside() -> str:
    head = tr(heads("Project No|Project Name|Municipality|Budget") * 2, "th")
    rows = "".join(tr([*texts(p, "no name place bud"), *texts(q, "no name place bud")]) for p, q in zip(WORLD[::2], WORLD[1::2], strict=True))
    return page(f"<table>{head}{rows}</table>")

@wild("external_id name municipality budget expenditure")
def phases_side_by_side() -> str:
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th colspan=2>Phase 1</th><th colspan=2>Total</th></tr>" + tr(["Budget", "Spent"] * 2, "th")
    rows = each(lambda p: tr([*texts(p, "no name place"), f"R{p.budget // 2:,}", f"R{p.spent // 2:,}", R["bud"](p), R["spent"](p)]))
    return page(f"<table>{head}{rows}</table>")

@wild("external_id name municipality budget")
def one_heading_over_two() -> str:
    head = "<tr><th colspan=2>Project</th><th>Municipality</th><th>Budget</th></tr>"
    return page(f"<table>{head}{each(lambda p: tr(texts(p, 'no name place bud')))}</table>")

@wild("external_id name municipality budget")
def heading_short_of_a_column() -> str:
    rows = "".join(tr([f"{n}.", *texts(p, "no name place bud")]) for n, p in enumerate(WORLD, 1))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget'), 'th')}{rows}</table>")

@wild("external_id name municipality budget status")
def row_headers() -> str:
    rows = each(lambda p: tr([f'<th scope="row">{p.no}</th>', *texts(p, "name place bud status")]))
    return page(f"<table><thead>{tr(heads('Project No|Project Name|Municipality|Budget|Status'), 'th')}</thead><tbody>{rows}</tbody></table>")

@wild("external_id name municipality status")
def json_nested() -> str:
    rows = [{"projectNo": p.no, "projectName": p.name, "municipality": R["muni"](p), "status": {"id": 3, "label": p.status}, "budget": {"amount": p.budget / 1e6, "unit": "million", "currency": "ZAR"}} for p in WORLD]
    return page(f'<script type="application/json" id="data">{json.dumps({"projects": rows})}</script>')

@wild("external_id name municipality budget")
def missing_cells() -> str:
    rows = "".join(tr(texts(p, "no name place bud") if n != 4 else texts(p, "no name bud")) for n, p in enumerate(WORLD))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget'), 'th')}{rows}</table>")

@wild("external_id name programme budget contractor")
def ditto_marks() -> str:
    said: set[str] = set()
    rows = "".join(tr(["&quot;" if p.programme in said else said.add(p.programme) or p.programme, *texts(p, "no name bud con")]) for p in sorted(WORLD, key=lambda p: p.programme))
    return page(f"<table>{tr(heads('Programme|Project No|Project Name|Budget|Contractor'), 'th')}{rows}</table>")

@wild("external_id name municipality budget status completion_date")
def statuses_with_more() -> str:
    rows = each(lambda p: tr([*texts(p, "no name place bud"), f"{p.status} ({p.percent}%)", f"{R['end_long'](p)} (revised)"]))
    return page(f"<table>{tr(heads('Project No|Project Name|Municipality|Budget|Status|Completion date'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def search_results() -> str:
    return page(each(lambda p: f'<div class="search-result"><h3><a href="/projects/{p.no}">{p.name}</a></h3><div class="meta"><span class="meta-item">Project No: {p.no}</span> <span class="meta-item">Municipality: {R["place"](p)}</span> <span class="meta-item">Budget: R{p.budget / 1e6:.1f} million</span></div><p class="snippet">The project will supply 15 000 households at a cost of R{p.spent:,} …</p></div>'))

@wild("external_id name budget progress_percentage")
def bars_with_numbers() -> str:
    bar = '<div class="progress"><div class="progress-bar" role="progressbar" style="width: {0}%" aria-valuenow="{0}" aria-valuemin="0" aria-valuemax="100"><span class="sr-only">{0}% Complete</span></div></div>'
    return page(f"<table>{tr(heads('Project No|Project Name|Budget|Progress'), 'th')}{each(lambda p: tr([*texts(p, 'no name bud'), bar.format(p.percent)]))}</table>")

@wild("external_id name municipality budget expenditure")
def sums_above_the_heading() -> str:
    top = f"<tr><td colspan=3>Total of all projects</td><td>R{sum(p.budget for p in WORLD):,.2f}</td><td>R{sum(p.spent for p in WORLD):,.2f}</td></tr>"
    return page(f"<table border=1>{top}{tr(heads('Project No|Project Name|Municipality|Budget|Expenditure'), 'th')}{each(lambda p: tr(texts(p, 'no name place bud spent')))}</table>")

# -- DevExpress ------------------------------------------------------------------------------------------------
def _dx(names: str, keys: str, after: Callable[[P, int], str], before: str = "") -> str:
    head = "".join(f'<td id="g_col{n}" class="dxgvHeader"><table><tr><td>{t}</td><td></td></tr></table></td>' for n, t in enumerate(heads(names)))
    rows = "".join(f'<tr id="g_DXDataRow{n}" class="dxgvDataRow">' + "".join(f'<td class="dxgv">{t}</td>' for t in texts(p, keys)) + "</tr>" + after(p, n) for n, p in enumerate(WORLD))
    return page(f'{before}<table id="g" class="dxgvControl"><tr><td><table id="g_DXMainTable" class="dxgvTable"><tr id="g_DXHeadersRow0">{head}</tr>{rows}</table></td></tr></table>')

@wild("external_id name municipality budget")
def dx_preview_rows() -> str:
    return _dx("Project No|Project Name|Municipality|Budget", "no name place bud", lambda p, n: f'<tr id="g_DXPRow{n}" class="dxgvPreviewRow"><td colspan="4" class="dxgv">Works at {p.place} for R{p.spent:,}</td></tr>')

@wild("external_id name municipality budget")
def dx_adaptive_rows() -> str:
    return _dx("Project No|Project Name|Municipality|Budget", "no name place bud", lambda p, n: f'<tr id="g_DXADRow{n}" class="dxgvAdaptiveDetailRow" style="display:none"><td colspan="4" class="dxgv"><table><tr><td class="dxgvADCC">Status:</td><td>{p.status}</td></tr></table></td></tr>')

@wild("external_id name budget status")
def dx_payments_below() -> str:
    return _dx("Project No|Project Name|Budget|Status", "no name bud status", lambda p, n: f'<tr id="g_DXDRow{n}" class="dxgvDetailRow"><td colspan="4" class="dxgvDetailCell"><table id="g_dx{n}_DXMainTable" class="dxgvTable"><tr id="g_dx{n}_DXHeadersRow0"><td class="dxgvHeader">Payment No</td><td class="dxgvHeader">Amount</td></tr><tr id="g_dx{n}_DXDataRow0" class="dxgvDataRow"><td class="dxgv">1</td><td class="dxgv">R{p.spent:,}</td></tr></table></td></tr>')

@wild("external_id name municipality budget status")
def dx_vertical_grid() -> str:
    facts = zip(heads("Project No|Project Name|Municipality|Budget|Status"), "no name place bud status".split(), strict=True)
    rows = "".join(f'<tr id="vg_DXRow{n}" class="dxvgRow"><td class="dxvgHeader">{name}</td>' + "".join(f'<td class="dxvgRecord">{R[key](p)}</td>' for p in WORLD) + "</tr>" for n, (name, key) in enumerate(facts))
    return page(f'<table id="vg" class="dxvgControl"><tr><td><table id="vg_DXMainTable" class="dxvgTable">{rows}</table></td></tr></table>')

@wild("external_id name municipality budget expenditure")
def dx_footnotes_and_thousands() -> str:
    return _dx("Project No<sup>1</sup>|Project Name|Municipality|Budget (R x 1000)<sup>2</sup>|Expenditure to date (R x 1000)", "no name place bud_k spent_k", lambda p, n: "")

@wild("external_id name municipality budget status")
def dx_card_view() -> str:
    def item(label: str, text: str) -> str:
        return f'<td class="dxflItem"><table class="dxflItemTable"><tr><td class="dxflCaptionCell"><label class="dxflCaption">{label}:</label></td><td class="dxflNestedControlCell">{text}</td></tr></table></td>'

    names = heads("Project No|Project Name|Municipality|Budget|Status")
    cards = "".join(f'<div id="cv_DXDataCard{n}" class="dxcvCard"><table class="dxflFormLayout">' + "".join(f"<tr>{item(k, v)}</tr>" for k, v in zip(names, texts(p, "no name place bud status"), strict=True)) + "</table></div>" for n, p in enumerate(WORLD))
    return page(f'<table id="cv" class="dxcvControl"><tr><td><div id="cv_DXMainTable">{cards}</div></td></tr></table>')

@wild("external_id name municipality budget status")
def dx_buttons_and_badges() -> str:
    R["act"] = lambda p: '<a class="dxbButton" href="javascript:;">Edit</a> <a class="dxbButton" href="javascript:;">Delete</a>'
    R["name_more"] = lambda p: f'{R["name"](p)} <a href="/pmd/project.aspx?id={p.no}">View</a> <span class="badge">New</span>'
    return _dx("|Project No|Project Name|Municipality|Budget|Status", "act no name_more place bud status", lambda p, n: "")
