"""Public lists as their systems write them: portals, report servers, offices, councils. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|status|completion_date
W-0417|Cala Bulk Line Phase 2|EC138|48250000|construction|2026-11-30
W-0418|Askeaton Boreholes|EC138|3900000|completed|2024-05-31
W-0422|Elliot WTW Filters|EC138|12775500.5|tender|2027-02-26
""")
def sharepoint_2010_list_view() -> str:
    """A classic list view: a check box, the menu of the title, `nobr`, clocks of the list itself."""
    def head(name: str, shown: str) -> str:
        return f'<th class="ms-vh2" nowrap="nowrap" scope="col" onmouseover="OnChildColumn(this)"><div Sortable="" Name="{name}" CTXNum="1" DisplayName="{shown}" class="ms-vh-div"><a id="diidSort1{name}" href="javascript:" title="Sort by {shown}">{shown}<img src="/_layouts/images/blank.gif" class="ms-hidden" border="0" width="1" height="1" alt="Use SHIFT+ENTER to open the menu (new window)."></a></div><div class="s4-ctx"><span>&nbsp;</span><a href="javascript:;" title="Open Menu"></a></div></th>'

    def row(n: int, no: str, name: str, bud: str, status: str, end: str) -> str:
        return f'<tr class="ms-itmhover{" ms-alternating" if n % 2 else ""}" iid="1,{n},0"><td class="ms-vb-itmcbx ms-vb-firstCell"><input type="checkbox" class="s4-itm-cbx" title="{name}"></td><td class="ms-vb2">{no}</td><td class="ms-vb-title" height="100%"><div class="ms-vb itx" id="{n}" CTXName="ctx1"><a href="/Lists/Projects/DispForm.aspx?ID={n}">{name}</a></div><div class="s4-ctx"><span>&nbsp;</span><a href="javascript:;" title="Open Menu"></a><span>&nbsp;</span></div></td><td class="ms-vb2">Sakhisizwe (EC138)</td><td class="ms-vb2"><div align="right">{bud}</div></td><td class="ms-vb2">{status}</td><td class="ms-vb2"><nobr>{end}</nobr></td><td class="ms-vb-user"><nobr><span><a href="/_layouts/userdisp.aspx?ID=31">Mdingi, Z</a></span></nobr></td><td class="ms-vb2 ms-vb-lastCell"><nobr>2026/01/{n} 09:1{n % 10}</nobr></td></tr>'

    heads = "".join(head(a, b) for a, b in (("ProjNo", "Project Number"), ("LinkTitle", "Title"), ("Munic", "Municipality"), ("Budget", "Project Budget"), ("Stat", "Project Status"), ("Due", "Planned Completion"), ("Editor", "Modified By"), ("Modified", "Modified")))
    return page(f'<div id="WebPartWPQ2"><table class="ms-listviewtable" summary="Projects" id="onetidDoclibViewTbl0"><tr class="ms-viewheadertr ms-vhltr"><th class="ms-vh-icon" scope="col"><input type="checkbox" title="Select or deselect all items"></th>{heads}</tr>{row(11, "W-0417", "Cala Bulk Line Phase 2", "R 48 250 000,00", "Under construction", "2026/11/30")}{row(12, "W-0418", "Askeaton Boreholes", "R 3 900 000,00", "Completed", "2024/05/31")}{row(15, "W-0422", "Elliot WTW Filters", "R 12 775 500,50", "Tender", "2027/02/26")}</table><table class="ms-bottompaging"><tr><td class="ms-vb"><a href="javascript:;">Add new item</a></td></tr></table></div>')


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage|contractor
M/21/07|Opgradering van Porterville-suiweringswerke|WC013|31456789.12|28900100|92|Amandla Konstruksie
M/22/03|Vervanging van asbespype: Piketberg|WC013|8640000|1200500.75|15|CSV Siviel
M/23/01|Nuwe reservoir: Aurora|WC013|5125000|0|0|-
""")
def afrikaans_minutes() -> str:
    """A council's minutes: an item, a table with paragraphs in its cells, a total, what was resolved."""
    def row(*cells: str) -> str:
        return "<tr>" + "".join(f'<td style="border:1px solid"><p style="margin:0">{cell}</p></td>' for cell in cells) + "</tr>"

    return page("<p><b>8.2.1&nbsp;&nbsp;VORDERINGSVERSLAG: KAPITAALPROJEKTE (WATER) SOOS OP 31 DESEMBER 2025</b></p><p>(Leêr 12/2/1/4)</p><p><u>DOEL VAN VERSLAG</u></p><p>Om die raad in te lig. ’n Bedrag van R 4 500 000,00 is oorgedra.</p><table style='border-collapse:collapse'>" + row("<b>Projeknr.</b>", "<b>Projeknaam</b>", "<b>Munisipaliteit</b>", "<b>Begroting</b>", "<b>Besteding tot op datum</b>", "<b>Vordering</b>", "<b>Kontrakteur</b>") + row("M/21/07", "Opgradering van Porterville-suiweringswerke", "Bergrivier (WC013)", "R 31 456 789,12", "R 28 900 100,00", "92%", "Amandla Konstruksie") + row("M/22/03", "Vervanging van asbespype: Piketberg", "Bergrivier (WC013)", "R 8 640 000,00", "R 1 200 500,75", "15%", "CSV Siviel") + row("M/23/01", "Nuwe reservoir: Aurora", "Bergrivier (WC013)", "R 5 125 000,00", "R 0,00", "0%", "Nog nie aangestel nie") + row("", "<b>TOTAAL</b>", "", "<b>R 45 221 789,12</b>", "<b>R 30 100 600,75</b>", "", "") + "</table><p><b>BESLUIT</b></p><p>(i) Dat kennis geneem word van die verslag.</p><p>(ii) Dat R 2 000 000,00 addisioneel begroot word.</p><p>Voorgestel: Rdl. J Swart&nbsp;&nbsp;&nbsp;Sekondeer: Rdl. M Daniels</p>")


