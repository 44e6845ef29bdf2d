"""Public pages that tempt: years, boards, plans of work, awards, indicators, lots, what is struck out. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|contractor
YT-1|Parys Bulk Sewer|FS203|-|Lebone Civils
YT-2|Heilbron Raw Water|FS203|-|Ditau JV
YT-3|Koppies Reservoir|FS203|-|-
""")
def tabs_by_year() -> str:
    """The same projects on the tab of each year: what is allocated in a year is no project's budget."""
    def tab(year: str, lines: str, shown: bool) -> str:
        return f'<div class="tab-pane fade{" show active" if shown else ""}" id="y{year[:4]}" role="tabpanel"><h3>{year}</h3><table class="table">{trs("Project No|Project Name|Municipality|Contractor|Allocation", "th")}{trs(lines)}</table></div>'

    return page('<ul class="nav nav-tabs"><li class="nav-item"><a class="nav-link active" href="#y2024">2024/25</a></li><li class="nav-item"><a class="nav-link" href="#y2025">2025/26</a></li></ul><div class="tab-content">' + tab("2024/25", "YT-1|Parys Bulk Sewer|Ngwathe (FS203)|Lebone Civils|R12 000 000\nYT-2|Heilbron Raw Water|Ngwathe (FS203)|Ditau JV|R4 100 000\nYT-3|Koppies Reservoir|Ngwathe (FS203)||R900 000", True) + tab("2025/26", "YT-1|Parys Bulk Sewer|Ngwathe (FS203)|Lebone Civils|R21 500 000\nYT-2|Heilbron Raw Water|Ngwathe (FS203)|Ditau JV|R8 000 000\nYT-3|Koppies Reservoir|Ngwathe (FS203)||R6 400 000", False) + "</div>")


@unseen("""
external_id|name|municipality|budget|status
KN-1|Vanderbijlpark Trunk Main|GT421|64000000|planning
KN-2|Evaton Pipe Replacement|GT421|133000000|construction
KN-5|Sebokeng Module 7|GT421|480000000|construction
KN-7|Sharpeville Leak Detection|GT421|7900000|completed
""")
def kanban_by_stage() -> str:
    """A board: a list a stage, the stage stands at its head alone; labels and avatars on the cards."""
    def card(no: str, name: str, bud: str) -> str:
        return f'<div class="board-card" draggable="true"><div class="card-labels"><span class="label-blue" title="Water"></span></div><h5 class="card-title">{name}</h5><dl><dt>Project No</dt><dd>{no}</dd><dt>Municipality</dt><dd>Emfuleni (GT421)</dd><dt>Budget</dt><dd>{bud}</dd></dl><span class="avatar" title="T. Mokoena">TM</span></div>'

    def lane(stage: str, *cards: str) -> str:
        return f'<section class="board-list"><header><h4>{stage}</h4><span class="count">{len(cards)}</span></header>{"".join(cards)}</section>'

    return page('<div class="board">' + lane("Planning", card("KN-1", "Vanderbijlpark Trunk Main", "R64 000 000")) + lane("Construction", card("KN-2", "Evaton Pipe Replacement", "R133 000 000"), card("KN-5", "Sebokeng Module 7", "R480 000 000")) + lane("Completed", card("KN-7", "Sharpeville Leak Detection", "R7 900 000")) + "</div>")


@unseen("""
external_id|name|municipality|budget|status|start_date|completion_date|contractor
TL-88|Clanwilliam Canal Lining|WC012|57600000|construction|2024-10-07|2026-12-11|Ruwacon
""")
def project_with_a_timeline() -> str:
    """A project's own page: its facts, and a timeline whose events are no projects."""
    facts = "".join(f"<tr><th scope=row>{label}</th><td>{text}</td></tr>" for label, text in (("Project Number", "TL-88"), ("Project Name", "Clanwilliam Canal Lining"), ("Municipality", "Cederberg (WC012)"), ("Project Budget", "R57 600 000"), ("Status", "Under Construction"), ("Start Date", "7 October 2024"), ("Expected Completion Date", "11 December 2026"), ("Contractor", "Ruwacon")))
    events = "".join(f'<li class="timeline-item"><div class="timeline-badge"></div><div class="timeline-panel"><h4 class="timeline-title">{title}</h4><p><small class="text-muted">{day}</small></p><p>{text}</p></div></li>' for title, day, text in (("Tender advertised", "15 March 2024", "Bid CED 04/2024"), ("Contract awarded", "20 August 2024", "Award value R54 210 000"), ("Site handed over", "7 October 2024", ""), ("Section 1 completed", "30 June 2025", "R19 million certified")))
    return page(f'<h1>Clanwilliam Canal Lining</h1><table class="table table-sm">{facts}</table><h2>Timeline</h2><ul class="timeline">{events}</ul>')


