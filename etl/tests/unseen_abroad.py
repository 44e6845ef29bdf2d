"""Pages of maps, reports, content systems and trackers of other countries, saved. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|status|latitude|longitude
GP-5|Kwabokweni Reservoir|MP326|72000000|construction|-25.3472|31.1344
GP-6|Hazyview Intake|MP326|18800000|tender|-25.0461|31.1263
GP-9|Matsulu Package Plant|MP326|9350000|completed|-25.5143|31.3455
""")
def map_popups_as_tables() -> str:
    """Popups of an Esri map, all opened and saved: a title and a table of attributes each."""
    def popup(name: str, *pairs: tuple[str, str]) -> str:
        rows = "".join(f'<tr><th class="esri-feature-fields__field-header">{label}</th><td class="esri-feature-fields__field-data">{text}</td></tr>' for label, text in pairs)
        return f'<div class="esri-popup__main-container"><header class="esri-popup__header"><h2 class="esri-popup__header-title">{name}</h2><div role="button" class="esri-popup__button">Zoom to</div></header><article class="esri-popup__content"><div class="esri-feature-fields"><table class="esri-widget__table" summary="List of attributes and values"><tbody>{rows}</tbody></table></div></article></div>'

    def one(name: str, no: str, budget: str, status: str, lat: str, lon: str) -> str:
        return popup(name, ("OBJECTID", no[-1]), ("Project_No", no), ("Municipality", "City of Mbombela (MP326)"), ("Budget", budget), ("Status", status), ("Latitude", lat), ("Longitude", lon))

    return page('<div id="viewDiv">' + one("Kwabokweni Reservoir", "GP-5", "R72,000,000", "Construction", "-25.3472", "31.1344") + one("Hazyview Intake", "GP-6", "R18,800,000", "Tender", "-25.0461", "31.1263") + one("Matsulu Package Plant", "GP-9", "R9,350,000", "Completed", "-25.5143", "31.3455") + "</div>")


@unseen("""
external_id|name|municipality|budget|expenditure
KG-1|Ga-Segonyana Bulk Phase 4|NC452|133000000|71200000
KG-2|Kuruman Reservoir|NC452|26400000|0
KG-3|Bankhara Toilets|NC452|8150000|8150000
""")
def kendo_detail_rows() -> str:
    """A Kendo grid with a group row, and details opened below a row: a grid of invoices."""
    head = '<th class="k-hierarchy-cell">&nbsp;</th>' + "".join(f'<th role="columnheader" data-field="f{at}" class="k-header"><a class="k-link" href="#">{name}</a></th>' for at, name in enumerate(("Project No", "Project Name", "Municipality", "Budget", "Expenditure")))

    def row(line: str, detail: str = "") -> str:
        icon = '<a class="k-icon k-i-collapse" href="#" tabindex="-1" aria-label="Collapse"></a>' if detail else '<a class="k-icon k-i-expand" href="#" tabindex="-1"></a>'
        return f'<tr class="k-master-row" role="row"><td class="k-hierarchy-cell">{icon}</td>' + "".join(f'<td role="gridcell">{cell}</td>' for cell in line.split("|")) + "</tr>" + detail

    invoices = '<tr class="k-detail-row"><td class="k-hierarchy-cell"></td><td class="k-detail-cell" colspan="5"><div class="k-grid k-widget"><table role="grid"><thead><tr><th class="k-header">Invoice</th><th class="k-header">Date</th><th class="k-header">Amount</th></tr></thead><tbody><tr><td>INV-77</td><td>2025-03-14</td><td>R 4 100 000.00</td></tr><tr><td>INV-81</td><td>2025-04-20</td><td>R 2 050 000.00</td></tr></tbody></table></div></td></tr>'
    return page(f'<div class="k-grid k-widget" id="grid"><div class="k-grid-header"><div class="k-grid-header-wrap"><table role="grid"><thead role="rowgroup"><tr role="row">{head}</tr></thead></table></div></div><div class="k-grid-content"><table role="grid"><tbody role="rowgroup">' + row("KG-1|Ga-Segonyana Bulk Phase 4|Ga-Segonyana (NC452)|R 133 000 000.00|R 71 200 000.00", invoices) + row("KG-2|Kuruman Reservoir|Ga-Segonyana (NC452)|R 26 400 000.00|R 0.00") + row("KG-3|Bankhara Toilets|Ga-Segonyana (NC452)|R 8 150 000.00|R 8 150 000.00") + '</tbody></table></div><div class="k-pager-wrap"><span class="k-pager-info">1 - 3 of 3 items</span></div></div>')