@unseen("""
external_id|name|municipality|budget|expenditure|status
NMB-W1|Nooitgedagt Low Level Phase 4|NMA|312000000|298110000|construction
NMB-W2|Coega Kop Wellfield|NMA|208500000|208500000|completed
NMB-W3|Driftsands Collector Sewer|NMA|174250000|61000|on_hold
""")
def tablepress_with_foot() -> str:
    def row(n: int, line: str, tag: str = "td") -> str:
        return f'<tr class="row-{n} {"even" if n % 2 == 0 else "odd"}">' + "".join(f'<{tag} class="column-{at}">{cell}</{tag}>' for at, cell in enumerate(line.split("|"), 1)) + "</tr>"

    heads = "Project No.|Project|Metro|Total Budget|Spent to Date|Status|Photos"
    body = row(2, 'NMB-W1|Nooitgedagt Low Level Phase 4|Nelson Mandela Bay (NMA)|R312,000,000|R298,110,000|Construction|<a href="a.jpg"><img src="a.jpg" alt="Site in May"></a>') + row(3, "NMB-W2|Coega Kop Wellfield|Nelson Mandela Bay (NMA)|R208,500,000|R208,500,000|Completed|") + row(4, "NMB-W3|Driftsands Collector Sewer|Nelson Mandela Bay (NMA)|R174,250,000|R61,000|On hold|") + row(5, "<strong>Total</strong>||3 projects|<strong>R694,750,000</strong>|<strong>R506,671,000</strong>||")
    return page(f'<h2 id="tablepress-7-name" class="tablepress-table-name">Water projects</h2><table id="tablepress-7" class="tablepress tablepress-id-7 tablepress-responsive"><thead>{row(1, heads, "th")}</thead><tbody class="row-hover">{body}</tbody><tfoot>{row(6, heads, "th")}</tfoot></table><p>Last updated: 12 January 2026</p>')


@unseen("""
external_id|name|municipality|budget|status|start_date
1042|Bizana Town Water|EC443|88100000|construction|2024-07-01
1055|Mzamba Outfall|EC443|19000000|planning|2027-04-01
1043|Flagstaff Source Works|EC153|140000000|construction|2023-02-20
1060|Lusikisiki Boreholes|EC153|7450000|completed|2021-10-04
""")
def apex_report_with_breaks() -> str:
    """An interactive report: a break column above its rows, headings of each break, sums below each."""
    ids = ("C101", "C102", "C103", "C104", "C105")
    head = '<tr class="a-IRR-headerRow">' + "".join(f'<th class="a-IRR-header" id="{a}" scope="col"><a class="a-IRR-headerLink" aria-haspopup="dialog">{b}</a><span class="a-IRR-headerSort"></span></th>' for a, b in zip(ids, ("Project ID", "Project Name", "Budget (ZAR)", "Stage", "Start Date"), strict=True)) + "</tr>"

    def brk(text: str) -> str:
        return f'<tr><th colspan="5" class="a-IRR-header a-IRR-header--group" id="B{len(text)}">Municipality : <span class="a-IRR-breakValue">{text}</span></th></tr>'

    def row(line: str) -> str:
        return "<tr>" + "".join(f'<td class=" u-t{"R" if a == "C103" else "L"}" headers="{a}">{cell}</td>' for a, cell in zip(ids, line.split("|"), strict=True)) + "</tr>"

    def total(text: str) -> str:
        return f'<tr class="a-IRR-aggregate"><td></td><td></td><td class="u-tR" headers="C103"><span class="a-IRR-aggregate-label">Sum:</span> <span class="a-IRR-aggregate-value">{text}</span></td><td></td><td></td></tr>'

    return page('<div class="a-IRR-controlsContainer"><span class="a-IRR-controlsLabel">Control Break: Municipality</span></div><table class="a-IRR-table" summary="Report">' + brk("Winnie Madikizela-Mandela (EC443)") + head + row("1042|Bizana Town Water|88,100,000|Construction|01-JUL-2024") + row("1055|Mzamba Outfall|19,000,000|Planning|01-APR-2027") + total("107,100,000") + brk("Ngquza Hill (EC153)") + head + row("1043|Flagstaff Source Works|140,000,000|Construction|20-FEB-2023") + row("1060|Lusikisiki Boreholes|7,450,000|Completed|04-OCT-2021") + total("147,450,000") + '</table><span class="a-IRR-pagination-label">1 - 4 of 4</span>')