@unseen("")
def programme_of_works_of_one_contract() -> str:
    """A project planner's export: the tasks of one contract are no projects."""
    return page("<h1>Zandfontein WTW: programme of works (revision 3)</h1>" + table("ID|Task Name|Duration|Start|Finish|% Complete|Predecessors|Cost", "1|Zandfontein WTW|420 days|2025/02/03|2026/09/11|34%||R48,000,000.00\n2|&nbsp;&nbsp;Site establishment|20 days|2025/02/03|2025/02/28|100%||R1,200,000.00\n3|&nbsp;&nbsp;Bulk earthworks|60 days|2025/03/03|2025/05/23|100%|2|R6,400,000.00\n4|&nbsp;&nbsp;Clarifier structures|120 days|2025/05/26|2025/11/07|40%|3|R18,300,000.00\n5|&nbsp;&nbsp;Mechanical installation|90 days|2025/11/10|2026/03/13|0%|4|R15,900,000.00\n6|&nbsp;&nbsp;Commissioning|30 days|2026/03/16|2026/04/24|0%|5|R6,200,000.00"))


@unseen("""
external_id|name|budget|programme
IDP-W-11|Replacement of AC pipes, Bethlehem|-|MIG
IDP-W-14|Clarens Bulk Reservoir|-|WSIG
IDP-W-19|Rosendal Wastewater Ponds|-|RBIG
""")
def sdbip_capital_plan() -> str:
    """A capital plan: vote, ward, mSCOA, three years. What is voted in a year is no project's budget."""
    head = "<tr><th rowspan=2>Vote No.</th><th rowspan=2>IDP Project No.</th><th rowspan=2>Project Name</th><th rowspan=2>Ward(s)</th><th rowspan=2>mSCOA Function</th><th rowspan=2>Fund</th><th colspan=3>2025/26 MTREF (R'000)</th></tr><tr><th>Budget Year 2025/26</th><th>Budget Year +1 2026/27</th><th>Budget Year +2 2027/28</th></tr>"
    return page(f"<h2>Dihlabeng Local Municipality: SDBIP 2025/26, capital works plan</h2><table border=1>{head}" + trs("5203/1|IDP-W-11|Replacement of AC pipes, Bethlehem|3, 7, 9|Water Distribution|MIG|8 500|6 000|-\n5203/4|IDP-W-14|Clarens Bulk Reservoir|14|Water Storage|WSIG|12 250|9 750|4 000\n5301/1|IDP-W-19|Rosendal Wastewater Ponds|20|Waste Water Treatment|RBIG|3 000|15 000|22 000\n<td colspan=6><b>Total Water and Sanitation</b></td>|23 750|30 750|26 000") + "</table><p>Approved: ______________________ (Executive Mayor)</p>")


@unseen("""
external_id|name|municipality|budget|contractor|start_date|completion_date|progress_percentage
FS-2025-03|Welbedacht Pipeline Replacement|MAN|389000000|Aveng Grinaker|2023-11-06|2026-05-29|71
""")
def project_fact_sheet() -> str:
    """A fact sheet: guarantees, damages and other dates beside what the project comes to."""
    facts = "".join(f'<div class="fact"><span class="fact-label">{label}</span><span class="fact-text">{text}</span></div>' for label, text in (("Project No", "FS-2025-03"), ("Project name", "Welbedacht Pipeline Replacement"), ("Municipality", "Mangaung (MAN)"), ("Project budget", "R389 million"), ("Contractor", "Aveng Grinaker"), ("Start date", "6 November 2023"), ("Planned completion date", "29 May 2026"), ("Overall progress", "71%"), ("Performance guarantee", "R38.9 million"), ("Penalty per day", "R45 000"), ("Tender closing date", "14 April 2023"), ("Date of this report", "31 January 2026"), ("Jobs created", "312"), ("Time elapsed", "86%")))
    return page(f'<h1>Fact sheet</h1><div class="facts">{facts}</div><p>Of the R389 million, R120 million was for pipes. For more, call 051 403 0800.</p>')


@unseen("")
def bid_awards() -> str:
    """Bids that were awarded: goods and services, points, and who signed; no list of projects."""
    return page("<h2>Awarded bids: January 2026</h2>" + table("Bid No.|Description|Closing Date|Awarded To|Bid Price (incl. VAT)|B-BBEE Points|Date of Award", "SCMU/12/25|Supply and delivery of water treatment chemicals for 36 months|2025-10-10|Zana Chem|Rates|18|2026-01-14\nSCMU/14/25|Panel of consulting engineers: water and sanitation|2025-10-24|Various|Rates|N/A|2026-01-20\nSCMU/19/25|Hiring of honey sucker trucks|2025-11-07|Qhawe Transport|R4 310 250,00|20|2026-01-28"))


