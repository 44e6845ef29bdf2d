"""The last dozen of public pages, of yet other kinds. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
MIS/314/01|Upgrade of Wilge River abstraction|MP312|118000000|64350000|58
MIS/314/02|Kromdraai reticulation|MP312|22500000|22499100.4|100
MIS/314/05|Phola outfall sewer, phase 3|MP311|9800000|0|0
""")
def excel_sheet_with_signatures() -> str:
    """A sheet saved as a web page: titles, a unit by column, blank columns, a total, names to sign, a tab strip."""
    def row(*cells: str) -> str:
        return "<tr height=20 style='height:15.0pt'><td height=20 class=xl63 style='height:15.0pt'></td>" + "".join(f"<td class=xl7{at}>{cell or '&nbsp;'}</td>" for at, cell in enumerate(cells)) + "</tr>"

    return "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta name=ProgId content=Excel.Sheet></head><body><table border=0 cellpadding=0 cellspacing=0 width=1100><tr><td></td><td colspan=7 class=xl90>EMALAHLENI CLUSTER</td></tr><tr><td></td><td colspan=7 class=xl91>Monthly progress: January 2026</td></tr><tr height=20></tr>" + row("<b>Project Number</b>", "<b>Project Name</b>", "<b>Municipality</b>", "", "<b>Total Budget (R)</b>", "<b>Actual Expenditure to Date (R)</b>", "<b>Physical Progress (%)</b>") + row("MIS/314/01", "Upgrade of Wilge River abstraction", "Emalahleni (MP312)", "", "118 000 000.00", "64 350 000.00", "58") + row("MIS/314/02", "Kromdraai reticulation", "Emalahleni (MP312)", "", "22 500 000.00", "22 499 100.40", "100") + row("MIS/314/05", "Phola outfall sewer, phase 3", "Victor Khanye (MP311)", "", "9 800 000.00", "0.00", "0") + row("", "<b>Totals</b>", "", "", "<b>150 300 000.00</b>", "<b>86 849 100.40</b>", "") + "<tr height=20></tr><tr><td></td><td colspan=3>Compiled by: P. Mahlangu</td><td colspan=4>Signature: .................................</td></tr><tr><td></td><td colspan=3>Approved by: Director Technical Services</td><td colspan=4>Date: .................................</td></tr></table><table class=tabs><tr><td><a href='sheet001.htm'>Progress</a></td><td><a href='sheet002.htm'>Cash flow</a></td></tr></table></body></html>"


@unseen("""
external_id|name|municipality|budget|status
SP-2204|Kenton Desalination Intake|EC105|61200000|construction
SP-2209|Bathurst Pump Replacement|EC105|3400000|completed
SP-2215|Alexandria Bulk Meter|EC105|990000|tender
""")
def joomla_directory_entries() -> str:
    """Entries of a directory component: a title that links, fields with a label span and a value."""
    def field(name: str, label: str, text: str) -> str:
        return f'<div class="spField field_{name}"><strong class="spFieldLabel">{label}:</strong> <span class="spFieldsData">{text}</span></div>'

    def entry(n: int, no: str, name: str, bud: str, status: str) -> str:
        return f'<div class="spEntriesListContainer"><div class="entry-container" id="spEntry{n}"><p class="lead page-header"><a href="/index.php/directory/{n}-entry">{name}</a></p>{field("number", "Project number", no)}{field("muni", "Municipality", "Ndlambe (EC105)")}{field("budget", "Approved budget", bud)}{field("status", "Status", status)}<a class="btn btn-mini" href="/index.php/directory/{n}-entry">Read more</a></div></div>'

    return page('<div class="SobiPro" id="SobiPro"><div class="row-fluid">' + entry(61, "SP-2204", "Kenton Desalination Intake", "R 61,200,000", "Construction") + entry(62, "SP-2209", "Bathurst Pump Replacement", "R 3,400,000", "Completed") + entry(63, "SP-2215", "Alexandria Bulk Meter", "R 990,000", "Tender") + "</div></div>")