@unseen("""
external_id|name|municipality|budget|contractor|completion_date
4500012|Refurbish Wallmannsthal WTW|TSH|67340000|Rula Bulk Materials|2026-08-14
4500019|Babelegi Reservoir|TSH|21800000|-|2027-01-29
4500031|Temba Line Replacement|TSH|9275000|Sebenza JV|2025-12-12
""")
def sap_web_dynpro_table() -> str:
    """A Web Dynpro table: a selection column, spans in cells, empty rows that fill its height."""
    def cell(text: str, n: int) -> str:
        return f'<td class="urST3TD urCWhl" ct="STC" id="WD{n}"><div class="lsTblCellLyt"><span class="lsTextView urTxtStd" ct="TV" id="WD{n}t">{text or "&nbsp;"}</span></div></td>'

    def row(n: int, line: str) -> str:
        return f'<tr id="WDrow{n}" rr="{n}"><td class="urST3SelIco"><div class="lsSTSelBtn" title="Select table row with Spacebar">&nbsp;</div></td>' + "".join(cell(text, 100 * n + at) for at, text in enumerate(line.split("|"))) + "</tr>"

    heads = "".join(f'<th class="urST3HH" ct="HCP" scope="col"><div class="urSTTHCont"><span class="lsCaption">{name}</span><span class="urSTSortIco" title="Not sorted"></span></div></th>' for name in ("WBS Element", "Description", "Municipality", "Planned Cost (ZAR)", "Vendor Name", "Finish Date"))
    body = row(1, "4500012|Refurbish Wallmannsthal WTW|City of Tshwane (TSH)|67.340.000,00|Rula Bulk Materials|14.08.2026") + row(2, "4500019|Babelegi Reservoir|City of Tshwane (TSH)|21.800.000,00||29.01.2027") + row(3, "4500031|Temba Line Replacement|City of Tshwane (TSH)|9.275.000,00|Sebenza JV|12.12.2025") + row(4, "|||||") + row(5, "|||||")
    return page(f'<div class="urPgHTxt">Capital projects: status</div><table class="urST3Outl" ct="ST" cellspacing="0"><tbody id="WD-contentTBody"><tr><th class="urST3SelHead" title="Table Selection Menu">&nbsp;</th>{heads}</tr>{body}</tbody></table><table><tr><td>Row 1 of 3</td></tr></table>')


@unseen("""
external_id|name|municipality|budget|expenditure
CR-11|Vryburg Bulk Water Augmentation|NW392|255000000|101230400
CR-14|Stella Package Plant|NW392|8400000|8400000
CR-15|Huhudi Sewer Upgrade|NW392|61000000|950000
""")
def crystal_viewer() -> str:
    """A report viewer's page: positioned texts, amounts aligned on their right, head and foot of the page."""
    lines = (("CR-11", "Vryburg Bulk Water Augmentation", "Naledi (NW392)", "255,000,000.00", "101,230,400.00"), ("CR-14", "Stella Package Plant", "Naledi (NW392)", "8,400,000.00", "8,400,000.00"), ("CR-15", "Huhudi Sewer Upgrade", "Naledi (NW392)", "61,000,000.00", "950,000.00"), ("", "Grand total", "", "324,400,000.00", "110,580,400.00"))
    lefts, widths = (20, 110, 340, 500, 640), (80, 220, 150, 120, 120)

    def text(left: int, top: int, width: int, words: str, right: bool = False) -> str:
        return f'<div style="position:absolute;top:{top}px;left:{left}px;width:{width}px;height:16px;{"text-align:right;" if right else ""}"><span class="fc1" style="white-space:nowrap">{words}</span></div>'

    heads = "".join(text(left, 90, width, name, at > 2) for at, (left, width, name) in enumerate(zip(lefts, widths, ("Project No", "Project Name", "Municipality", "Budget (R)", "Expenditure (R)"), strict=True)))
    body = "".join(text(left, 120 + 20 * n, width, cell, at > 2) for n, line in enumerate(lines) for at, (left, width, cell) in enumerate(zip(lefts, widths, line, strict=True)) if cell)
    return page(f'<div id="CrystalReportViewer1"><div class="crystalstyle" style="position:relative;width:800px;height:600px">{text(20, 10, 400, "Projects by municipality")}{text(600, 10, 150, "2026/02/03")}{text(20, 40, 400, "North West")}{heads}{body}{text(640, 560, 120, "Page 1 of 1", True)}</div></div>')


@unseen("""
external_id|name|municipality|budget|status|contractor
SR-201|Kamhlushwa Reticulation|MP324|27350000|construction|TTK Plant
SR-202|Driekoppies Package Plant|MP324|112600000|design|-
SR-207|Mbuzini Standpipes|MP324|4180000|completed|Vika Trading
""")
def ssrs_list_region() -> str:
    """A report of a list region: each project a rectangle with a table of texts and their labels."""
    def pair(label: str, text: str) -> str:
        return f'<td style="WIDTH:41.27mm;min-width:41.27mm" class="a11c"><div class="a11"><span class="a10">{label}</span></div></td><td class="a15c" style="WIDTH:60mm"><div class="a15">{text or "&nbsp;"}</div></td>'

    def one(no: str, name: str, bud: str, status: str, con: str) -> str:
        return f'<tr valign="top"><td style="HEIGHT:30mm" class="a20c"><table cellspacing="0" cellpadding="0" border="0"><tr><td style="height:0"></td><td></td></tr><tr>{pair("Project Number:", no)}</tr><tr>{pair("Project Name:", name)}</tr><tr>{pair("Municipality:", "Nkomazi (MP324)")}</tr><tr>{pair("Approved Budget:", bud)}</tr><tr>{pair("Current Status:", status)}</tr><tr>{pair("Contractor:", con)}</tr></table></td></tr>'

    return page('<div id="oReportDiv"><table cellspacing="0" cellpadding="0" cols="1"><tr><td><div class="a4">WATER PROJECTS: PROFILES</div></td></tr><tr><td><div class="a5">Execution time: 2026/03/02 07:12:09</div></td></tr>' + one("SR-201", "Kamhlushwa Reticulation", "R 27 350 000.00", "Construction", "TTK Plant") + one("SR-202", "Driekoppies Package Plant", "R 112 600 000.00", "Design", "") + one("SR-207", "Mbuzini Standpipes", "R 4 180 000.00", "Completed", "Vika Trading") + "</table></div>")