@unseen("""
external_id|name|status
P-ZA-EB0-004|Lesotho Highlands Transfer Support|construction
P-ZA-E00-009|Municipal Sanitation Improvement|planning
P-ZA-E00-002|Umgeni Coastal Scheme|completed
""")
def development_bank_in_units_of_account() -> str:
    """A development bank's list: commitments in its unit of account and in euro, approvals that are no start."""
    return page(table("Project Reference|Project Name|Country|Sector|Status|Approval Date|Commitment (UA)|Cofinancing (EUR)", "P-ZA-EB0-004|Lesotho Highlands Transfer Support|South Africa|Water Supply|Construction|18/11/2022|UA 71,660,000|€ 20,000,000\nP-ZA-E00-009|Municipal Sanitation Improvement|South Africa|Water Sup/Sanit|Planning|-|UA 40,000,000|\nP-ZA-E00-002|Umgeni Coastal Scheme|South Africa|Water Supply|Completed|02/06/2011|UA 103,900,000|"))


@unseen("")
def indicators_by_district() -> str:
    """A matrix of indicators: no project at all, though codes, places, percentages and targets stand in it."""
    return page("<h2>Annexure B: Technical indicator matrix</h2>" + table("Indicator No|Indicator|Municipality|Baseline|Annual target|Q1 actual|Status|Budget", "1.1.1|Number of households with access to piped water|Makana (EC104)|18 200|19 000|18 450|On track|R12 400 000\n1.1.2|Percentage of non-revenue water|Makana (EC104)|46%|41%|45%|Behind|R3 000 000\n1.2.1|Number of bulk meters installed|Ndlambe (EC105)|12|40|9|On track|R1 850 000\n1.2.2|Percentage of wastewater samples that comply|Ndlambe (EC105)|58%|75%|61%|Behind|R2 200 000"))


@unseen("")
def spending_by_function() -> str:
    """A public spending explorer: functions with budget, spending and shares; no project."""
    def row(code: str, name: str, bud: str, spent: str, pct: str) -> str:
        return f'<tr><td><a href="?cut=function:{code}">{code}</a></td><td><a href="?cut=function:{code}">{name}</a></td><td class="num">{bud}</td><td class="num">{spent}</td><td><div class="bar" style="width:{pct}">{pct}</div></td></tr>'

    return page(f'<h1>Estimates of spending 2025/26</h1><table class="babbage-table"><thead><tr><th>Code</th><th>Function</th><th>Budget</th><th>Expenditure</th><th>Progress</th></tr></thead><tbody>{row("0630", "Water supply", "R18 400 000 000", "R9 100 000 000", "49%")}{row("0520", "Waste water management", "R6 200 000 000", "R3 900 000 000", "63%")}{row("0540", "Protection of biodiversity", "R1 100 000 000", "R240 000 000", "22%")}</tbody><tfoot><tr><td></td><td>Total</td><td>R25 700 000 000</td><td>R13 240 000 000</td><td></td></tr></tfoot></table>')