@unseen("""
external_id|name|municipality|budget|status
RG-1|Makhado Transfer Scheme|LIM345|880000000|construction
RG-2|Malamulele West|LIM345|47600000|design
RG-5|Vuwani Pumps|LIM345|5900000|completed
""")
def radgrid_with_nested_master_table() -> str:
    """Telerik RadGrid: command row, filter row, a nested table without records under each row, a footer."""
    heads = "".join(f'<th scope="col" class="rgHeader"><a href="javascript:__doPostBack(&#39;Grid&#39;,&#39;{at}&#39;)" title="Click here to sort">{name}</a></th>' for at, name in enumerate(("Project No", "Project Name", "Municipality", "Budget", "Status")))
    filters = "".join(f'<td><input name="f{at}" type="text" class="rgFilterBox"><input type="submit" class="rgFilter" value=" " title="Filter"></td>' for at in range(5))

    def row(kind: str, line: str) -> str:
        return f'<tr class="{kind}"><td class="rgExpandCol"><input type="submit" class="rgCollapse" title="Collapse"></td>' + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + '</tr><tr class="rgDetailRow"><td class="rgExpandCol">&nbsp;</td><td colspan="5"><table class="rgDetailTable"><thead><tr><th class="rgHeader">Milestone</th><th class="rgHeader">Due</th></tr></thead><tbody><tr class="rgNoRecords"><td colspan="2"><div>No child records to display.</div></td></tr></tbody></table></td></tr>'

    return page(f'<div class="RadGrid RadGrid_Default"><table class="rgMasterTable" border="0"><thead><tr class="rgCommandRow"><td colspan="6" class="rgCommandCell"><table class="rgCommandTable"><tr><td align="left"><a href="#">Export to Excel</a></td><td align="right"><a href="#">Refresh</a></td></tr></table></td></tr><tr><th class="rgHeader rgExpandCol">&nbsp;</th>{heads}</tr><tr class="rgFilterRow"><td class="rgFilterRow">&nbsp;</td>{filters}</tr></thead><tfoot><tr class="rgFooter"><td class="rgExpandCol">&nbsp;</td><td>Count : 3</td><td>&nbsp;</td><td>&nbsp;</td><td>Sum : R 933 500 000.00</td><td>&nbsp;</td></tr></tfoot><tbody>' + row("rgRow", "RG-1|Makhado Transfer Scheme|Collins Chabane (LIM345)|R 880 000 000.00|Construction") + row("rgAltRow", "RG-2|Malamulele West|Collins Chabane (LIM345)|R 47 600 000.00|Design") + row("rgRow", "RG-5|Vuwani Pumps|Collins Chabane (LIM345)|R 5 900 000.00|Completed") + "</tbody></table></div>")


@unseen("""
external_id|name|municipality|budget|status|contractor
MT-1|Thohoyandou Outfall|LIM343|58000000|construction|Moreroa
MT-2|Sibasa Boreholes|LIM343|3700000|tender|-
MT-3|Lwamondo Line|LIM343|21450000|completed|Vharanani
""")
def material_expandable_rows() -> str:
    """Angular Material: each row has a second one, closed (no height), with the description and the contractor."""
    heads = "".join(f'<th mat-header-cell role="columnheader" class="mat-mdc-header-cell cdk-column-{at}"> {name} </th>' for at, name in enumerate(("Project No", "Project Name", "Municipality", "Budget", "Status")))

    def row(contractor: str, line: str) -> str:
        more = f'<div class="example-element-diagram"><div class="example-element-symbol"> Contractor: {contractor} </div></div>' if contractor else ""
        return '<tr mat-row role="row" class="mat-mdc-row example-element-row">' + "".join(f'<td mat-cell role="cell" class="mat-mdc-cell"> {cell} </td>' for cell in line.split("|")) + f'</tr><tr mat-row role="row" class="mat-mdc-row example-detail-row"><td mat-cell role="cell" class="mat-mdc-cell cdk-column-expandedDetail" colspan="5"><div class="example-element-detail" style="height: 0px; min-height: 0;">{more}</div></td></tr>'

    return page(f'<app-projects><table mat-table multitemplatedatarows role="table" class="mat-mdc-table"><thead role="rowgroup"><tr mat-header-row role="row">{heads}</tr></thead><tbody role="rowgroup">' + row("Moreroa", "MT-1|Thohoyandou Outfall|Thulamela (LIM343)|R 58,000,000|Construction") + row("", "MT-2|Sibasa Boreholes|Thulamela (LIM343)|R 3,700,000|Tender") + row("Vharanani", "MT-3|Lwamondo Line|Thulamela (LIM343)|R 21,450,000|Completed") + "</tbody></table></app-projects>")