@unseen("""
external_id|name|budget|expenditure
TB-1|Kwaggasrand Reservoir|52000000|20000000
TB-2|Soshanguve Outfall|140000000|139000000
TB-4|Hammanskraal Booster|8750000|0
""")
def tableau_measure_names() -> str:
    """View data of a text table: a line for each measure of a project, as Tableau keeps it."""
    lines = (("TB-1", "Kwaggasrand Reservoir", "52,000,000", "20,000,000"), ("TB-2", "Soshanguve Outfall", "140,000,000", "139,000,000"), ("TB-4", "Hammanskraal Booster", "8,750,000", "0"))
    body = "\n".join(f"{no}|{name}|Budget (R)|{bud}\n{no}|{name}|Expenditure (R)|{spent}" for no, name, bud, spent in lines)
    return page(f"<h3>View Data: Sheet 3</h3><p>6 rows, 4 columns</p>{table('Project No|Project Name|Measure Names|Measure Values', body)}")


@unseen("""
external_id|name|municipality|budget|status
ATW-3|Bloemwater Pump Upgrade|FS162|15600000|construction
ATW-4|Trompsburg Reservoir|FS162|9925000|tender
ATW-8|Springfontein Sewer|FS162|38000000|design
""")
def vaadin_attribute_table() -> str:
    """A map's attribute table: the cells of a grid lie flat, in a row of contents, headings first."""
    cells = ["Project No", "Project Name", "Municipality", "Budget (R)", "Status"]
    for line in ("ATW-3|Bloemwater Pump Upgrade|Kopanong (FS162)|15,600,000|Construction", "ATW-4|Trompsburg Reservoir|Kopanong (FS162)|9,925,000|Tender", "ATW-8|Springfontein Sewer|Kopanong (FS162)|38,000,000|Design"):
        cells += line.split("|")
    columns = "".join(f'<vaadin-grid-sort-column path="f{at}"></vaadin-grid-sort-column>' for at in range(5))
    return page('<div class="esri-feature-table"><div class="esri-feature-table__title">Water projects (Features: 3, selected: 0)</div><vaadin-grid role="grid" aria-rowcount="4">' + columns + "".join(f'<vaadin-grid-cell-content slot="vaadin-grid-cell-content-{at}">{cell}</vaadin-grid-cell-content>' for at, cell in enumerate(cells)) + "</vaadin-grid></div>")


@unseen("""
external_id|name|municipality|budget|status
KB-31|Hopefield-boorgate|WC014|2950000|completed
KB-34|Vredenburg-hoofpyplyn|WC014|46800000|construction
KB-39|Jacobsbaai-rioolstelsel|WC014|18300000|design
""")
def mapserver_query_result() -> str:
    """A template of a map server: label, text and a break, a rule between the features; in Afrikaans."""
    def one(no: str, name: str, bud: str, status: str, x: str) -> str:
        return f"<p><b>Projeknommer:</b> {no}<br><b>Projeknaam:</b> {name}<br><b>Munisipaliteit:</b> Saldanhabaai (WC014)<br><b>Begroting:</b> {bud}<br><b>Projekstatus:</b> {status}<br><i>({x} km van kliek)</i></p><hr>"

    return page("<h3>Laag: WATERPROJEKTE (3 voorwerpe)</h3>" + one("KB-31", "Hopefield-boorgate", "R2 950 000", "Voltooi", "0.4") + one("KB-34", "Vredenburg-hoofpyplyn", "R46 800 000", "Konstruksie", "1.7") + one("KB-39", "Jacobsbaai-rioolstelsel", "R18 300 000", "Ontwerp", "2.2") + "<p>Navraag by 18.02, -33.01</p>")


@unseen("""
external_id|name|municipality|budget|completion_date
GS-A1|Utrecht Water Main|KZN253|16200000|2026-06-30
GS-A2|Madadeni Leak Repair|KZN252|5840000|2025-11-15
GS-B1|Osizweni Sanitation|KZN252|74000000|2028-03-31
GS-B4|Dannhauser Septic Works|KZN254|22000000|2027-09-01
""")
def google_sheet_of_two_tabs() -> str:
    """A published spreadsheet: a tab a kind of works, the second not in front; letters and row numbers."""
    def sheet(gid: int, lines: str, shown: bool) -> str:
        rows = "".join(f'<tr style="height: 20px"><th id="{gid}R{n}" style="height: 20px;" class="row-headers-background"><div class="row-header-wrapper" style="line-height: 20px">{n + 1}</div></th>' + "".join(f'<td class="s{at}" dir="ltr">{cell}</td>' for at, cell in enumerate(line.split("|"))) + "</tr>" + ('<tr><th style="height:3px;" class="freezebar-cell freezebar-horizontal-handle"></th>' + '<td class="freezebar-cell"></td>' * 6 + "</tr>" if not n else "") for n, line in enumerate(lines.strip().splitlines()))
        return f'<div id="{gid}" style="display:{"block" if shown else "none"};position:relative;" dir="ltr"><div class="ritz grid-container" dir="ltr"><table class="waffle" cellspacing="0" cellpadding="0"><thead><tr><th class="row-header freezebar-origin-ltr"></th>' + "".join(f'<th id="{gid}C{at}" style="width:100px;" class="column-headers-background">{letter}</th>' for at, letter in enumerate("ABCDEF")) + f"</tr></thead><tbody>{rows}</tbody></table></div></div>"

    return page('<div id="top-bar"><div id="doc-title"><span class="name">Amajuba projects</span></div></div><div id="sheet-menu"><ul><li id="sheet-button-0" class="active"><a href="#">Water</a></li><li id="sheet-button-88"><a href="#">Sanitation</a></li></ul></div><div id="sheets-viewport">' + sheet(0, "Project No|Project Name|Municipality|Budget (R)|Completion|\nGS-A1|Utrecht Water Main|Emadlangeni (KZN253)|16 200 000|30/06/2026|\nGS-A2|Madadeni Leak Repair|Newcastle (KZN252)|5 840 000|15/11/2025|\n|||22 040 000||", True) + sheet(88, "Project No|Project Name|Municipality|Budget (R)|Completion|\nGS-B1|Osizweni Sanitation|Newcastle (KZN252)|74 000 000|31/03/2028|\nGS-B4|Dannhauser Septic Works|Dannhauser (KZN254)|22 000 000|01/09/2027|\n|||96 000 000||", False) + "</div>")