@unseen("""
external_id|name|municipality|programme|budget|completion_date
NC/RB/19|Upington Bulk Augmentation|NC087|RBIG|402000000|2028-03-31
NC/RB/22|Louisvale Road Reservoir|NC087|RBIG|36500000|2026-06-30
NC/WS/07|Askham Boreholes|NC087|WSIG|2870000|2025-11-28
""")
def drupal_views_table() -> str:
    def row(n: int, no: str, name: str, prog: str, bud: str, iso: str, day: str) -> str:
        return f'<tr class="{"odd" if n % 2 else "even"}"><td headers="view-field-number-table-column" class="views-field views-field-field-number">{no}</td><td headers="view-title-table-column" class="views-field views-field-title"><a href="/node/{n}" hreflang="en">{name}</a></td><td class="views-field views-field-field-municipality">Dawid Kruiper (NC087)</td><td class="views-field views-field-field-prog">{prog}</td><td class="views-field views-field-field-budget">{bud}</td><td class="views-field views-field-field-end"><time datetime="{iso}T12:00:00Z">{day}</time></td></tr>'

    heads = "".join(f'<th id="view-{key}-table-column" class="views-field" scope="col">{name}</th>' for key, name in (("field-number", "Project No"), ("title", '<a href="?order=title&amp;sort=asc" title="sort by Project title">Project title<span class="tablesort tablesort--desc"><span class="visually-hidden">Sort descending</span></span></a>'), ("m", "Municipality"), ("p", "Programme"), ("b", "Total project cost"), ("e", "Planned completion date")))
    return page(f'<div class="views-element-container"><div class="view view-projects"><div class="view-filters"><form><label>Municipality</label><select><option selected>- Any -</option><option>Dawid Kruiper</option></select><input type="submit" value="Apply"></form></div><div class="view-content"><table class="views-table cols-6"><thead><tr>{heads}</tr></thead><tbody>{row(1, "NC/RB/19", "Upington Bulk Augmentation", "RBIG", "R402,000,000.00", "2028-03-31", "Fri, 31/03/2028 - 14:00")}{row(2, "NC/RB/22", "Louisvale Road Reservoir", "RBIG", "R36,500,000.00", "2026-06-30", "Tue, 30/06/2026 - 14:00")}{row(3, "NC/WS/07", "Askham Boreholes", "WSIG", "R2,870,000.00", "2025-11-28", "Fri, 28/11/2025 - 14:00")}</tbody></table></div></div></div>')


@unseen("""
external_id|name|municipality|budget|expenditure
CP-301|Reservoir security, all zones|MAN|-|-
CP-302|Maselspoort WTW filters|MAN|-|-
CP-307|Botshabelo pipe renewal|MAN|-|-
""")
def capital_budget_of_a_year() -> str:
    """A municipality's capital budget: original, adjusted, spent in the year; nothing of a project as a whole."""
    return page("<h2>Mangaung: capital expenditure 2025/26, quarter 2</h2>" + table("Project No|Project Name|Municipality|2025/26 Original Budget|2025/26 Adjusted Budget|2025/26 YTD Actual|Variance|% Spent", "CP-301|Reservoir security, all zones|Mangaung (MAN)|R4 000 000|R3 500 000|R1 100 000|R2 400 000|31%\nCP-302|Maselspoort WTW filters|Mangaung (MAN)|R12 000 000|R15 000 000|R9 250 000|R5 750 000|62%\nCP-307|Botshabelo pipe renewal|Mangaung (MAN)|R20 000 000|R20 000 000|R2 000 000|R18 000 000|10%\nTotal|||R36 000 000|R38 500 000|R12 350 000|R26 150 000|32%"))


@unseen("""
external_id|name|municipality|budget|status|start_date|completion_date|contractor
KB-2024-11|Vergroting van Riversdal-rioolwerke|WC042|28750000|construction|2024-10-14|2026-04-30|Baseline Siviele Kontrakteurs
""")
def afrikaans_details_view() -> str:
    facts = (("Projeknommer", "KB-2024-11"), ("Projeknaam", "Vergroting van Riversdal-rioolwerke"), ("Munisipaliteit", "Hessequa (WC042)"), ("Projekbegroting", "R 28 750 000,00"), ("Status", "Konstruksie"), ("Begindatum", "14 Oktober 2024"), ("Verwagte voltooiingsdatum", "30 April 2026"), ("Kontrakteur", "Baseline Siviele Kontrakteurs"), ("Ingenieur", "Lyners"), ("Laas opgedateer", "2 Februarie 2026"))
    rows = "".join(f'<tr class="{"alt" if at % 2 else ""}"><td style="font-weight:bold">{label}</td><td>{text}</td></tr>' for at, (label, text) in enumerate(facts))
    return page(f'<h1>Projekbesonderhede</h1><div><table cellspacing="0" rules="all" border="1" id="ctl00_Inhoud_DetailsView1" style="border-collapse:collapse;">{rows}<tr><td colspan="2"><a href="javascript:__doPostBack(&#39;ctl00$Inhoud$btnTerug&#39;,&#39;&#39;)">Terug na lys</a></td></tr></table></div>')