@unseen("""
external_id|name|municipality|budget|expenditure
PB-1|Tweefontein Reticulation|MP315|49000000|22600000
PB-2|Kwamhlanga Sewer|MP315|113500000|9900000
PB-3|Delmas Reservoir|MP311|28000000|28000000
""")
def powerbi_matrix() -> str:
    """A Power BI matrix: municipalities as opened row groups with their sums, projects below, row heads apart."""
    rows = (("0", "Thembisile Hani (MP315)", "", "162500000", "32500000"), ("1", "Tweefontein Reticulation", "PB-1", "49000000", "22600000"), ("1", "Kwamhlanga Sewer", "PB-2", "113500000", "9900000"), ("0", "Victor Khanye (MP311)", "", "28000000", "28000000"), ("1", "Delmas Reservoir", "PB-3", "28000000", "28000000"), ("0", "Total", "", "190500000", "60500000"))
    heads = "".join(f'<div role="columnheader" aria-colindex="{at + 1}" class="columnHeader"><div class="pivotTableCellWrap">{name}</div></div>' for at, name in enumerate(("Project Name", "Project No", "Budget", "Expenditure")))
    body = "".join(f'<div role="row" aria-rowindex="{n + 2}" class="row"><div role="rowheader" aria-colindex="1" aria-level="{int(row[0]) + 1}" {"aria-expanded=true" if row[0] == "0" and row[1] != "Total" else ""} class="pivotTableCellWrap cell-interactive">{row[1]}</div>' + "".join(f'<div role="gridcell" aria-colindex="{at + 2}" class="pivotTableCellWrap">{"R " + format(int(cell), ",") if cell.isdigit() else cell}</div>' for at, cell in enumerate(row[2:])) + "</div>" for n, row in enumerate(rows))
    return page(f'<div class="visual visual-pivotTable"><div role="grid" aria-rowcount="7" aria-colcount="4" class="interactive-grid"><div role="row" aria-rowindex="1" class="columnHeaders">{heads}</div>{body}</div></div>')


@unseen("""
external_id|name|municipality|budget|status|completion_date
D9-4|Hopetown Intake|NC073|14100000|construction|2026-08-31
D9-6|Strydenburg Pipeline|NC073|66700000|tender|2028-05-31
D9-7|Vanderkloof Works|NC074|3980000|completed|2023-11-30
""")
def drupal_inline_fields() -> str:
    """Drupal teasers: a field with its label inline each; the day in a `time` whose text is for people."""
    def field(name: str, label: str, text: str) -> str:
        return f'<div class="field field--name-field-{name} field--type-string field--label-inline clearfix"><div class="field__label">{label}</div><div class="field__item">{text}</div></div>'

    def node(no: str, name: str, muni: str, budget: str, status: str, end: tuple[str, str]) -> str:
        day = f'<time datetime="{end[0]}T12:00:00Z" class="datetime">{end[1]}</time>'
        return f'<article role="article" class="node node--type-project node--view-mode-teaser"><h2 class="node__title"><a href="/node/{no}" rel="bookmark"><span class="field field--name-title">{name}</span></a></h2><div class="node__meta"><footer>Submitted by <span>webmaster</span></footer></div><div class="node__content clearfix">{field("no", "Project No", no)}{field("place", "Municipality", muni)}{field("cost", "Project Cost", budget)}{field("status", "Status", status)}{field("end", "Completion Date", day)}<ul class="links inline"><li><a href="/node/{no}">Read more</a></li></ul></div></article>'

    return page(node("D9-4", "Hopetown Intake", "Emthanjeni (NC073)", "R 14.1 million", "Construction", ("2026-08-31", "Mon, 31 Aug 2026")) + node("D9-6", "Strydenburg Pipeline", "Emthanjeni (NC073)", "R 66.7 million", "Tender", ("2028-05-31", "Wed, 31 May 2028")) + node("D9-7", "Vanderkloof Works", "Kareeberg (NC074)", "R 3.98 million", "Completed", ("2023-11-30", "Thu, 30 Nov 2023")))