@unseen("""
external_id|name|municipality|budget|status|progress_percentage
LO-7|Ritchie Pump Station|NC091|13400000|construction|61
LO-8|Platfontein Reservoir|NC091|29000000|design|5
LO-9|Windsorton Intake|NC092|6100000|completed|100
""")
def calc_export_of_three_sheets() -> str:
    """All sheets of a spreadsheet in one page: an overview, the list, what its words mean, a summary."""
    def num(value: str, shown: str) -> str:
        return f'<td align="right" sdval="{value}" sdnum="7177;0;[$R-436] # ##0,00"><font face="Arial">{shown}</font></td>'

    def row(no: str, name: str, muni: str, value: str, bud: str, status: str, pct: int) -> str:
        return f'<tr><td height="17" align="left"><font face="Arial">{no}</font></td><td align="left">{name}</td><td align="left">{muni}</td>{num(value, bud)}<td align="left">{status}</td><td align="right" sdval="{pct / 100}" sdnum="7177;0;0%">{pct}%</td></tr>'

    head = "<tr>" + "".join(f'<td height="17" align="center" bgcolor="#CCCCCC"><b>{name}</b></td>' for name in ("Project No", "Project Name", "Municipality", "Budget", "Status", "Progress")) + "</tr>"
    return f"""<html><head><meta name="generator" content="LibreOffice 7.3 (Linux)"/></head><body text="#000000"><center><h1>Overview</h1><a href="#table0">Projects</a><br><a href="#table1">Codes</a><br><a href="#table2">Summary</a><br></center><hr>
    <a name="table0"><h1>Sheet 1: <em>Projects</em></h1></a><table cellspacing="0" border="0"><colgroup width="85"></colgroup>{head}{row("LO-7", "Ritchie Pump Station", "Sol Plaatje (NC091)", "13400000", "R 13 400 000,00", "Construction", 61)}{row("LO-8", "Platfontein Reservoir", "Sol Plaatje (NC091)", "29000000", "R 29 000 000,00", "Design", 5)}{row("LO-9", "Windsorton Intake", "Dikgatlong (NC092)", "6100000", "R 6 100 000,00", "Completed", 100)}</table>
    <a name="table1"><h1>Sheet 2: <em>Codes</em></h1></a><table border="0">{trs("<td><b>Status</b></td>|<td><b>Meaning</b></td>")}{trs("Construction|A contractor is on site")}{trs("Design|Drawings are under way")}{trs("Completed|Handed over")}</table>
    <a name="table2"><h1>Sheet 3: <em>Summary</em></h1></a><table border="0">{trs("<td><b>Municipality</b></td>|<td><b>Projects</b></td>|<td><b>Budget</b></td>")}{trs("Sol Plaatje (NC091)|2|R 42 400 000,00")}{trs("Dikgatlong (NC092)|1|R 6 100 000,00")}{trs("Total|3|R 48 500 000,00")}</table></body></html>"""


@unseen("""
external_id|name|municipality|budget|start_date
WD-1|Upgrading of the Komga Waste Water Treatment Works and Outfall|EC123|53000000|2025-04-01
WD-2|Kei Mouth Desalination|EC123|97500000|2026-01-12
WD-3|Haga Haga Reservoir|EC123|6600000|2024-08-19
WD-4|Morgan Bay Pipeline|EC123|11200000|2025-09-08
""")
def word_table_over_two_pages() -> str:
    """A table that breaks over a page: the head again, a name that goes on in a row of its own, page numbers."""
    def row(*cells: str) -> str:
        return "<tr style='page-break-inside:avoid'>" + "".join(f"<td width=110 valign=top style='width:82.5pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt'><p class=MsoNormal style='margin-bottom:0cm'><span lang=EN-ZA>{cell or '&nbsp;'}</span></p></td>" for cell in cells) + "</tr>"

    head = row("<b>Project No</b>", "<b>Project Name</b>", "<b>Municipality</b>", "<b>Budget</b>", "<b>Start Date</b>")
    return "<html><head><meta name=Generator content='Microsoft Word 15 (filtered)'></head><body lang=EN-ZA><div class=WordSection1><p class=MsoNormal>Annexure A: Projects</p><table class=MsoTableGrid border=1 cellspacing=0>" + head + row("WD-2", "Kei Mouth Desalination", "Great Kei (EC123)", "R 97 500 000", "12 January 2026") + row("WD-1", "Upgrading of the Komga Waste Water", "Great Kei (EC123)", "R 53 000 000", "1 April 2025") + "</table><p class=MsoFooter align=right>Page 4 of 9</p><br clear=all style='page-break-before:always'><p class=MsoHeader>Great Kei Local Municipality</p><table class=MsoTableGrid border=1 cellspacing=0>" + head + row("", "Treatment Works and Outfall", "", "", "") + row("WD-3", "Haga Haga Reservoir", "Great Kei (EC123)", "R 6 600 000", "19 August 2024") + row("WD-4", "Morgan Bay Pipeline", "Great Kei (EC123)", "R 11 200 000", "8 September 2025") + "</table><p class=MsoFooter align=right>Page 5 of 9</p></div></body></html>"


