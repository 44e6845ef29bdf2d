"""A dozen pages more, written when the kinds of all others had been mended. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|status|completion_date
IC-5501|Hazyview WTW Phase 1C|MP326|131500000|construction|2027-01-29
IC-5504|Nsikazi North Bulk|MP326|268000000|design|2029-06-29
IC-5507|Matsafeni Reservoir|MP326|17900000|completed|2024-11-15
""")
def hana_fiori_list_report() -> str:
    """A list report: `sapMListTbl`, texts in spans, an object number with its unit, a status with an icon."""
    def cell(text: str) -> str:
        return f'<td class="sapMListTblCell"><span class="sapMText sapUiSelectable sapMTextMaxWidth">{text}</span></td>'

    def row(n: int, no: str, name: str, bud: str, status: str, end: str) -> str:
        return f'<tr id="__item0-__clone{n}" class="sapMLIB sapMListTblRow" role="row"><td class="sapMListTblHighlightCell"></td>{cell(no)}{cell(name)}{cell("City of Mbombela (MP326)")}<td class="sapMListTblCell"><div class="sapMObjectNumber"><span class="sapMObjectNumberText">{bud}</span><span class="sapMObjectNumberUnit">ZAR</span></div></td><td class="sapMListTblCell"><div class="sapMObjStatus"><span class="sapMObjStatusIcon"><span class="sapUiIcon" aria-hidden="true"></span></span><span class="sapMObjStatusText">{status}</span></div></td>{cell(end)}<td class="sapMListTblNavCol"><span class="sapUiIcon" title="Navigation"></span></td></tr>'

    heads = "".join(f'<th class="sapMListTblCell sapMListTblHeaderCell" scope="col"><div class="sapMColumnHeader"><span class="sapMLabel"><bdi>{name}</bdi></span></div></th>' for name in ("Project ID", "Project Name", "Municipality", "Budget", "Status", "Planned End Date"))
    return page(f'<div class="sapMList"><header class="sapMListHdr"><span class="sapMTitle">Projects (3)</span></header><table class="sapMListTbl" role="grid"><thead><tr class="sapMListTblHeader"><th class="sapMListTblHighlightCol"></th>{heads}<th class="sapMListTblNavCol"></th></tr></thead><tbody>{row(0, "IC-5501", "Hazyview WTW Phase 1C", "131,500,000.00", "Construction", "29.01.2027")}{row(1, "IC-5504", "Nsikazi North Bulk", "268,000,000.00", "Design", "29.06.2029")}{row(2, "IC-5507", "Matsafeni Reservoir", "17,900,000.00", "Completed", "15.11.2024")}</tbody></table></div>')


@unseen("""
external_id|name|municipality|budget|contractor|start_date
RFQ-114|Boreholes at Mapela|LIM367|3850000|Mokgadi Drilling|2025-05-12
RFQ-120|Standpipes at Bakenberg|LIM367|2120000|-|-
RFQ-131|Steel tank at Rebone|LIM367|5475000|Tlou Steel|2025-08-04
""")
def quick_table_in_an_article() -> str:
    """A table that an editor pasted: headings in the first row of the body, fonts, empty paragraphs, a note with a star."""
    def row(*cells: str) -> str:
        return "<tr>" + "".join(f'<td style="border: 1px solid #000;"><p><span style="font-family: arial; font-size: 10pt;">{cell or "&nbsp;"}</span></p></td>' for cell in cells) + "</tr>"

    return page('<article class="post"><h1 class="entry-title">Water projects 2025</h1><div class="entry-content"><p>&nbsp;</p><table style="border-collapse: collapse; width: 100%;"><tbody>' + row("<strong>Project Ref</strong>", "<strong>Project</strong>", "<strong>Municipality</strong>", "<strong>Project Cost*</strong>", "<strong>Contractor</strong>", "<strong>Start</strong>") + row("RFQ-114", "Boreholes at Mapela", "Mogalakwena (LIM367)", "R3 850 000.00", "Mokgadi Drilling", "12 May 2025") + row("RFQ-120", "Standpipes at Bakenberg", "Mogalakwena (LIM367)", "R2 120 000.00", "TBC", "TBC") + row("RFQ-131", "Steel tank at Rebone", "Mogalakwena (LIM367)", "R5 475 000.00", "Tlou Steel", "4 August 2025") + "</tbody></table><p>* VAT included. Enquiries: 015 491 9600.</p></div></article>")


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
UWG-1|Emfuleni Module 6|GT421|820000000|400000000|47
UWG-2|Rothdene Pump Station|GT422|57000000|57000000|100
UWG-3|Meyerton Sewers|GT422|33400000|1000000|3
""")
def ultra_grid_grouped_by_boxes() -> str:
    """An older grid grouped by municipality: the group's row holds a whole table with its own headings."""
    def inner(n: int, lines: str) -> str:
        head = "".join(f'<th class="igh" id="h{n}_{at}"><nobr>{name}</nobr></th>' for at, name in enumerate(("Project No", "Project Name", "Budget", "Expenditure", "Progress")))
        return f'<table class="igt"><thead><tr><th class="igrs">&nbsp;</th>{head}</tr></thead><tbody>' + "".join('<tr class="igr"><td class="igrs"><img src="blank.gif"></td>' + "".join(f'<td class="igc"><nobr>{cell}</nobr></td>' for cell in line.split("|")) + "</tr>" for line in lines.splitlines()) + "</tbody></table>"

    def group(n: int, text: str, lines: str) -> str:
        return f'<div class="igGroup"><h4 class="igGroupHead"><img src="minus.gif" alt="Collapse"> Municipality: {text}</h4>{inner(n, lines)}</div>'

    return page('<div id="UltraWebGrid1">' + group(0, "Emfuleni (GT421)", "UWG-1|Emfuleni Module 6|R820,000,000|R400,000,000|47%") + group(1, "Midvaal (GT422)", "UWG-2|Rothdene Pump Station|R57,000,000|R57,000,000|100%\nUWG-3|Meyerton Sewers|R33,400,000|R1,000,000|3%") + "</div>")


