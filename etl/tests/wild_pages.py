"""Pages as government sites publish lists of projects: the markup of many makers, one small world of projects.

Each page is a function without arguments; `PAGES` says which fields a person reads on it.
"""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from html import escape


@dataclass(frozen=True)
class P:
    """A project, its amounts in rand."""

    no: str
    name: str
    place: str
    code: str
    programme: str
    status: str
    percent: int
    budget: int
    spent: int
    start: date
    end: date
    contractor: str


_ROWS = """
GGIY-W-014|Giyani Bulk Water Pipeline Phase 2|Greater Giyani|LIM331|RBIG|Construction|62|412500000|257300000|2021-03-15|2026-11-30|Khato Civils
GTZN-W-003|Tzaneen Dam Raising Access Works|Greater Tzaneen|LIM333|WSIG|Design|10|88200000|7900000|2024-06-03|2028-05-31|Zutari
MAKH-S-021|Makhado Sewer Outfall Upgrade|Makhado|LIM344|MIG|Tender|0|54600000|1200000|2025-01-20|2027-02-28|Esor
POLO-W-118|Polokwane Groundwater Development|Polokwane|LIM354|WSIG|Construction|45|131900000|60400000|2022-08-01|2026-03-31|Stefanutti Stocks
LEPH-W-007|Lephalale Reservoir 15 Ml|Lephalale|LIM362|MIG|Completed|100|39700000|39500000|2019-05-13|2022-09-16|Murray & Dickson
DRAK-S-040|Paarl Wastewater Works Extension|Drakenstein|WC023|RBIG|Construction|78|276300000|214800000|2020-10-05|2025-12-12|CSV Construction
MBHA-W-011|Mbhashe North Regional Scheme|Mbhashe|EC121|RBIG|Construction|33|593400000|190600000|2021-11-22|2027-06-30|WBHO
MNQU-W-002|Butterworth Pipe Replacement|Mnquma|EC122|WSIG|Design|5|27800000|900000|2024-09-09|2026-08-14|Gibb
NTAB-W-019|Ntabankulu Village Supply|Ntabankulu|EC444|MIG|Completed|100|61500000|61100000|2018-04-16|2021-12-03|Amatola Civils
NKOM-W-033|Nkomazi Driekoppies Upgrade|Nkomazi|MP324|WSIG|Tender|0|144700000|3300000|2025-04-07|2028-01-31|Raubex
"""


def _project(line: str) -> P:
    texts = line.split("|")
    percent, budget, spent = map(int, texts[6:9])
    dates = map(date.fromisoformat, texts[9:11])
    return P(*texts[:6], percent, budget, spent, *dates, texts[11])  # type: ignore[call-arg,arg-type]


WORLD = [_project(line) for line in _ROWS.strip().splitlines()]
Text = Callable[[P], str]
R: dict[str, Text] = {  # how a value is written
    "no": lambda p: p.no,
    "name": lambda p: escape(p.name),
    "place": lambda p: f"{p.place} Local Municipality [{p.code}]",
    "muni": lambda p: f"{p.place} ({p.code})",
    "code": lambda p: p.code,
    "prog": lambda p: p.programme,
    "status": lambda p: p.status,
    "pct": lambda p: f"{p.percent}%",
    "num": lambda p: f"{p.percent}",
    "bud": lambda p: f"R{p.budget:,.2f}",
    "spent": lambda p: f"R{p.spent:,.2f}",
    "bud_sp": lambda p: f"R {p.budget:,}".replace(",", "&nbsp;"),
    "spent_sp": lambda p: f"R {p.spent:,}".replace(",", "&nbsp;"),
    "bud_k": lambda p: f"{p.budget // 1000:,}".replace(",", " "),
    "spent_k": lambda p: f"{p.spent // 1000:,}".replace(",", " "),
    "left_k": lambda p: f"({(p.budget - p.spent) // 1000:,})",
    "bud_m": lambda p: f"{p.budget / 1e6:.1f}",
    "spent_m": lambda p: f"{p.spent / 1e6:.1f}",
    "start": lambda p: p.start.strftime("%d/%m/%Y"),
    "end": lambda p: p.end.strftime("%d/%m/%Y"),
    "end_iso": lambda p: p.end.isoformat(),
    "start_long": lambda p: p.start.strftime("%d %B %Y"),
    "end_long": lambda p: p.end.strftime("%d %B %Y"),
    "end_mon": lambda p: p.end.strftime("%d-%b-%y"),
    "con": lambda p: escape(p.contractor),
}