@unseen("""
external_id|name|municipality|budget|status
PW-6|Construction of the Sundays River Balancing Dam|EC106|340000000|construction
PW-7|Paterson Bulk Supply|EC106|28750000|completed
PW-9|Refurbishment of Addo Water Treatment Works Phase 1|EC106|44000000|tender
""")
def pdf_lines_that_wrap() -> str:
    """Positioned texts of a PDF: names that go on a line below, page head and number."""
    lefts = (40, 110, 330, 500, 620)
    lines: tuple[tuple[int, tuple[str, ...]], ...] = ((140, ("Project No", "Project Name", "Municipality", "Budget", "Status")), (170, ("PW-6", "Construction of the Sundays", "Sundays River Valley (EC106)", "R340 000 000", "Construction")), (184, ("", "River Balancing Dam", "", "", "")), (208, ("PW-7", "Paterson Bulk Supply", "Sundays River Valley (EC106)", "R28 750 000", "Completed")), (232, ("PW-9", "Refurbishment of Addo Water", "Sundays River Valley (EC106)", "R44 000 000", "Tender")), (246, ("", "Treatment Works Phase 1", "", "", "")))
    texts = "".join(f'<p style="position:absolute;top:{top}px;left:{left}px;white-space:nowrap" class="ft0{2 if top == 140 else 3}">{"<b>" + cell + "</b>" if top == 140 else cell}</p>\n' for top, line in lines for left, cell in zip(lefts, line, strict=True) if cell)
    return f'<!DOCTYPE html><html><head><title>idp-annexure.pdf</title><style>.ft03{{font-size:12px;line-height:14px}}</style></head><body bgcolor="#A0A0A0"><div id="page12-div" style="position:relative;width:892px;height:1262px;"><img width="892" height="1262" src="idp012.png" alt="background image"/><p style="position:absolute;top:60px;left:40px;white-space:nowrap" class="ft00">IDP 2025/26 Annexure F</p>{texts}<p style="position:absolute;top:1200px;left:430px;white-space:nowrap" class="ft01">12</p></div></body></html>'


@unseen("""
external_id|name|municipality|budget|status
RP-55|Bray Water Supply|NW397|8900000|construction
RP-56|Ganyesa Bulk Extension|NW397|61250000|tender
RP-60|Tosca VIP Toilets|NW397|3075000|completed
""")
def repeater_with_bars_between() -> str:
    """An asp:Repeater: a heading with number and name, and facts on one line, parted by bars."""
    def one(no: str, name: str, bud: str, status: str) -> str:
        return f'<div class="item"><h4><a href="Project.aspx?id={no}">{no}: {name}</a></h4><p class="facts"><b>Municipality:</b> Kagisano-Molopo (NW397) | <b>Budget:</b> {bud} | <b>Status:</b> {status}</p></div>'

    return page('<div id="ctl00_Main_rptProjects">' + one("RP-55", "Bray Water Supply", "R8.9 million", "Construction") + one("RP-56", "Ganyesa Bulk Extension", "R61.25 million", "Tender") + one("RP-60", "Tosca VIP Toilets", "R3.075 million", "Completed") + "</div>")


@unseen("""
external_id|name|municipality|budget|status|progress_percentage|start_date
VG-1|Phalaborwa Sludge Works|LIM334|83500000|construction|37|2025-02-17
VG-2|Namakgale Pressure Towers|LIM334|14250000|completed|100|2022-06-06
VG-3|Lulekani Bulk Meter Chambers|LIM334|2640000|tender|0|2026-10-01
""")
def devexpress_vertical_grid() -> str:
    """A vertical grid: a record is a column, a field a row, rows of categories between."""
    def row(label: str, *cells: str) -> str:
        return f'<tr class="dxvgRow"><td class="dxvgHeader_Office365"><table class="dxvgHIC"><tr><td>{label}</td></tr></table></td>' + "".join(f'<td class="dxvgRecord">{cell}</td>' for cell in cells) + "</tr>"

    def category(label: str) -> str:
        return f'<tr class="dxvgCategory"><td class="dxvgHeader_Office365" colspan="4"><img class="dxvgExpandedButton" src="x.gif" alt="Collapse">{label}</td></tr>'

    return page('<table id="ASPxVerticalGrid1" class="dxvgControl"><tr><td><table class="dxvgTable">' + category("General") + row("Project Number", "VG-1", "VG-2", "VG-3") + row("Project Name", "Phalaborwa Sludge Works", "Namakgale Pressure Towers", "Lulekani Bulk Meter Chambers") + row("Municipality", *["Ba-Phalaborwa (LIM334)"] * 3) + category("Finances") + row("Budget", "R83,500,000.00", "R14,250,000.00", "R2,640,000.00") + category("Progress") + row("Status", "Construction", "Completed", "Tender") + row("Physical Progress", "37%", "100%", "0%") + row("Start Date", "17-Feb-2025", "06-Jun-2022", "01-Oct-2026") + "</table></td></tr></table>")