@unseen("""
external_id|name|municipality|budget|status|completion_date
W-1|Spring Grove Dam|KZN223|1250000000|completed|2013-11-19
W-2|Smithfield Dam|KZN436|20000000000|planning|2032-12-31
W-3|Impendle Pipeline|KZN224|540000000|construction|2027-09-30
""")
def wikitable_with_sort_keys() -> str:
    """Cells with keys to sort by, references, a link behind each name, an editor's note that is hidden."""
    return page("""<table class="wikitable sortable jquery-tablesorter"><thead><tr><th class="headerSort" tabindex="0" role="columnheader button" title="Sort ascending">Project no.</th><th class="headerSort">Project name</th><th class="headerSort">Municipality</th><th class="headerSort">Budget (R million)<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">[1]</a></sup></th><th class="headerSort">Status</th><th class="headerSort">Completion date</th></tr></thead><tbody>
    <tr><td>W-1</td><td><a href="/wiki/Spring_Grove_Dam" title="Spring Grove Dam">Spring Grove Dam</a></td><td>Mpofana (KZN223)</td><td data-sort-value="1250000000">1 250</td><td>Completed</td><td data-sort-value="20131119">19 November 2013<sup class="reference"><a href="#cite_note-2">[2]</a></sup></td></tr>
    <tr><td>W-2</td><td><a href="/wiki/Smithfield" class="new">Smithfield Dam</a><sup class="noprint">[<i><a href="#">citation needed</a></i>]</sup></td><td>Dr Nkosazana Dlamini Zuma (KZN436)</td><td data-sort-value="20000000000">20 000</td><td>Planning</td><td data-sort-value="20321231">31 December 2032</td></tr>
    <tr><td>W-3</td><td>Impendle Pipeline<span style="display:none">check the name</span></td><td>Impendle (KZN224)</td><td data-sort-value="540000000">540</td><td>Construction</td><td data-sort-value="20270930">30 September 2027</td></tr></tbody></table><ol class="references"><li id="cite_note-1">Annual report, p. 88</li><li id="cite_note-2">Press release</li></ol>""")


@unseen("""
external_id|name|municipality|start_date|completion_date|progress_percentage
PLN-41|Bulk line to Nkowankowa|LIM333|2025-02-03|2026-03-27|40
PLN-44|Tzaneen WTW refurbishment|LIM333|2025-06-02|2026-08-28|15
""")
def treelist_of_projects_with_their_tasks() -> str:
    """A planner's tree: projects on the first level; their tasks below them are no projects."""
    def row(level: int, no: str, title: str, place: str, start: str, end: str, share: str) -> str:
        return f'<tr role="row" aria-level="{level}" aria-expanded="{"true" if level == 1 else "false"}" class="{"k-treelist-group" if level == 1 else ""}"><td role="gridcell">{"<span class=k-i-none></span>" * (level - 1)}<span class="k-icon k-i-collapse"></span>{no}</td><td role="gridcell">{title}</td><td role="gridcell">{place}</td><td role="gridcell">{start}</td><td role="gridcell">{end}</td><td role="gridcell">{share}</td></tr>'

    head = "".join(f'<th role="columnheader" scope="col" class="k-header"><a class="k-link" href="#">{name}</a></th>' for name in ("Project No", "Title", "Municipality", "Start date", "End date", "% Complete"))
    return page(f'<div class="k-treelist k-grid" role="application"><table role="treegrid"><thead><tr role="row">{head}</tr></thead><tbody>' + row(1, "PLN-41", "Bulk line to Nkowankowa", "Greater Tzaneen (LIM333)", "2025/02/03", "2026/03/27", "40%") + row(2, "", "Trenching", "", "2025/02/17", "2025/09/30", "70%") + row(2, "", "Pipe laying", "", "2025/04/01", "2026/01/30", "35%") + row(1, "PLN-44", "Tzaneen WTW refurbishment", "Greater Tzaneen (LIM333)", "2025/06/02", "2026/08/28", "15%") + row(2, "", "Civil works", "", "2025/06/09", "2026/03/31", "25%") + row(2, "", "Electrical works", "", "2026/01/12", "2026/07/31", "0%") + "</tbody></table></div>")