@unseen("""
external_id|name|municipality|budget|status
FB-1|Barberton Bulk Meters|MP326|6700000|construction
FB-2|Nelspruit Outfall|MP326|154000000|tender
FB-8|Komatipoort WTW|MP324|38800000|construction
""")
def joomla_fabrik_grouped() -> str:
    """Fabrik for Joomla: a filter row in the head, a heading with its count over each group, calculations below."""
    heads = "".join(f'<th class="heading fabrik_ordercell"><span class="heading"><a class="fabrikorder" href="#">{name}</a></span></th>' for name in ("Project Ref", "Project Name", "Municipality", "Budget (R)", "Project Status"))
    blank = "".join('<th class="fabrik___heading"><input type="text" placeholder="Filter" class="fabrik_filter"></th>' for _ in range(5))

    def group(title: str, lines: str) -> str:
        return f'<tbody><tr class="fabrik_groupheading"><td colspan="5"><a href="#" class="toggle"><span class="groupTitle">{title}</span> <span class="groupCount">( {lines.count(chr(10)) + 1} )</span></a></td></tr></tbody><tbody class="fabrik_groupdata">{trs(lines)}</tbody>'

    return page(f'<form class="fabrikForm form-search"><table class="table table-striped fabrikList"><thead><tr class="fabrik___heading">{heads}</tr><tr class="fabrikFilterContainer">{blank}</tr></thead><tfoot><tr class="fabrik_calculations"><td></td><td></td><td>Total</td><td>199 500 000</td><td></td></tr></tfoot>' + group("Ehlanzeni North", "FB-1|Barberton Bulk Meters|City of Mbombela (MP326)|6 700 000|Construction\nFB-2|Nelspruit Outfall|City of Mbombela (MP326)|154 000 000|Tender") + group("Ehlanzeni South", "FB-8|Komatipoort WTW|Nkomazi (MP324)|38 800 000|Construction") + "</table></form>")