@unseen("""
external_id|name|municipality|budget|expenditure
RG-10|Sterkspruit Regional Scheme|EC142|620000000|418900000
RG-12|Lady Grey Dam Pump|EC142|7300000|7120000
RG-20|Ugie Pipe Bridge|EC141|3350000|0
RG-22|Mt Fletcher Boreholes|EC141|18900000|12000000
""")
def radgrid_grouped_with_footers() -> str:
    def row(line: str, alt: bool = False) -> str:
        return f'<tr class="rg{"Alt" if alt else ""}Row"><td class="rgGroupCol">&nbsp;</td>' + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + "</tr>"

    def group(text: str) -> str:
        return f'<tr class="rgGroupHeader"><td class="rgGroupCol"><input type="button" title="Collapse group" class="rgCollapse"></td><td colspan="4"><p><span>Municipality: {text}</span></p></td></tr>'

    def foot(a: str, b: str) -> str:
        return f'<tr class="rgFooter"><td>&nbsp;</td><td>Count : 2</td><td>&nbsp;</td><td>Sum : {a}</td><td>Sum : {b}</td></tr>'

    head = '<tr><th class="rgGroupCol">&nbsp;</th>' + "".join(f'<th scope="col" class="rgHeader"><a title="Click here to sort">{name}</a></th>' for name in ("Project No", "Project Name", "Budget", "Expenditure")) + "</tr>"
    return page(f'<div id="RadGrid1" class="RadGrid RadGrid_Metro"><div class="rgGroupPanel"><span>Municipality</span></div><table class="rgMasterTable"><thead>{head}</thead><tfoot>{foot("R649,550,000.00", "R438,020,000.00").replace("Count : 2", "Count : 4")}</tfoot><tbody>{group("Senqu (EC142)")}{row("RG-10|Sterkspruit Regional Scheme|R620,000,000.00|R418,900,000.00")}{row("RG-12|Lady Grey Dam Pump|R7,300,000.00|R7,120,000.00", True)}{foot("R627,300,000.00", "R426,020,000.00")}{group("Elundini (EC141)")}{row("RG-20|Ugie Pipe Bridge|R3,350,000.00|R0.00")}{row("RG-22|Mt Fletcher Boreholes|R18,900,000.00|R12,000,000.00", True)}{foot("R22,250,000.00", "R12,000,000.00")}</tbody></table></div>')