@unseen("""
name|municipality|budget|expenditure|start_date|completion_date
Kirkwood Water Treatment Works|EC106|92000000|45600000|2023-08-01|2026-02-28
Enon Bersheba Bulk Supply|EC106|28400000|28100000|2021-04-12|2023-09-30
Paterson Reservoir|EC106|14000000|0|2026-04-01|2027-03-31
""")
def parliamentary_reply() -> str:
    """A written reply: letters of the question before each heading, an answer in words around the table."""
    return page("<p>QUESTION NO 2217 FOR WRITTEN REPLY</p><p>(2) what are the (a) names, (b) budgets, (c) amounts spent and (d) dates of the projects?</p><p>REPLY: The Minister of Water and Sanitation</p><p>The table below shows the projects in the Sundays River Valley, at a total of R134.4 million.</p>" + table("(a) Project name|Municipality|(b) Budget (R'000)|(c) Expenditure to date (R'000)|(d)(i) Start date|(d)(ii) Completion date", "Kirkwood Water Treatment Works|Sundays River Valley (EC106)|92 000|45 600|01 August 2023|28 February 2026\nEnon Bersheba Bulk Supply|Sundays River Valley (EC106)|28 400|28 100|12 April 2021|30 September 2023\nPaterson Reservoir|Sundays River Valley (EC106)|14 000|0|01 April 2026|31 March 2027") + "<p>---00O00---</p>")


@unseen("""
external_id|name|municipality|budget|status
a0B-001|Hluhluwe Phase 2|KZN276|133000000|construction
a0B-002|Macabuzela Reservoir|KZN276|8150000|tender
a0B-003|Nibela Boreholes|KZN276|5020000|completed
""")
def lightning_datatable() -> str:
    """A cloud's list: row numbers and check boxes, cells that say their heading for readers of screens."""
    heads = ("Project Number", "Project Name", "Municipality", "Budget", "Status")
    head = '<th scope="col" class="slds-text-align_right"><span class="slds-assistive-text">Row Number</span></th><th scope="col"><span class="slds-assistive-text">Select All</span><input type="checkbox"></th>' + "".join(f'<th aria-label="{name}" scope="col" class="slds-is-sortable"><a class="slds-th__action" href="javascript:void(0);"><span class="slds-assistive-text">Sort by:</span><span class="slds-truncate" title="{name}">{name}</span></a></th>' for name in heads)

    def row(n: int, *cells: str) -> str:
        return f'<tr class="slds-hint-parent" data-row-key-value="row-{n}"><td class="slds-cell-edit"><span class="slds-row-number slds-text-body_small">{n}</span></td><td data-label=""><input type="checkbox"><span class="slds-assistive-text">Select Item {n}</span></td>' + "".join(f'<td data-label="{heads[at]}" role="gridcell"><lightning-base-formatted-text>{cell}</lightning-base-formatted-text><button class="slds-button"><span class="slds-assistive-text">Edit {heads[at]}: Item {cell}</span></button></td>' for at, cell in enumerate(cells)) + "</tr>"

    return page(f'<table role="grid" class="slds-table slds-table_bordered"><thead><tr>{head}</tr></thead><tbody>{row(1, "a0B-001", "Hluhluwe Phase 2", "Big Five Hlabisa (KZN276)", "R133 000 000,00", "Construction")}{row(2, "a0B-002", "Macabuzela Reservoir", "Big Five Hlabisa (KZN276)", "R8 150 000,00", "Tender")}{row(3, "a0B-003", "Nibela Boreholes", "Big Five Hlabisa (KZN276)", "R5 020 000,00", "Completed")}</tbody></table>')