@unseen("""
external_id|name|municipality|budget|status
GJ-801|Zwelihle Bulk Pipe|WC032|44800000|construction
GJ-802|Kleinmond Filters|WC032|7650000|tender
GJ-805|Stanford Reservoir|WC032|21000000|completed
""")
def map_side_panel() -> str:
    """The panel beside a web map: results with a number of their marker, label and value as spans in list items."""
    def one(n: int, no: str, name: str, bud: str, status: str) -> str:
        return f'<li class="result" data-lat="-34.4{n}" data-lng="19.2{n}"><span class="marker-no">{n}</span><h4 class="result-title">{name}</h4><ul class="attrs"><li><span class="k">Project number</span><span class="v">{no}</span></li><li><span class="k">Municipality</span><span class="v">Overstrand (WC032)</span></li><li><span class="k">Budget</span><span class="v">{bud}</span></li><li><span class="k">Status</span><span class="v">{status}</span></li></ul><a href="#" class="zoom">Zoom to</a></li>'

    return page('<div id="panel"><h3>3 results</h3><ol class="results">' + one(1, "GJ-801", "Zwelihle Bulk Pipe", "R44.8 million", "Construction") + one(2, "GJ-802", "Kleinmond Filters", "R7.65 million", "Tender") + one(3, "GJ-805", "Stanford Reservoir", "R21 million", "Completed") + "</ol></div>")


@unseen("""
external_id|name|municipality|budget|expenditure|status
BS-71|Ventersdorp Outfall|NW405|63100000|21800000|construction
BS-72|Toevlug Reservoir|NW405|18000000|0|design
BS-75|Ikageng Pressure Main|NW405|9900000|9745000|completed
""")
def bootstrap_table_plugin() -> str:
    """The bootstrap-table plugin: a fixed header copy, inner divs, a toolbar, a detail icon, a footer of sums."""
    heads = ("Project No", "Project Name", "Municipality", "Budget (R)", "Expenditure (R)", "Status")
    head = '<th class="detail" rowspan="1"><div class="fht-cell"></div></th>' + "".join(f'<th style="" data-field="f{at}"><div class="th-inner sortable both">{name}</div><div class="fht-cell"></div></th>' for at, name in enumerate(heads))

    def row(n: int, line: str) -> str:
        return f'<tr data-index="{n}" data-has-detail-view="true"><td><a class="detail-icon" href="#"><i class="fa fa-plus"></i></a></td>' + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + "</tr>"

    body = row(0, "BS-71|Ventersdorp Outfall|JB Marks (NW405)|63 100 000|21 800 000|Construction") + row(1, "BS-72|Toevlug Reservoir|JB Marks (NW405)|18 000 000|0|Design") + row(2, "BS-75|Ikageng Pressure Main|JB Marks (NW405)|9 900 000|9 745 000|Completed")
    return page(f'<div class="bootstrap-table bootstrap4"><div class="fixed-table-toolbar"><div class="search"><input class="form-control" type="search" placeholder="Search"></div></div><div class="fixed-table-container"><div class="fixed-table-header" style="display: none;"><table></table></div><div class="fixed-table-body"><table id="table" class="table table-bordered table-hover"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div><div class="fixed-table-footer"><table><tbody><tr><th class="detail"></th><th><div class="th-inner">Total</div></th><th></th><th></th><th><div class="th-inner">91 000 000</div></th><th><div class="th-inner">31 545 000</div></th><th></th></tr></tbody></table></div></div></div><div class="pagination-info">Showing 1 to 3 of 3 rows</div>')