@unseen("""
external_id|name|municipality|budget|status|contractor
IG-301|Jagersfontein Tailings Water|FS162|33900000|construction|Malela Civils
IG-302|Zastron Kloof Dam|FS163|77000000|design|-
IG-305|Rouxville Raw Water Pump|FS163|4480000|completed|Tshiamo Pumps
""")
def infragistics_header_and_body_apart() -> str:
    """A web data grid: the headings scroll in a table of their own; captions of a filter row."""
    heads = ("Project Number", "Project Name", "Municipality", "Total Budget", "Project Status", "Contractor")
    header = '<table class="ighg_Header" border="0"><thead><tr>' + "".join(f'<th idx="{at}" key="k{at}" class="igg_HeaderCaption"><span>{name}</span></th>' for at, name in enumerate(heads)) + '</tr><tr class="igg_FilterRow">' + '<td><button class="igg_FilterButton"></button><span></span></td>' * 6 + "</tr></thead></table>"
    body = "".join(f'<tr mkr="{n}" class="{"igg_AltRow" if n % 2 else "igg_Row"}">' + "".join(f"<td>{cell or '&#160;'}</td>" for cell in line.split("|")) + "</tr>" for n, line in enumerate(("IG-301|Jagersfontein Tailings Water|Kopanong (FS162)|R33,900,000.00|Construction|Malela Civils", "IG-302|Zastron Kloof Dam|Mohokare (FS163)|R77,000,000.00|Design|", "IG-305|Rouxville Raw Water Pump|Mohokare (FS163)|R4,480,000.00|Completed|Tshiamo Pumps")))
    return page(f'<div id="WebDataGrid1" class="igg_Control"><table style="width:100%"><tr mkr="hdr"><td><div mkr="hdrCont">{header}</div></td></tr><tr mkr="body"><td><div style="overflow:auto"><table class="igg_Item"><tbody mkr="rows">{body}</tbody></table></div></td></tr></table></div>')


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
SF-1|Nongoma Bulk Phase 5|KZN265|410000000|122000000|31
SF-2|Mandlakazi Bulk Water|KZN265|1250000000|980500000|78
SF-6|Ulundi WTW Sludge|KZN266|19500000|2000000|12
""")
def syncfusion_stacked_heads() -> str:
    def th(name: str, more: str = "") -> str:
        return f'<th class="e-headercell" {more} scope="colgroup"><div class="e-headercelldiv" data-mappinguid="g{len(name)}"><span class="e-headertext">{name}</span></div><div class="e-sortfilterdiv e-icons" aria-hidden="true"></div></th>'

    def row(n: int, line: str) -> str:
        names = ("Project No", "Project Name", "Municipality", "Budget", "To date", "Actual %")
        return f'<tr class="e-row" aria-rowindex="{n}" data-uid="grid-row{n}">' + "".join(f'<td class="e-rowcell" role="gridcell" aria-label="{cell} is template cell column header {name}" aria-colindex="{at}">{cell}</td>' for at, (cell, name) in enumerate(zip(line.split("|"), names, strict=True), 1)) + '<td class="e-rowcell e-unboundcell"><div class="e-unboundcelldiv"><button title="Edit"><span class="e-edit e-icons"></span></button></div></td></tr>'

    head = f'<table class="e-table"><thead><tr class="e-columnheader">{th("Project No", "rowspan=2")}{th("Project Name", "rowspan=2")}{th("Municipality", "rowspan=2")}{th("Budget (R)", "rowspan=2")}{th("Expenditure (R)")}{th("Progress")}<th rowspan=2 class="e-headercell"><div class="e-headercelldiv"><span class="e-headertext">Commands</span></div></th></tr><tr class="e-columnheader">{th("To date")}{th("Actual %")}</tr></thead><tbody class="e-hide"><tr><td></td></tr></tbody></table>'
    return page(f'<div class="e-grid e-control"><div class="e-gridheader"><div class="e-headercontent">{head}</div></div><div class="e-gridcontent"><div class="e-content"><table class="e-table"><tbody>{row(0, "SF-1|Nongoma Bulk Phase 5|Nongoma (KZN265)|410 000 000|122 000 000|31%")}{row(1, "SF-2|Mandlakazi Bulk Water|Nongoma (KZN265)|1 250 000 000|980 500 000|78%")}{row(2, "SF-6|Ulundi WTW Sludge|Ulundi (KZN266)|19 500 000|2 000 000|12%")}</tbody></table></div></div><div class="e-gridfooter"><div class="e-summarycontent"><table class="e-table"><tbody><tr class="e-summaryrow"><td class="e-summarycell"></td><td class="e-summarycell"></td><td class="e-summarycell"></td><td class="e-summarycell">Sum: 1 679 500 000</td><td class="e-summarycell">Sum: 1 104 500 000</td><td class="e-summarycell"></td><td></td></tr></tbody></table></div></div></div>')


@unseen("""
external_id|name|municipality|budget|status
TA-41|Sekhukhune Bulk Link|LIM473|225000000|construction
TA-42|Jane Furse Reservoirs|LIM473|48000000|completed
TA-47|Apel Cross Boreholes|LIM476|5550000|planning
""")
def tabulator_with_calculations() -> str:
    heads = (("no", "Project No"), ("name", "Project Name"), ("muni", "Municipality"), ("bud", "Budget"), ("stat", "Status"))
    head = "".join(f'<div class="tabulator-col tabulator-sortable" role="columnheader" aria-sort="none" tabulator-field="{key}"><div class="tabulator-col-content"><div class="tabulator-col-title-holder"><div class="tabulator-col-title">{name}</div><div class="tabulator-col-sorter"><div class="tabulator-arrow"></div></div></div></div></div>' for key, name in heads)

    def row(line: str, more: str = "") -> str:
        return f'<div class="tabulator-row {more}" role="row">' + "".join(f'<div class="tabulator-cell" role="gridcell" tabulator-field="{key}" title="">{cell or "&nbsp;"}<div class="tabulator-col-resize-handle"></div></div>' for (key, _), cell in zip(heads, line.split("|"), strict=True)) + "</div>"

    return page(f'<div id="tbl" class="tabulator" role="grid" tabulator-layout="fitColumns"><div class="tabulator-header" role="rowgroup"><div class="tabulator-header-contents"><div class="tabulator-headers" role="row">{head}</div></div></div><div class="tabulator-tableholder" tabindex="0"><div class="tabulator-table" role="rowgroup">{row("TA-41|Sekhukhune Bulk Link|Makhuduthamaga (LIM473)|R225,000,000|Construction")}{row("TA-42|Jane Furse Reservoirs|Makhuduthamaga (LIM473)|R48,000,000|Completed")}{row("TA-47|Apel Cross Boreholes|Fetakgomo Tubatse (LIM476)|R5,550,000|Planning")}</div></div><div class="tabulator-footer"><div class="tabulator-calcs-holder">{row("|||R278,550,000|", "tabulator-calcs tabulator-calcs-bottom")}</div></div></div>')


@unseen("""
external_id|name|municipality|budget|status
ML-2|Kuruman Eye Protection|NC452|6200000|completed
ML-5|Mothibistad Outfall|NC452|58400000|construction
ML-6|Bankhara Bulk Line|NC452|24000000|design
""")
def material_two_line_list() -> str:
    """A list of an app: the name on the first line, all else on the second, parted by points."""
    def one(no: str, name: str, bud: str, status: str) -> str:
        return f'<li class="mdc-list-item"><span class="mdc-list-item__ripple"></span><span class="mdc-list-item__graphic material-icons" aria-hidden="true">water_drop</span><span class="mdc-list-item__text"><span class="mdc-list-item__primary-text">{name}</span><span class="mdc-list-item__secondary-text">{no} · Ga-Segonyana (NC452) · {bud} · {status}</span></span></li>'

    return page('<h2>Projects near you</h2><ul class="mdc-list mdc-list--two-line">' + one("ML-2", "Kuruman Eye Protection", "R6.2m", "Completed") + one("ML-5", "Mothibistad Outfall", "R58.4m", "Construction") + one("ML-6", "Bankhara Bulk Line", "R24m", "Design") + "</ul>")