def texts(p: P, keys: str) -> list[str]:
    return [R[key](p) for key in keys.split()]


def heads(names: str) -> list[str]:
    return [name.strip() for name in names.split("|")]


def tr(cells: Iterable[str], tag: str = "td", more: str = "") -> str:
    return (
        f"<tr {more}>" + "".join(c if c.startswith("<t") else f"<{tag}>{c}</{tag}>" for c in cells) + "</tr>"
    )


def table(names: str, keys: str, more: str = "", foot: str = "", rows: list[P] | None = None) -> str:
    body = "".join(tr(texts(p, keys)) for p in (WORLD if rows is None else rows))
    return f"<table {more}><thead>{tr(heads(names), 'th')}</thead><tbody>{body}</tbody>{foot}</table>"


def page(*body: str, title: str = "Infrastructure projects") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><header><a href='/'>Home</a> "
        f"<a href='/about'>About us</a></header><main>{''.join(body)}</main><footer>© 2026 Contact us "
        "012 336 7500</footer></body></html>"
    )


def each(pattern: Callable[[P], str]) -> str:
    return "".join(map(pattern, WORLD))


PAGES: dict[str, tuple[str, Callable[[], str]]] = {}
IDS = "external_id name"


def wild(fields: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a page on which a person reads these fields of every project (and no others)."""

    def register(build: Callable[[], str]) -> Callable[[], str]:
        PAGES[build.__name__] = (fields, build)
        return build

    return register


# fmt: off
@wild("external_id name municipality budget status completion_date")
def drupal_view() -> str:
    def cell(kind: str, text: str) -> str:
        return f'<td headers="view-{kind}-table-column" class="views-field views-field-{kind}">{text}          </td>'

    names = [("field-ref", "Project ref"), ("title", "Project"), ("field-muni", "Municipality"),
             ("field-budget", "Total budget"), ("field-status", "Status"), ("field-end", "Expected completion")]  # fmt: skip
    head = "".join(
        f'<th id="view-{k}-table-column" class="views-field views-field-{k}" scope="col"><a href="?order={k}&amp;sort=asc" '
        f'title="sort by {n}">{n}</a></th>'
        for k, n in names
    )
    rows = each(
        lambda p: "<tr>"
        + cell("field-ref", p.no)
        + cell("title", f'<a href="/projects/{p.no.lower()}" hreflang="en">{p.name}</a>')
        + cell("field-muni", f'<a href="/taxonomy/term/7">{p.place}</a>')
        + cell("field-budget", R["bud"](p))
        + cell("field-status", f'<a href="/status">{p.status}</a>')
        + cell("field-end", f'<time datetime="{p.end}T12:00:00Z">{R["end_long"](p)}</time>')
        + "</tr>"
    )
    return page(
        '<div class="view view-projects"><div class="view-header">Displaying 1 - 10 of 10</div>'
        '<div class="view-content"><table class="views-table views-view-table cols-6 sticky-enabled">'
        f'<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>'
    )

@wild("external_id name municipality budget expenditure progress_percentage")
def sharepoint_grouped() -> str:
    head = "".join(
        f'<th class="ms-vh2" scope="col"><div class="ms-vh-div" displayname="{n}"><a class="ms-headerSortTitleLink" '
        f'href="javascript:">{n}</a></div><div class="s4-ctx"><span>&nbsp;</span><a href="javascript:;" title="Open Menu"></a>'
        "</div></th>"
        for n in heads("Project No|Title|Approved Budget|Expenditure to Date|% Complete")
    )
    out = []
    for n, p in enumerate(WORLD):
        out.append(
            f'<tbody id="titl1-{n}_" groupstring="x"><tr><td colspan="100" nowrap class="ms-gb"><a href="javascript:">'
            f'<img src="minus.gif" alt="collapse"> Municipality</a> : {p.place} <span style="font-weight:lighter">&nbsp;(1)</span></td></tr></tbody>'
            f'<tbody id="tbod1-{n}_"><tr class="ms-itmhover"><td class="ms-vb2">{p.no}</td><td class="ms-vb-title"><div class="ms-vb itx">'
            f'<a class="ms-listlink" href="/Lists/Projects/DispForm.aspx?ID={n}">{p.name}</a></div></td>'
            f'<td class="ms-vb2"><div align="right">{R["bud"](p)}</div></td><td class="ms-vb2"><div align="right">{R["spent"](p)}</div></td>'
            f'<td class="ms-vb2"><div align="right">{p.percent}&nbsp;%</div></td></tr></tbody>'
        )
    return page(
        '<table class="ms-listviewtable" summary="Projects" id="{A1}-{B2}"><thead><tr class="ms-viewheadertr">'
        f"{head}</tr></thead>{''.join(out)}</table>"
    )

@wild("name municipality programme budget status")
def tablepress_footer() -> str:
    names = heads("Project Name|Municipality|Funding Source|Budget|Status")
    body = "".join(
        f'<tr class="row-{n + 2}">'
        + "".join(f'<td class="column-{at}">{t}</td>' for at, t in enumerate(texts(p, "name place prog bud_sp status"), 1))
        + "</tr>"
        for n, p in enumerate(WORLD)
    )
    foot = f'<tfoot><tr class="row-12"><th class="column-1">TOTAL</th><td></td><td></td><td>R {sum(p.budget for p in WORLD):,}</td><td></td></tr></tfoot>'
    return page(f'<table id="tablepress-4" class="tablepress"><thead>{tr(names, "th")}</thead>{foot}<tbody>{body}</tbody></table>')

@wild("external_id name municipality budget progress_percentage")
def arcgis_features() -> str:
    features = [
        {"attributes": {"OBJECTID": n, "PROJ_NO": p.no, "PROJ_NAME": p.name, "MUNIC": p.place, "BUDGET": p.budget,
                        "PERC_COMPL": p.percent, "Shape__Area": 12.5 * n}, "geometry": {"x": 30.1 + n / 10, "y": -23.4 - n / 10}}
        for n, p in enumerate(WORLD, 1)
    ]  # fmt: skip
    data = {"objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint", "fields": [{"name": "PROJ_NO", "alias": "Project Number"}], "features": features}
    return page(f'<div id="map"></div><script>var layerData = {json.dumps(data)};</script>')

@wild("external_id name municipality budget contractor status")
def bootstrap_accordion() -> str:
    return page(
        '<div class="accordion" id="acc">'
        + each(
            lambda p: f'<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" type="button">'
            f'{p.name} <span class="badge bg-info">{p.status}</span></button></h2><div class="accordion-collapse collapse"><div class="accordion-body">'
            f'<dl class="row"><dt class="col-sm-3">Project number</dt><dd class="col-sm-9">{p.no}</dd><dt class="col-sm-3">Municipality</dt><dd class="col-sm-9">{p.place}</dd>'
            f'<dt class="col-sm-3">Total project cost</dt><dd class="col-sm-9">{R["bud"](p)}</dd><dt class="col-sm-3">Contractor</dt><dd class="col-sm-9">{R["con"](p)}</dd>'
            f'<dt class="col-sm-3">Status</dt><dd class="col-sm-9">{p.status}</dd></dl></div></div></div>'
        )
        + "</div>"
    )

@wild("external_id name municipality budget completion_date")
def datatables_inline() -> str:
    rows = [[p.no, f'<a href="/p/{p.no}">{p.name}</a>', p.place, R["bud"](p), p.end.isoformat()] for p in WORLD]
    cols = [{"title": n} for n in heads("Project No|Project Name|Municipality|Budget|Completion Date")]
    return page(
        '<table id="example" class="display"></table><script>$(document).ready(function() { $("#example").DataTable({ '
        f"data: {json.dumps(rows)}, columns: {json.dumps(cols)}, pageLength: 25 }} ); }} );</script>"
    )

@wild("external_id name budget expenditure")
def devexpress_pivot() -> str:
    head = (
        '<tr><td class="dxpgColumnArea" colspan="2"></td><td class="dxpgColumnFieldValue" colspan="2">2025/26</td></tr>'
        '<tr><td class="dxpgRowArea">Project No</td><td class="dxpgRowArea">Project Name</td><td class="dxpgColumnFieldValue">Budget</td><td class="dxpgColumnFieldValue">Expenditure</td></tr>'
    )
    rows = each(
        lambda p: f'<tr><td class="dxpgRowFieldValue">{p.no}</td><td class="dxpgRowFieldValue">{p.name}</td><td class="dxpgCell">{R["bud"](p)}</td><td class="dxpgCell">{R["spent"](p)}</td></tr>'
    )
    total = f'<tr><td class="dxpgRowGrandTotalFieldValue" colspan="2">Grand Total</td><td class="dxpgGrandTotalCell">R{sum(p.budget for p in WORLD):,.2f}</td><td class="dxpgGrandTotalCell">R{sum(p.spent for p in WORLD):,.2f}</td></tr>'
    return page(f'<table class="dxpgControl" id="ctl00_pivot"><tr><td><table class="dxpgMainTable" id="ctl00_pivot_MT">{head}{rows}{total}</table></td></tr></table>')

@wild("external_id name municipality budget status")
def ssrs_viewer() -> str:
    def cell(text: str, kind: str) -> str:
        return f'<TD class="{kind}c"><DIV class="{kind}" style="width:28.00mm;min-width:28.00mm;">{text}</DIV></TD>'

    head = "".join(cell(n, "a32") for n in heads("Project No|Project Name|Municipality|Project Budget|Status"))
    rows = each(lambda p: f'<TR VALIGN="top"><TD style="HEIGHT:6.00mm"></TD>{"".join(cell(t, "a61") for t in texts(p, "no name place bud status"))}</TR>')
    inner = (
        '<TABLE cellspacing="0" cellpadding="0" border="0" style="border-collapse:collapse;"><TR HEIGHT="0"><TD style="WIDTH:0px"></TD>'
        + '<TD style="WIDTH:31.00mm;min-width:31.00mm"></TD>' * 5
        + f'</TR><TR VALIGN="top"><TD style="HEIGHT:6.00mm"></TD>{head}</TR>{rows}</TABLE>'
    )
    return page(
        '<div id="ReportViewer1"><TABLE class="r1" cellspacing=0><TR><TD><TABLE class="r2"><TR><TD style="HEIGHT:9mm"><DIV class="a3">'
        f'List of projects per municipality</DIV></TD></TR><TR><TD COLSPAN="3">{inner}</TD></TR><TR><TD><DIV>Printed on 2026/07/01 10:12 Page 1 of 1</DIV></TD></TR></TABLE></TD></TR></TABLE></div>'
    )

@wild("external_id name municipality budget status")
def crystal_positioned() -> str:
    lefts = [20, 150, 420, 600, 760]

    def line(top: int, cells: list[str], kind: str) -> str:
        return "".join(
            f'<div class="{kind}" style="position:absolute; top:{top}px; left:{left}px; width:120px;"><span class="f1">{t}</span></div>'
            for left, t in zip(lefts, cells, strict=True)
        )

    head = line(80, heads("Project No|Project Name|Municipality|Budget|Status"), "fch")
    rows = "".join(line(110 + 20 * n, texts(p, "no name place bud status"), "fcd") for n, p in enumerate(WORLD))
    return page(f'<div class="crystalstyle"><div style="position:absolute;top:20px;left:20px">Project report</div>{head}{rows}</div>')

@wild("external_id name municipality budget expenditure")
def excel_saved() -> str:
    blank = tr(["&nbsp;"] * 6, more="height=20")
    title = '<tr height=26><td colspan=6 class=xl70>CAPITAL PROJECTS 2025/26</td></tr><tr><td colspan=6 class=xl71>R\'000</td></tr>'
    head = tr([f"<td class=xl72>{n}</td>" for n in heads("Project No|Project Name|Municipality|Budget|Spent to date|&nbsp;")], more="height=40")
    rows = each(
        lambda p: tr(
            [f"<td class=xl65>{p.no}</td>", f"<td class=xl65>{p.name}</td>", f"<td class=xl65>{p.place}</td>",
             f'<td class=xl66 align=right x:num="{p.budget // 1000}">{R["bud_k"](p)}</td>', f'<td class=xl66 align=right x:num>{R["spent_k"](p)}</td>', "<td></td>"],
            more="height=20 style='height:15.0pt'",
        )
    )  # fmt: skip
    total = tr(["<td class=xl73>Total</td>", "<td></td>", "<td></td>", f"<td>{sum(p.budget for p in WORLD) // 1000:,}</td>".replace(",", " "),
                f"<td>{sum(p.spent for p in WORLD) // 1000:,}</td>".replace(",", " "), "<td></td>"])  # fmt: skip
    cols = "<col width=90 style='mso-width-source:userset'>" * 6
    return page(f"<table border=0 cellpadding=0 cellspacing=0 width=900>{cols}{title}{blank}{head}{rows}{total}<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=90></td><td width=90></td><td></td><td></td><td></td><td></td></tr><![endif]></table>")

def _mso(text: str, bold: bool = False) -> str:
    inner = f"<b>{text}</b>" if bold else text
    return f"<td width=120 valign=top style='border:solid windowtext 1.0pt'><p class=MsoNormal><span lang=EN-ZA style='font-size:9.0pt'>{inner}<o:p></o:p></span></p></td>"

@wild("external_id name municipality budget status completion_date")
def word_saved() -> str:
    head = "".join(_mso(n, True) for n in heads("Project<br>No.|Project Name|Munici-<br>pality|Budget (R&#8217;000)<sup>1</sup>|Status|Planned comple-<br>tion date"))
    rows = each(lambda p: "<tr>" + "".join(map(_mso, texts(p, "no name place bud_k status end_long"))) + "</tr>")
    return page(
        "<p class=MsoTitle>Annexure A: projects</p><table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0><tr style='mso-yfti-firstrow:yes'>"
        f"{head}</tr>{rows}</table><p class=MsoFootnoteText><sup>1</sup> Budget excludes VAT</p>"
    )

@wild("external_id name budget")
def footnotes_in_amounts() -> str:
    rows = "".join(
        tr([p.no, p.name + ("<sup>a</sup>" if n % 4 == 1 else ""), f"{p.budget:,}".replace(",", " ") + (f"<sup>{n}</sup>" if n % 3 == 0 and n else "")])
        for n, p in enumerate(WORLD)
    )
    return page(f"<table border=1>{tr(heads('Project No|Project Name|Budget (R)'), 'th')}{rows}</table><p><sup>3</sup> Revised in the adjustments budget.</p>")

@wild("external_id name municipality budget progress_percentage")
def powerbi_export() -> str:
    head = "".join(f'<div role="columnheader" class="pivotTableCellWrap cell-interactive tablixAlignLeft" aria-colindex="{n}">{t}</div>' for n, t in enumerate(heads("Project No|Project Name|Municipality|Sum of Budget|Average of % Complete"), 1))
    rows = "".join(
        f'<div role="row" aria-rowindex="{n}" class="row">' + "".join(f'<div role="gridcell" class="pivotTableCellWrap" aria-colindex="{at}" title="{t}">{t}</div>' for at, t in enumerate(texts(p, "no name place bud pct"), 1)) + "</div>"
        for n, p in enumerate(WORLD, 2)
    )
    total = f'<div role="row" class="row rowTotal"><div role="rowheader">Total</div><div role="gridcell"></div><div role="gridcell"></div><div role="gridcell">R{sum(p.budget for p in WORLD):,.2f}</div><div role="gridcell"></div></div>'
    return page(f'<div class="tableEx"><div role="grid" aria-rowcount="11"><div class="top-viewport"><div role="row" class="columnHeaders">{head}</div></div><div class="mid-viewport">{rows}</div>{total}</div></div>')

@wild("external_id name municipality status expenditure")
def liferay_container() -> str:
    head = "".join(f'<th class="table-cell-content lfr-col-{n}-column" id="_por_{n}"><span class="truncate-text">{t}</span></th>' for n, t in enumerate(heads("Reference Number|Project Title|Municipality|Status|Expenditure to date"), 1))
    rows = each(lambda p: '<tr class="" data-qa-id="row">' + "".join(f'<td class="table-cell lfr-col" colspan="1">{t}</td>' for t in texts(p, "no name place status spent")) + "</tr>")
    empty = '<tr class="lfr-template"><td class="table-cell"></td><td class="table-cell"></td><td class="table-cell"></td><td></td><td></td></tr>'
    return page(f'<div class="lfr-search-container"><div class="searchcontainer-content"><table class="show-quick-actions-on-hover table table-autofit table-list"><thead><tr>{head}</tr></thead><tbody>{empty}{rows}</tbody></table></div></div>')

@wild("name municipality budget status completion_date")
def mediawiki_refs() -> str:
    rows = "".join(
        f'<tr><td>{p.name}<sup id="cite_ref-{n}" class="reference"><a href="#cite_note-{n}">[{n}]</a></sup></td><td><a href="/wiki/{p.place}">{p.place}</a></td>'
        f'<td data-sort-value="{p.budget}">R{p.budget / 1e6:.1f}&nbsp;million<sup class="reference"><a href="#cite_note-2">[2]</a></sup></td><td>{p.status}</td><td><span data-sort-value="0002">{R["end_long"](p)}</span></td></tr>'
        for n, p in enumerate(WORLD, 3)
    )
    return page(f'<table class="wikitable sortable"><caption>Water projects</caption><tbody>{tr(heads("Project name|Municipality|Cost|Status|Completion date"), "th")}{rows}</tbody></table>')

@wild("external_id name budget expenditure status start_date completion_date")
def treasury_bands() -> str:
    names = (
        "<tr><th rowspan=3>Project No.</th><th rowspan=3>Project name</th><th rowspan=3>Project status</th><th colspan=2>Project duration</th><th rowspan=3>Total project cost</th>"
        "<th rowspan=3>Expenditure to date from previous years</th><th rowspan=3>Total available</th><th colspan=2>MTEF Forward estimates</th></tr>"
        "<tr><th>Date: Start</th><th>Date: Finish</th><th>MTEF 2026/27</th><th>MTEF 2027/28</th></tr><tr><th></th><th></th><th></th><th></th></tr>"
    )
    out = []
    for label, some in (("1. New infrastructure assets", WORLD[:5]), ("2. Upgrades and additions", WORLD[5:])):
        out.append(f"<tr><td colspan=10><b>{label}</b></td></tr>")
        out += [tr([*texts(p, "no name status start end bud_k spent_k"), "1 000", "2 000", "3 000"]) for p in some]
        sums = [f"{sum(getattr(p, k) for p in some) // 1000:,}".replace(",", " ") for k in ("budget", "spent")]
        out.append(tr([f"<td colspan=5><b>Total {label[3:]}</b></td>", *sums, "5 000", "10 000", "15 000"]))
    return page(f"<h3>Table B.5: Payments of infrastructure by category</h3><p>R thousand</p><table border=1>{names}{''.join(out)}</table>")

@wild("external_id name budget expenditure")
def brackets_and_balance() -> str:
    return page(table("Project No|Project Name|Total Budget R'000|Actual Expenditure R'000|Balance R'000", "no name bud_k spent_k left_k"))

@wild("external_id name municipality budget")
def quarters() -> str:
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th rowspan=2>Budget</th><th colspan=4>Projected expenditure 2025/26</th></tr>" + tr(["Q1", "Q2", "Q3", "Q4"], "th")
    rows = each(lambda p: tr([*texts(p, "no name place bud"), *(f"R{p.spent * n / 100:,.2f}" for n in (10, 20, 30, 40))]))
    return page(f"<table>{head}{rows}</table>")

@wild("external_id name municipality budget expenditure completion_date contractor")
def afrikaans() -> str:
    return page("<h2>Kapitaalprojekte</h2>", table("Projeknommer|Projeknaam|Munisipaliteit|Goedgekeurde begroting|Uitgawes tot op datum|Voltooiingsdatum|Kontrakteur", "no name place bud_sp spent_sp end con"))

@wild("external_id name municipality budget")
def two_lists() -> str:
    tenders = tr(heads("Bid Number|Description|Closing Date|Contact"), "th") + "".join(tr([f"DWS{n}/2026", f"Supply of chemicals lot {n}", f"{n + 10}/08/2026", "Ms Nkosi"]) for n in range(1, 9))
    return page("<h2>Projects</h2>", table("Project No|Project Name|Municipality|Budget", "no name place bud"), f"<h2>Tenders</h2><table>{tenders}</table>")

@wild("name municipality budget progress_percentage status")
def metric_cards() -> str:
    return page(
        '<div class="row">'
        + each(
            lambda p: f'<div class="col-md-4"><div class="card h-100"><img src="/i.jpg" alt=""><div class="card-body"><h5 class="card-title">{p.name}</h5><p class="card-text text-muted"><i class="bi bi-geo-alt"></i> {p.place} Local Municipality</p>'
            f'<div class="row text-center"><div class="col"><strong>R{p.budget / 1e6:.1f}m</strong><br><small>Budget</small></div><div class="col"><strong>{p.percent}%</strong><br><small>Complete</small></div><div class="col"><strong>{p.status}</strong><br><small>Status</small></div></div>'
            f'<a href="/projects/{p.no}" class="btn btn-primary">View project</a></div></div></div>'
        )
        + "</div>"
    )

@wild("external_id name municipality budget status")
def responsive_labels() -> str:
    names = heads("Project No|Project Name|Municipality|Budget|Status")
    rows = each(lambda p: "<tr>" + "".join(f'<td><b class="tablesaw-cell-label">{n}</b><span class="tablesaw-cell-content">{t}</span></td>' for n, t in zip(names, texts(p, "no name place bud status"), strict=True)) + "</tr>")
    return page(f'<table class="tablesaw tablesaw-stack"><thead>{tr(names, "th")}</thead><tbody>{rows}</tbody></table>')

@wild("external_id name municipality budget status")
def mobile_labels() -> str:
    names = heads("Project No|Project Name|Municipality|Budget|Status")
    rows = each(lambda p: "<tr>" + "".join(f'<td><span class="mobile-label d-md-none">{n}: </span>{t}</td>' for n, t in zip(names, texts(p, "no name place bud status"), strict=True)) + "</tr>")
    return page(f'<table class="table"><thead>{tr(names, "th")}</thead><tbody>{rows}</tbody></table>')

@wild("name budget municipality contractor")
def details_lists() -> str:
    return page(each(lambda p: f"<details><summary>{p.name}</summary><ul><li><strong>Municipality:</strong> {p.place}</li><li><strong>Project budget:</strong> R{p.budget / 1e6:.1f} million</li><li><strong>Contractor:</strong> {R['con'](p)}</li></ul></details>"))

@wild("external_id name budget expenditure")
def currency_column() -> str:
    head = "<tr><th>Project No</th><th>Project Name</th><th colspan=2>Budget</th><th colspan=2>Expenditure to date</th></tr>"
    rows = each(lambda p: tr([p.no, p.name, "R", f"{p.budget:,}".replace(",", " "), "R", f"{p.spent:,}".replace(",", " ")]))
    return page(f"<table border=1>{head}{rows}</table>")

@wild("external_id name budget")
def struck_through() -> str:
    rows = "".join(tr([p.no, p.name, f"<del>R{p.budget - 5000000:,.2f}</del> <ins>R{p.budget:,.2f}</ins>" if n % 3 == 0 else R["bud"](p)]) for n, p in enumerate(WORLD))
    return page(f"<table>{tr(heads('Project No|Project Name|Budget'), 'th')}{rows}</table>")

@wild("external_id name municipality budget")
def kendo_locked() -> str:
    def grid(names: str, keys: str) -> tuple[str, str]:
        head = "".join(f'<th class="k-header" data-title="{n}"><a class="k-link" href="#">{n}</a></th>' for n in heads(names))
        return f'<table role="grid"><thead class="k-grid-header"><tr>{head}</tr></thead></table>', f'<table role="grid"><tbody>{each(lambda p: "<tr role=row>" + "".join(f"<td role=gridcell>{t}</td>" for t in texts(p, keys)) + "</tr>")}</tbody></table>'

    (lh, lb), (rh, rb) = grid("Project No|Project Name", "no name"), grid("Municipality|Budget", "place bud")
    return page(f'<div class="k-grid k-widget"><div class="k-grid-header"><div class="k-grid-header-locked">{lh}</div><div class="k-grid-header-wrap">{rh}</div></div><div class="k-grid-content-locked">{lb}</div><div class="k-grid-content">{rb}</div></div>')

@wild("external_id name municipality budget status")
def jqgrid() -> str:
    head = "".join(f'<th role="columnheader" id="list_{n}" class="ui-th-column"><div id="jqgh_{n}" class="ui-jqgrid-sortable">{n}<span class="s-ico" style="display:none"><span></span></span></div></th>' for n in heads("Project No|Project Name|Municipality|Budget|Status"))
    rows = each(lambda p: '<tr role="row" class="ui-widget-content jqgrow ui-row-ltr">' + "".join(f'<td role="gridcell" title="{t}" aria-describedby="x">{t}</td>' for t in texts(p, "no name place bud status")) + "</tr>")
    first = '<tr class="jqgfirstrow" role="row" style="height:auto">' + '<td role="gridcell" style="height:0px;width:90px"></td>' * 5 + "</tr>"
    return page(f'<div class="ui-jqgrid"><div class="ui-jqgrid-hdiv"><table class="ui-jqgrid-htable"><thead><tr class="ui-jqgrid-labels">{head}</tr></thead></table></div><div class="ui-jqgrid-bdiv"><table id="list" class="ui-jqgrid-btable"><tbody>{first}{rows}</tbody></table></div></div>')

@wild("external_id name municipality budget status")
def ag_grid_pinned() -> str:
    def part(kind: str, keys: str, first: int) -> str:
        return "".join(f'<div role="row" row-index="{n}" aria-rowindex="{n + 2}" class="ag-row">' + "".join(f'<div role="gridcell" aria-colindex="{at}" col-id="c{at}" class="ag-cell">{t}</div>' for at, t in enumerate(texts(p, keys), first)) + "</div>" for n, p in enumerate(WORLD))

    def head(names: str, first: int) -> str:
        return '<div role="row" class="ag-header-row" aria-rowindex="1">' + "".join(f'<div role="columnheader" aria-colindex="{at}" class="ag-header-cell"><span class="ag-header-cell-text">{n}</span></div>' for at, n in enumerate(heads(names), first)) + "</div>"

    return page(
        f'<div role="grid" class="ag-root" aria-colcount="5" aria-rowcount="11"><div class="ag-header"><div class="ag-pinned-left-header" role="rowgroup">{head("Project No|Project Name", 1)}</div><div class="ag-header-viewport" role="rowgroup">{head("Municipality|Budget|Status", 3)}</div></div>'
        f'<div class="ag-body"><div class="ag-pinned-left-cols-container" role="rowgroup">{part("left", "no name", 1)}</div><div class="ag-center-cols-container" role="rowgroup">{part("center", "place bud status", 3)}</div></div></div>'
    )

@wild("external_id name municipality budget status")
def google_sheet() -> str:
    letters = "<thead><tr><th class='row-header freezebar-origin-ltr'></th>" + "".join(f'<th id="0C{n}" style="width:100px" class="column-headers-background">{c}</th>' for n, c in enumerate("ABCDE")) + "</tr></thead>"

    def row(n: int, cells: list[str]) -> str:
        return f'<tr style="height: 20px"><th id="0R{n}" style="height: 20px;" class="row-headers-background"><div class="row-header-wrapper">{n + 1}</div></th>' + "".join(f'<td class="s{n % 3}" dir="ltr">{c}</td>' for c in cells) + "</tr>"

    body = row(0, ["Municipal Infrastructure Projects", "", "", "", ""]) + row(1, heads("Project No|Project Name|Municipality|Budget|Status")) + "".join(row(n, texts(p, "no name place bud status")) for n, p in enumerate(WORLD, 2))
    return page(f'<div class="ritz grid-container" dir="ltr"><table class="waffle" cellspacing="0" cellpadding="0">{letters}<tbody>{body}</tbody></table></div>')

@wild("external_id name municipality budget status")
def apex_report() -> str:
    names = heads("Project Number|Project Name|Municipality|Budget|Status")
    head = "".join(f'<th class="a-IRR-header" id="C{n}"><span class="a-IRR-headerLabel" title="{t}"><a class="a-IRR-headerLink" data-column="{n}">{t}</a></span></th>' for n, t in enumerate(names))
    rows = each(lambda p: "<tr>" + "".join(f'<td class=" u-tL" headers="C{n}">{t}</td>' for n, t in enumerate(texts(p, "no name place bud status"))) + "</tr>")
    return page(f'<div class="a-IRR-tableContainer"><table class="a-IRR-table" id="123_orig" aria-label="Projects"><tbody><tr>{head}</tr>{rows}</tbody></table></div><div class="a-IRR-paginationWrap">1 - 10 of 10</div>')

@wild("external_id name municipality budget status")
def jasper_spacers() -> str:
    def row(cells: list[str]) -> str:
        return '<tr valign="top" style="height:20px"><td></td>' + "".join(f'<td colspan="{2 if n == 1 else 1}" style="text-indent:0px"><span style="font-size:9px">{t}</span></td><td></td>' for n, t in enumerate(cells)) + "</tr>"

    widths = '<tr><td style="width:20px;height:1px"></td>' + '<td style="width:80px;height:1px"></td>' * 12 + "</tr>"
    title = '<tr valign="top" style="height:30px"><td></td><td colspan="8"><span style="font-weight:bold">Project Status Report</span></td><td colspan="3"></td></tr>'
    return page(f'<table class="jrPage" cellpadding="0" cellspacing="0" border="0">{widths}{title}{row(heads("Project No|Project Name|Municipality|Budget|Status"))}{"".join(row(texts(p, "no name place bud status")) for p in WORLD)}</table>')