@unseen("""
external_id|name|municipality|budget|start_date|completion_date|status
PR/88|Uitbreiding van Vredendal-suiweringswerke|WC011|64200000|2024-03-04|2026-05-29|construction
PR/91|Lutzville-pypvervanging|WC011|8100500.5|2025-07-21|2025-12-12|completed
PR/97|Ebenhaeser-opgaardam|WC011|15750000|2026-08-03|2027-11-30|planning
""")
def afrikaans_blog_facts() -> str:
    """Headings with bold facts below each in one paragraph, line by line; in Afrikaans."""
    def one(no: str, name: str, bud: str, start: str, end: str, status: str) -> str:
        return f"<h3>{name}</h3><p><strong>Projeknommer:</strong> {no}<br/><strong>Munisipaliteit:</strong> Matzikama (WC011)<br/><strong>Begroting:</strong> {bud}<br/><strong>Begindatum:</strong> {start}<br/><strong>Voltooiingsdatum:</strong> {end}<br/><strong>Status:</strong> {status}</p>"

    return page("<h2>Ons projekte</h2>" + one("PR/88", "Uitbreiding van Vredendal-suiweringswerke", "R 64 200 000,00", "4 Maart 2024", "29 Mei 2026", "In konstruksie") + one("PR/91", "Lutzville-pypvervanging", "R 8 100 500,50", "21 Julie 2025", "12 Desember 2025", "Voltooi") + one("PR/97", "Ebenhaeser-opgaardam", "R 15 750 000,00", "3 Augustus 2026", "30 November 2027", "Beplanning"))


@unseen("""
external_id|name|municipality|budget|completion_date
DC-1401|Aliwal North WTW|EC145|86000000|2026-09-30
DC-1402|Burgersdorp Sewer|EC145|24500000|2025-10-31
DC-1405|Steynsburg Boreholes|EC145|6150000|2027-02-26
""")
def outcome_of_an_audit() -> str:
    """A table of an audit: what was planned and found beside each project; amounts that are no budget."""
    return page("<h2>Material irregularities</h2>" + table("No|Project number|Project name|Municipality|Project budget|Finding|Likely financial loss|Action taken|Completion date", "1|DC-1401|Aliwal North WTW|Walter Sisulu (EC145)|R86 000 000|Overpayment of R1.2 million|R1 200 000|Referred|30 September 2026\n2|DC-1402|Burgersdorp Sewer|Walter Sisulu (EC145)|R24 500 000|Poor workmanship|R4 000 000|In progress|31 October 2025\n3|DC-1405|Steynsburg Boreholes|Walter Sisulu (EC145)|R6 150 000|None|R0|None|26 February 2027"))


@unseen("")
def meter_readings() -> str:
    """Bulk meters and what they read; numbers, places, dates and a state, and no project."""
    return page("<h2>Bulk meter readings, week 4</h2>" + table("Meter No|Meter name|Municipality|Date|Reading (kl)|Flow (Ml/d)|% of target|Status", "BM-001|Nandoni outlet|Thulamela (LIM343)|2026-01-26|1 204 331|48.2|96%|Active\nBM-002|Vondo outlet|Thulamela (LIM343)|2026-01-26|998 112|31.0|103%|Active\nBM-007|Malamulele tower|Collins Chabane (LIM345)|2026-01-26|410 090|12.4|71%|Faulty"))


@unseen("")
def budget_by_programme_and_year() -> str:
    """Estimates of a department by programme, with their spending and share; a total. No project."""
    return page("<h2>Vote 41: Water and Sanitation</h2>" + table("Programme number|Programme name|Budget|Expenditure|Percentage spent|Status", "1|Administration|R2 012 000 000|R980 000 000|49%|On track\n2|Water Resources Management|R4 450 000 000|R1 900 000 000|43%|Behind\n3|Water Services Management|R18 600 000 000|R8 700 000 000|47%|On track\n|Total|R25 062 000 000|R11 580 000 000|46%|"))