@unseen("""
external_id|name|municipality|budget|progress_percentage
FV-12|Bloekomspruit Outfall|GT423|74000000|64
FV-13|Ratanda Reservoir 20 Ml|GT423|51500000|22
FV-18|Devon WWTW|GT423|180000000|3
""")
def fieldsets_of_a_form_view() -> str:
    """A page of fieldsets: the legend is the name, labels and texts by turns in read-only boxes."""
    def one(n: int, no: str, name: str, bud: str, share: str) -> str:
        pairs = (("Project No", no), ("Municipality", "Lesedi (GT423)"), ("Budget", bud), ("Physical progress", share))
        return f"<fieldset><legend>{name}</legend>" + "".join(f'<div class="form-group row"><label for="f{n}{at}" class="col-sm-3 col-form-label">{label}</label><div class="col-sm-9"><input type="text" readonly class="form-control-plaintext" id="f{n}{at}" value="{text}"></div></div>' for at, (label, text) in enumerate(pairs)) + "</fieldset>"

    return page("<form>" + one(1, "FV-12", "Bloekomspruit Outfall", "R74 000 000", "64%") + one(2, "FV-13", "Ratanda Reservoir 20 Ml", "R51 500 000", "22%") + one(3, "FV-18", "Devon WWTW", "R180 000 000", "3%") + "</form>")


@unseen("""
external_id|name|municipality|budget|contractor
D365-07|Mogwase WTW Phase 1|NW375|66500000|Tshega Civils
D365-09|Madikwe Rural Supply|NW375|149000000|Khumo JV
D365-12|Sandfontein Boreholes|NW375|4300000|-
""")
def business_application_grid() -> str:
    """A grid of a business application: roles on divs, `---` where nothing is, a row of column menus."""
    heads = ("Project Number", "Project Name", "Municipality", "Approved Budget", "Contractor")
    head = '<div role="columnheader" aria-colindex="1"><div role="checkbox" aria-label="Toggle selection of all rows"></div></div>' + "".join(f'<div role="columnheader" aria-colindex="{at + 2}" aria-sort="none"><div class="headerCell"><label title="{name}"><div class="headerText">{name}</div></label><i data-icon-name="ChevronDown" role="presentation"></i></div></div>' for at, name in enumerate(heads))

    def row(n: int, *cells: str) -> str:
        return f'<div role="row" aria-rowindex="{n}" aria-label="row"><div role="gridcell" aria-colindex="1"><div role="checkbox" aria-label="select or deselect the row"></div></div>' + "".join(f'<div role="gridcell" aria-colindex="{at + 2}" col-id="c{at}"><div class="wrapper"><label aria-label="{cell}"><div>{cell}</div></label></div></div>' for at, cell in enumerate(cells)) + "</div>"

    return page(f'<div role="grid" aria-readonly="true" aria-rowcount="4"><div role="rowgroup"><div role="row" aria-rowindex="1">{head}</div></div><div role="rowgroup">{row(2, "D365-07", "Mogwase WTW Phase 1", "Moses Kotane (NW375)", "R66,500,000.00", "Tshega Civils")}{row(3, "D365-09", "Madikwe Rural Supply", "Moses Kotane (NW375)", "R149,000,000.00", "Khumo JV")}{row(4, "D365-12", "Sandfontein Boreholes", "Moses Kotane (NW375)", "R4,300,000.00", "---")}</div></div><div class="statusBar">Rows: 3</div>')


@unseen("")
def backlogs_and_cost_to_close_them() -> str:
    """What it would cost to serve everybody, by municipality: no project stands there."""
    return page("<h2>Water services backlogs and cost to eradicate</h2>" + table("MDB Code|Municipality|Households|Below RDP|% served|Cost to eradicate (R'000)|Target year|Programme|Status", "EC121|Mbhashe (EC121)|61 000|29 400|52%|2 310 000|2032|RBIG|Behind\nEC122|Mnquma (EC122)|73 500|21 000|71%|1 480 000|2030|WSIG|Behind\nEC157|King Sabata Dalindyebo (EC157)|121 000|40 000|67%|3 900 000|2035|RBIG|On track") + trs("") )