@unseen("""
name|municipality|budget|status|completion_date
Mogwase Zone 2 Supply|NW375|63000000|construction|2026-10-31
Sesobe Elevated Tank|NW375|4200000|completed|2024-12-13
Pella Boreholes|NW375|9700000|design|2027-06-30
""")
def elementor_icon_lists() -> str:
    """Elementor: a heading widget, an icon list of "label: value", a button; the columns are nested sections."""
    def column(name: str, *facts: str) -> str:
        items = "".join(f'<li class="elementor-icon-list-item"><span class="elementor-icon-list-icon"><svg aria-hidden="true"><path d="M0"/></svg></span><span class="elementor-icon-list-text">{fact}</span></li>' for fact in facts)
        return f'<div class="elementor-column elementor-col-33"><div class="elementor-widget-wrap"><div class="elementor-element elementor-widget elementor-widget-heading"><div class="elementor-widget-container"><h3 class="elementor-heading-title elementor-size-default">{name}</h3></div></div><div class="elementor-element elementor-widget elementor-widget-icon-list"><div class="elementor-widget-container"><ul class="elementor-icon-list-items">{items}</ul></div></div><div class="elementor-element elementor-widget elementor-widget-button"><a href="#" class="elementor-button"><span class="elementor-button-text">View project</span></a></div></div></div>'

    def one(name: str, budget: str, status: str, end: str) -> str:
        return column(name, "Municipality: Moses Kotane (NW375)", f"Budget: {budget}", f"Status: {status}", f"Completion: {end}")

    return page('<div class="elementor elementor-214"><section class="elementor-section"><div class="elementor-container">' + one("Mogwase Zone 2 Supply", "R63 million", "Construction", "31 October 2026") + one("Sesobe Elevated Tank", "R4.2 million", "Completed", "13 December 2024") + one("Pella Boreholes", "R9.7 million", "Design", "30 June 2027") + "</div></section></div>")


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
BC-1|Steytlerville Augmentation|EC102|44000000|19500000|44
BC-2|Jansenville Sewer|EC101|12600000|12600000|100
BC-3|Aberdeen Boreholes|EC101|7300000|0|0
""")
def cards_with_spent_of_budget() -> str:
    """Bootstrap cards: what was spent and the budget are in one line, "R 19.5m of R 44.0m spent"."""
    def card(no: str, name: str, muni: str, spent: str, budget: str, share: int) -> str:
        return f'<div class="col-md-4"><div class="card h-100"><div class="card-header"><span class="badge bg-secondary">{no}</span></div><div class="card-body"><h5 class="card-title">{name}</h5><p class="card-text">Municipality: {muni}</p><div class="progress"><div class="progress-bar" role="progressbar" style="width: {share}%" aria-valuenow="{share}" aria-valuemin="0" aria-valuemax="100">{share}%</div></div></div><div class="card-footer text-muted"><small>{spent} of {budget} spent</small></div></div></div>'

    return page('<div class="row g-3">' + card("BC-1", "Steytlerville Augmentation", "Blue Crane Route (EC102)", "R 19.5m", "R 44.0m", 44) + card("BC-2", "Jansenville Sewer", "Dr Beyers Naude (EC101)", "R 12.6m", "R 12.6m", 100) + card("BC-3", "Aberdeen Boreholes", "Dr Beyers Naude (EC101)", "R 0.0m", "R 7.3m", 0) + "</div>")


@unseen("""
external_id|name|municipality|budget|status
AC-11|Estcourt WWTW|KZN237|97000000|construction
AC-12|Wembezi Outfall|KZN237|15400000|tender
AC-20|Bergville Reservoir|KZN235|8800000|completed
AC-23|Winterton Line|KZN235|26000000|design
""")
def accordion_of_tables() -> str:
    """A panel a municipality: only its title says where the projects of its table lie."""
    def item(n: int, title: str, lines: str) -> str:
        return f'<div class="accordion-item"><h2 class="accordion-header" id="h{n}"><button class="accordion-button" type="button" data-bs-toggle="collapse" data-bs-target="#c{n}">{title}</button></h2><div id="c{n}" class="accordion-collapse collapse"><div class="accordion-body">{table("Project No|Project Name|Budget|Status", lines)}</div></div></div>'

    return page('<div class="accordion">' + item(1, "Inkosi Langalibalele (KZN237)", "AC-11|Estcourt WWTW|R97 000 000|Construction\nAC-12|Wembezi Outfall|R15 400 000|Tender") + item(2, "Okhahlamba (KZN235)", "AC-20|Bergville Reservoir|R8 800 000|Completed\nAC-23|Winterton Line|R26 000 000|Design") + "</div>")


@unseen("""
external_id|name|municipality|budget|start_date
Project.12|Vaalharts Balancing Dam|NC094|205000000|2024-03-04
Project.15|Hartswater Reticulation|NC094|17700000|2025-07-21
""")
def geoserver_feature_info() -> str:
    return '<html><head><title>Geoserver GetFeatureInfo output</title></head><style>table.featureInfo{border:1px solid #ddd}</style><body><table class="featureInfo"><caption class="featureInfo">dws_projects</caption><tr><th>fid</th><th>project_no</th><th>project_name</th><th>municipality</th><th>total_budget</th><th>start_date</th></tr><tr><td>dws_projects.12</td><td>Project.12</td><td>Vaalharts Balancing Dam</td><td>Phokwane (NC094)</td><td>205000000.0</td><td>2024-03-04T00:00:00Z</td></tr><tr class="odd"><td>dws_projects.15</td><td>Project.15</td><td>Hartswater Reticulation</td><td>Phokwane (NC094)</td><td>17700000.0</td><td>2025-07-21T00:00:00Z</td></tr></table><br/></body></html>'


@unseen("""
external_id|name|municipality|budget|status
SP-8|Lephalale Package Plant|LIM362|33000000|construction
SP-9|Marapong Pipeline|LIM362|54000000|tender
SP-12|Shongoane Wells|LIM362|6400000|completed
""")
def sharepoint_details_list() -> str:
    """A modern SharePoint list: cells are keyed by internal names, their order is not that of the headings."""
    heads = (("Project_x0020_No", "Project No"), ("LinkTitle", "Project Name"), ("Municipality", "Municipality"), ("Budget", "Budget"), ("Status", "Status"))
    head = '<div role="columnheader" class="ms-DetailsHeader-cell is-icon-visible"><span>Select all</span></div>' + "".join(f'<div role="columnheader" aria-colindex="{at + 2}" data-item-key="{key}" class="ms-DetailsHeader-cell"><span class="ms-DetailsHeader-cellName">{name}</span></div>' for at, (key, name) in enumerate(heads))

    def row(n: int, line: str) -> str:
        cells = "".join(f'<div role="gridcell" aria-colindex="{at + 2}" class="ms-DetailsRow-cell" data-automation-key="{heads[at][0]}"><span>{cell}</span></div>' for at, cell in enumerate(line.split("|")))
        return f'<div role="presentation" class="ms-List-cell"><div role="row" aria-rowindex="{n}" class="ms-DetailsRow"><div role="gridcell" class="ms-DetailsRow-check"><div role="radio" aria-label="select row"></div></div><div class="ms-DetailsRow-fields" role="presentation">{cells}</div></div></div>'

    return page(f'<div class="ms-DetailsList" role="grid" aria-rowcount="4"><div role="presentation" class="ms-DetailsList-headerWrapper"><div role="row" class="ms-DetailsHeader">{head}</div></div><div role="presentation" class="ms-DetailsList-contentWrapper"><div class="ms-List" role="presentation">' + row(2, "SP-8|Lephalale Package Plant|Lephalale (LIM362)|R 33 000 000|Construction") + row(3, "SP-9|Marapong Pipeline|Lephalale (LIM362)|R 54 000 000|Tender") + row(4, "SP-12|Shongoane Wells|Lephalale (LIM362)|R 6 400 000|Completed") + "</div></div></div>")


@unseen("""
external_id|name|status
P178912|Rural Water Supply Programme|construction
P180044|Sanitation Results Project|completed
""")
def development_bank_in_dollars() -> str:
    """Commitments in US dollars and approvals that are no start: no rand is to be read."""
    return page(table("Project ID|Project Title|Country|Project Status|Commitment Amount (US$ million)|Approval Date|Environmental Category", "P178912|Rural Water Supply Programme|South Africa|Construction|12.50|May 17, 2024|B\nP180044|Sanitation Results Project|South Africa|Completed|300.00|June 2, 2021|A"))


@unseen("""
external_id|name|municipality|budget|status
TG-1|Giyani Water Services Phase 1|LIM331|430000000|construction
TG-2|Nandoni Pipeline|LIM331|95000000|completed
TG-7|Letsitele Boreholes|LIM333|12500000|tender
""")
def treegrid_by_programme() -> str:
    """An ARIA tree: programmes on the first level with what their projects come to, projects on the second."""
    def row(level: int, line: str) -> str:
        cells = "".join(f'<td role="gridcell">{"&nbsp;" * 4 * (level - 1) if not at else ""}{cell}</td>' for at, cell in enumerate(line.split("|")))
        return f'<tr role="row" aria-level="{level}" aria-expanded="{"true" if level == 1 else "false"}">{cells}</tr>'

    head = "".join(f'<th role="columnheader" scope="col">{name}</th>' for name in ("Project Name", "Project No", "Municipality", "Budget", "Status"))
    return page(f'<table role="treegrid" aria-label="Projects"><thead><tr role="row">{head}</tr></thead><tbody>' + row(1, "Regional Bulk Infrastructure||| R 525 000 000|") + row(2, "Giyani Water Services Phase 1|TG-1|Greater Giyani (LIM331)|R 430 000 000|Construction") + row(2, "Nandoni Pipeline|TG-2|Greater Giyani (LIM331)|R 95 000 000|Completed") + row(1, "Water Services Infrastructure||| R 12 500 000|") + row(2, "Letsitele Boreholes|TG-7|Greater Tzaneen (LIM333)|R 12 500 000|Tender") + "</tbody></table>")


@unseen("""
external_id|name|municipality|budget|status|start_date|contractor
GU-14|Ladismith Raw Water Dam|WC041|39200000|construction|2025-02-03|Entsha Henra
""")
def summary_list_with_change_links() -> str:
    """A project's own page in the style of a government's design system."""
    def row(label: str, text: str) -> str:
        return f'<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{label}</dt><dd class="govuk-summary-list__value">{text}</dd><dd class="govuk-summary-list__actions"><a class="govuk-link" href="#">Change<span class="govuk-visually-hidden"> {label.lower()}</span></a></dd></div>'

    return page('<main><span class="govuk-caption-l">Capital projects</span><h1 class="govuk-heading-l">Ladismith Raw Water Dam</h1><strong class="govuk-tag">Beta</strong><dl class="govuk-summary-list">' + row("Project number", "GU-14") + row("Municipality", "Kannaland (WC041)") + row("Budget", "R39,200,000") + row("Status", "Construction") + row("Start date", "3 February 2025") + row("Contractor", "Entsha Henra") + "</dl></main>")


@unseen("""
external_id|name|municipality|budget|expenditure|completion_date
MB-1|Harrismith Outfall|FS194|125500000|88300000|2026-09-30
MB-2|Kestell Reservoir|FS194|19800000|2100000|2027-03-31
MB-5|Qwaqwa Leaks|FS194|7400000|7400000|2025-06-30
""")
def mixed_headings_over_three_rows() -> str:
    """Three rows of headings with spans; R million with decimal commas; a row of letters under the headings."""
    return page("""<table border="1"><tr><th rowspan="3">Nr</th><th rowspan="3">Project No</th><th rowspan="3">Project Name</th><th rowspan="3">Municipality</th><th colspan="3">Financial (R million)</th><th rowspan="3">Completion Date</th></tr>
    <tr><th rowspan="2">Budget</th><th colspan="2">Expenditure</th></tr><tr><th>To Date</th><th>% of budget</th></tr>
    <tr><td align="center"><i>a</i></td><td align="center"><i>b</i></td><td align="center"><i>c</i></td><td align="center"><i>d</i></td><td align="center"><i>e</i></td><td align="center"><i>f</i></td><td align="center"><i>f/e</i></td><td align="center"><i>g</i></td></tr>"""
    + trs("1|MB-1|Harrismith Outfall|Maluti-a-Phofung (FS194)|125,5|88,3|70,4%|30 September 2026\n2|MB-2|Kestell Reservoir|Maluti-a-Phofung (FS194)|19,8|2,1|10,6%|31 March 2027\n3|MB-5|Qwaqwa Leaks|Maluti-a-Phofung (FS194)|7,4|7,4|100,0%|30 June 2025") + "</table>")


@unseen("""
external_id|name|municipality|budget
DM-1|Tzaneen Dam Raising|LIM333|450000000
DM-2|Modjadji Purification|LIM333|36000000
DM-3|Lenyenye Sewer|LIM333|14500000
""")
def definition_terms_with_several_answers() -> str:
    """A `dl` for the whole list: the term is the number, and one `dd` after the other says the rest, labelled."""
    def one(no: str, *facts: str) -> str:
        return f"<dt>{no}</dt>" + "".join(f"<dd>{fact}</dd>" for fact in facts)

    return page("<dl>" + one("DM-1", "<strong>Project Name:</strong> Tzaneen Dam Raising", "<strong>Municipality:</strong> Greater Tzaneen (LIM333)", "<strong>Budget:</strong> R450 000 000") + one("DM-2", "<strong>Project Name:</strong> Modjadji Purification", "<strong>Municipality:</strong> Greater Tzaneen (LIM333)", "<strong>Budget:</strong> R36 000 000") + one("DM-3", "<strong>Project Name:</strong> Lenyenye Sewer", "<strong>Municipality:</strong> Greater Tzaneen (LIM333)", "<strong>Budget:</strong> R14 500 000") + "</dl>")


@unseen("")
def dam_levels() -> str:
    return page("<h2>Weekly state of dams</h2>" + table("Dam|River|Municipality|FSC (million m³)|This week (%)|Last week (%)|Last year (%)", "Tzaneen|Great Letaba|Greater Tzaneen (LIM333)|156.5|98.1|98.4|101.0\nEbenezer|Great Letaba|Greater Tzaneen (LIM333)|69.1|99.9|100.2|99.5\nMiddel-Letaba|Middel Letaba|Greater Giyani (LIM331)|171.9|2.4|2.5|3.1"))


@unseen("")
def bursaries_and_vacancies() -> str:
    return page("<h2>Vacancies</h2>" + table("Ref No|Post|Centre|Salary|Closing Date", "290524/01|Project Manager: Bulk Water|Giyani|R 1 059 105 per annum|2025-06-14\n290524/02|Control Technician: Construction|Polokwane|R 444 036 per annum|2025-06-14\n290524/05|Director: Infrastructure|Pretoria|R 1 216 824 per annum|2025-06-21"))