@unseen("""
external_id|name|municipality|budget|expenditure
LR-1|Mdloti Raw Water Upgrade|ETH|275000000|110500000
LR-2|Verulam WWTW Rehab|ETH|149900000|149200000
LR-6|Phoenix Flood Repairs|ETH|38000000|5000000
""")
def list_region_in_columns() -> str:
    """Each project a box of a report: a name in bold, two rows of labels with the figures below them."""
    def box(no: str, name: str, bud: str, spent: str) -> str:
        return f'<table class="box" border="1"><tr><td colspan="4"><b>{name}</b></td></tr><tr><td class="l">Project No</td><td class="l">Municipality</td><td class="l">Budget</td><td class="l">Expenditure</td></tr><tr><td>{no}</td><td>eThekwini (ETH)</td><td>{bud}</td><td>{spent}</td></tr></table><br>'

    return page(box("LR-1", "Mdloti Raw Water Upgrade", "R275 000 000", "R110 500 000") + box("LR-2", "Verulam WWTW Rehab", "R149 900 000", "R149 200 000") + box("LR-6", "Phoenix Flood Repairs", "R38 000 000", "R5 000 000"))


@unseen("""
external_id|name|municipality|budget|status
YV-01|Kokstad Dam Wall|KZN433|52500000|construction
YV-02|Bhongweni Line|KZN433|6700000|completed
YV-04|Shayamoya Tanks|KZN433|11250000|tender
""")
def yui_data_table() -> str:
    """An old widget: a liner in each cell, a message body that is hidden, a caption, ids that count."""
    def cell(tag: str, at: int, text: str) -> str:
        return f'<{tag} class="yui-dt0-col-c{at} yui-dt-col-c{at} yui-dt-sortable"><div class="yui-dt-liner">{f"<span class=yui-dt-label>{text}</span>" if tag == "th" else text}</div></{tag}>'

    def row(n: int, line: str) -> str:
        return f'<tr id="yui-rec{n}" class="yui-dt-{"even" if n % 2 == 0 else "odd"}">' + "".join(cell("td", at, text) for at, text in enumerate(line.split("|"))) + "</tr>"

    head = "<tr>" + "".join(cell("th", at, name) for at, name in enumerate(("Project No", "Project Name", "Municipality", "Budget", "Status"))) + "</tr>"
    return page(f'<div id="dt" class="yui-dt"><table summary=""><caption>Projects</caption><thead>{head}</thead><tbody class="yui-dt-message" style="display: none;"><tr class="yui-dt-first yui-dt-last"><td class="yui-dt-empty" colspan="5"><div class="yui-dt-liner">No records found.</div></td></tr></tbody><tbody class="yui-dt-data">{row(0, "YV-01|Kokstad Dam Wall|Greater Kokstad (KZN433)|R52 500 000|Construction")}{row(1, "YV-02|Bhongweni Line|Greater Kokstad (KZN433)|R6 700 000|Completed")}{row(2, "YV-04|Shayamoya Tanks|Greater Kokstad (KZN433)|R11 250 000|Tender")}</tbody></table></div>')


@unseen("""
external_id|name|municipality|budget|expenditure|start_date
RQ-5|Ha-Makuya Scheme|LIM343|-|-|2024-02-01
RQ-6|Mutale Weir Repairs|LIM343|-|-|2025-06-02
RQ-9|Tshandama Reservoir|LIM343|-|-|2026-04-01
""")
def medium_term_amounts_in_bands() -> str:
    """Outcome, estimate and medium-term years below one band: every amount is a year's."""
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th rowspan=2>Start date</th><th>Audited outcome</th><th>Adjusted appropriation</th><th colspan=3>Medium-term expenditure estimate</th></tr><tr><th>2023/24</th><th>2024/25</th><th>2025/26</th><th>2026/27</th><th>2027/28</th></tr>"
    return page(f"<p>R thousand</p><table border=1>{head}" + trs("RQ-5|Ha-Makuya Scheme|Thulamela (LIM343)|1 February 2024|2 000|14 000|22 000|8 000|-\nRQ-6|Mutale Weir Repairs|Thulamela (LIM343)|2 June 2025|-|-|5 500|1 200|-\nRQ-9|Tshandama Reservoir|Thulamela (LIM343)|1 April 2026|-|-|-|16 000|19 500\nTotal||||2 000|14 000|27 500|25 200|19 500") + "</table>")