@unseen("""
external_id|name|municipality|budget|completion_date|status
ST-1|Ekangala Sewer Works|TSH|72000000|2027-03-31|construction
ST-2|Refilwe Reservoir|TSH|18250000|2026-02-27|tender
ST-3|Zithobeni Pump Line|TSH|26400000|2025-08-29|completed
""")
def struck_out_and_hidden() -> str:
    """What is struck out by a tag or by style has been replaced; what sorts or is read aloud alone is hidden."""
    return page(f"""<table class="table">{trs("Project No|Project Name|Municipality|Budget|Completion Date|Status", "th")}
    <tr><td>ST-1</td><td>Ekangala Sewer Works</td><td>City of Tshwane (TSH)</td><td><s>R65 000 000</s> R72 000 000</td><td><span style="display:none">20270331</span><strike>30 June 2026</strike><br>31 March 2027</td><td>Construction</td></tr>
    <tr><td>ST-2</td><td>Refilwe Reservoir</td><td>City of Tshwane (TSH)</td><td>R18 250 000</td><td><span style="display:none">20260227</span>27 February 2026</td><td><span style="text-decoration: line-through">Design</span> Tender</td></tr>
    <tr><td>ST-3</td><td>Zithobeni Pump Line</td><td>City of Tshwane (TSH)</td><td><span style="text-decoration:line-through;color:#999">R 24 000 000</span> R26 400 000</td><td><span style="display:none">20250829</span>29 August 2025</td><td>Completed</td></tr></table>""")


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage|completion_date
PA-1|Cullinan Water Towers|TSH|45000000|20100000|38|2026-12-31
PA-2|Onverwacht Network|TSH|7600000|7450000|95|2026-03-31
PA-5|Bronkhorstspruit Intake|TSH|160000000|3300000|2|2028-06-30
""")
def planned_and_actual_in_two_units() -> str:
    """Planned beside actual, a unit a column: the budget in thousands, what was spent in rand."""
    return page("<table border=1><tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th rowspan=2>Budget (R'000)</th><th rowspan=2>Expenditure to date (R)</th><th colspan=2>Physical progress</th><th rowspan=2>Completion Date</th></tr><tr><th>Planned</th><th>Actual</th></tr>" + trs("PA-1|Cullinan Water Towers|City of Tshwane (TSH)|45 000|20 100 000|52%|38%|2026-12-31\nPA-2|Onverwacht Network|City of Tshwane (TSH)|7 600|7 450 000|100%|95%|2026-03-31\nPA-5|Bronkhorstspruit Intake|City of Tshwane (TSH)|160 000|3 300 000|4%|2%|2028-06-30") + "</table>")


@unseen("""
external_id|name|municipality|budget|contractor|completion_date
LT-1|Nandoni Distribution|LIM343|214000000|Khwara Civils ¦ Mpfumelelo JV ¦ Ndivho Plant|-
LT-2|Sinthumule Boreholes|LIM344|9100000|Tshisevhe|2025-10-31
LT-3|Makhado Industrial Line|LIM344|36700000|Khwara Civils ¦ Vhutali|-
""")
def lots_below_a_merged_project() -> str:
    """A project's cells reach over its lots, each with a contractor, an award and an end of its own."""
    return page(f"""<table border=1>{trs("Project No|Project Name|Municipality|Project Budget|Lot|Contractor|Award Value|Completion Date", "th")}
    <tr><td rowspan=3>LT-1</td><td rowspan=3>Nandoni Distribution</td><td rowspan=3>Thulamela (LIM343)</td><td rowspan=3>R214 000 000</td><td>A</td><td>Khwara Civils</td><td>R80 100 000</td><td>30 June 2026</td></tr><tr><td>B</td><td>Mpfumelelo JV</td><td>R76 000 000</td><td>30 September 2026</td></tr><tr><td>C</td><td>Ndivho Plant</td><td>R41 900 000</td><td>31 March 2027</td></tr>
    <tr><td>LT-2</td><td>Sinthumule Boreholes</td><td>Makhado (LIM344)</td><td>R9 100 000</td><td>-</td><td>Tshisevhe</td><td>R8 750 000</td><td>31 October 2025</td></tr>
    <tr><td rowspan=2>LT-3</td><td rowspan=2>Makhado Industrial Line</td><td rowspan=2>Makhado (LIM344)</td><td rowspan=2>R36 700 000</td><td>A</td><td>Vhutali</td><td>R20 000 000</td><td>28 February 2026</td></tr><tr><td>B</td><td>Khwara Civils</td><td>R14 200 000</td><td>30 April 2026</td></tr></table>""")


@unseen("")
def document_library() -> str:
    """A library of documents, whose titles name projects."""
    def row(title: str, kind: str, day: str, size: str) -> str:
        return f'<tr><td><img src="icpdf.png" alt="PDF"></td><td><a href="/docs/{size}.pdf">{title}</a></td><td>{kind}</td><td>{day}</td><td>{size}</td></tr>'

    return page(f'<h2>Project documents</h2><table id="dnn_ctr431_Documents_grdDocuments" class="dnnGrid"><tr class="dnnGridHeader"><th>&nbsp;</th><th>Title</th><th>Category</th><th>Modified Date</th><th>Size</th></tr>{row("Umzimvubu Water Project: Scoping Report", "Environmental", "2025-11-03", "4.2 MB")}{row("Mzimvubu Bulk Pipeline: Notice to land owners", "Notice", "2025-10-12", "311 KB")}{row("RBIG Guidelines 2025/26", "Policy", "2025-04-01", "1.1 MB")}</table>')


@unseen("")
def news_cards_with_amounts() -> str:
    """News: each card has a title like a project's, a date and an amount in its words."""
    def card(title: str, day: str, text: str) -> str:
        return f'<div class="elementor-post"><h3 class="elementor-post__title"><a href="#">{title}</a></h3><div class="elementor-post-date">{day}</div><p>{text}</p><a class="elementor-post__read-more">Read More »</a></div>'

    return page('<div class="elementor-posts-container">' + card("Minister opens Loskop Bulk Water Scheme", "March 12, 2026", "The R1.6 billion scheme will serve 21 villages in Moutse.") + card("R85 million upgrade of Balfour plant under way", "February 27, 2026", "Work started on 4 February 2026 and ends in June 2027.") + card("Contractor appointed: Delmas outfall sewer", "January 30, 2026", "Budget: R41 million. Contractor: Khula Civils.") + "</div>")
