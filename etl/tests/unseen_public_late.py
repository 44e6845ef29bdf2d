"""More public pages, written once the kinds of the first had been mended. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|completion_date|status
T3-04|Tulbagh Reservoir 6 Ml|WC022|23400000|2026-03-31|construction
T3-06|Wolseley Bulk Sewer|WC022|9150000|2025-07-15|completed
T3-09|Op-die-Berg Boreholes|WC022|1200000|2027-06-30|planning
""")
def typo3_afrikaans_dates_and_millions() -> str:
    """Amounts as `R23,4 miljoen`, months in Afrikaans, a table of a content element with a caption."""
    return page('<div id="c412" class="frame frame-default frame-type-table"><header><h2>Kapitaalprojekte</h2></header><div class="table-responsive"><table class="table table-striped"><caption>Witzenberg Munisipaliteit (WC022)</caption><thead>' + trs("Projek Nr|Projek|Munisipaliteit|Begroting|Verwagte voltooiingsdatum|Status", "th") + "</thead><tbody>" + trs("T3-04|Tulbagh Reservoir 6 Ml|Witzenberg (WC022)|R23,4 miljoen|31 Maart 2026|Konstruksie\nT3-06|Wolseley Bulk Sewer|Witzenberg (WC022)|R9,15 miljoen|15 Julie 2025|Voltooi\nT3-09|Op-die-Berg Boreholes|Witzenberg (WC022)|R1,2 miljoen|30 Junie 2027|Beplanning") + "</tbody></table></div></div>")


@unseen("""
external_id|name|municipality|budget|expenditure
DN-1|Mthatha Corridor Phase 6|EC157|180000000|90500000
DN-2|Highbury Wells|EC157|6100000|6100000
DN-3|Thornhill WTW Upgrade|EC157|349900000|12000000
""")
def dnn_grid_with_edit_pencils() -> str:
    def row(n: int, line: str) -> str:
        return f'<tr class="dnnGrid{"Alt" if n % 2 else ""}Item"><td><a href="/e/ctl/Edit/mid/512/id/{n}"><img src="/icons/sigma/Edit_16X16_Standard.png" alt="Edit" title="Edit"></a></td>' + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + "</tr>"

    return page(f'<div class="DnnModule DnnModule-512"><table class="dnnGrid" id="dnn_ctr512_View_grdProjects"><tr class="dnnGridHeader"><td>&nbsp;</td><td>Project ID</td><td>Project Title</td><td>Municipality</td><td>Approved Funding</td><td>Expenditure to Date</td></tr>{row(1, "DN-1|Mthatha Corridor Phase 6|King Sabata Dalindyebo (EC157)|R 180 000 000,00|R 90 500 000,00")}{row(2, "DN-2|Highbury Wells|King Sabata Dalindyebo (EC157)|R 6 100 000,00|R 6 100 000,00")}{row(3, "DN-3|Thornhill WTW Upgrade|King Sabata Dalindyebo (EC157)|R 349 900 000,00|R 12 000 000,00")}</table></div>'.replace("Approved Funding", "Approved Budget"))


@unseen("""
external_id|name|municipality|budget|contractor
WP-11|Mooi River Bulk Pipe|KZN223|77000000|Esorfranki
WP-12|Bruntville Sewer Link|KZN223|15250000|-
WP-14|Rosetta Package Plant|KZN223|8800000|Icon Construction
""")
def wpdatatables_with_sums() -> str:
    """A hidden id column, a sum and an average under the list, filters in its foot."""
    head = "".join(f'<th data-class="{"expand" if not at else ""}" class="wdtheader sort {"numdata float" if "Budget" in name else ""}" style="{"display:none" if name == "wdt_ID" else ""}">{name}</th>' for at, name in enumerate(("wdt_ID", "Project No", "Project Name", "Municipality", "Budget", "Contractor")))

    def row(n: int, line: str) -> str:
        return f'<tr id="table_1_row_{n}"><td style="display:none">{n}</td>' + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + "</tr>"

    return page(f'<div class="wpDataTables wpDataTablesWrapper"><table id="table_1" class="responsive display nowrap data-t wpDataTable"><thead><tr>{head}</tr></thead><tbody>{row(0, "WP-11|Mooi River Bulk Pipe|Mpofana (KZN223)|77,000,000.00|Esorfranki")}{row(1, "WP-12|Bruntville Sewer Link|Mpofana (KZN223)|15,250,000.00|")}{row(2, "WP-14|Rosetta Package Plant|Mpofana (KZN223)|8,800,000.00|Icon Construction")}</tbody><tfoot><tr><td style="display:none"></td><td></td><td></td><td></td><td class="numdata float"><span>∑ = 101,050,000.00</span></td><td></td></tr><tr><td style="display:none"></td><td></td><td></td><td></td><td><span>Avg = 33,683,333.33</span></td><td></td></tr></tfoot></table></div>')


@unseen("""
external_id|name|municipality|budget|status
SG-1|Volksrust Raw Water|MP304|38000000|construction
SG-2|Perdekop Reservoir|MP304|7250000|construction
SG-3|Daggakraal Sewer|MP304|91000000|planning
""")
def sharepoint_groups_with_counts() -> str:
    """A classic view grouped by status: the group's row says its heading, its value and a count."""
    def group(value: str, count: int) -> str:
        return f'<tbody id="titl1-1_"><tr id="group0"><td colspan="100" nowrap="nowrap" class="ms-gb"><a href="javascript:" onclick="javascript:ExpCollGroup(\'1-1_\')"><img src="/_layouts/images/minus.gif" border="0" alt="Collapse">&nbsp;Status</a> : {value} <span style="font-weight: lighter; display: inline;">({count})</span></td></tr></tbody>'

    return page(f'<table class="ms-listviewtable" border="0"><tr class="ms-viewheadertr">{"".join(f"<th class=ms-vh2 scope=col><div>{name}</div></th>" for name in ("Project No", "Project Name", "Municipality", "Budget"))}</tr>{group("Construction", 2)}<tbody id="tbod1-1_">{trs("SG-1|Volksrust Raw Water|Dr Pixley Ka Isaka Seme (MP304)|R38,000,000")}{trs("SG-2|Perdekop Reservoir|Dr Pixley Ka Isaka Seme (MP304)|R7,250,000")}</tbody>{group("Planning", 1)}<tbody id="tbod1-2_">{trs("SG-3|Daggakraal Sewer|Dr Pixley Ka Isaka Seme (MP304)|R91,000,000")}</tbody></table>')


@unseen("""
external_id|name|municipality|budget|start_date
PB-1|Sabie WTW|MP321|64300000|2024-03-01
PB-2|Graskop Dam|MP321|19990000|2025-10-15
PB-3|Lydenburg Main|MP321|140500000|2023-06-20
PB-4|Matibidi Boreholes|MP321|3600000|2026-02-02
""")
def word_pages_without_a_second_head() -> str:
    """The table goes on behind the page break as a table of its own, without its headings."""
    def row(*cells: str) -> str:
        return "<tr>" + "".join(f"<td width=100 valign=top style='border:solid windowtext 1.0pt'><p class=MsoNormal>{cell}</p></td>" for cell in cells) + "</tr>"

    return "<html><body><div class=WordSection1><table class=MsoNormalTable border=1>" + row("<b>Project No</b>", "<b>Project Name</b>", "<b>Municipality</b>", "<b>Budget (R)</b>", "<b>Start Date</b>") + row("PB-1", "Sabie WTW", "Thaba Chweu (MP321)", "64 300 000", "2024/03/01") + row("PB-2", "Graskop Dam", "Thaba Chweu (MP321)", "19 990 000", "2025/10/15") + "</table></div><span><br clear=all style='page-break-before:always'></span><div class=WordSection2><p class=MsoNormal>&nbsp;</p><table class=MsoNormalTable border=1>" + row("PB-3", "Lydenburg Main", "Thaba Chweu (MP321)", "140 500 000", "2023/06/20") + row("PB-4", "Matibidi Boreholes", "Thaba Chweu (MP321)", "3 600 000", "2026/02/02") + "</table></div></body></html>"


@unseen("""
external_id|name|municipality|budget|status
AC-1|Stilfontein Outfall|NW403|27100000|construction
AC-2|Kanana Sewer|NW403|54000000|construction
AC-7|Orkney WWTW|NW403|133000000|design
AC-9|Hartbeesfontein Tank|NW403|6400000|completed
""")
def accordion_by_stage() -> str:
    """Panels whose heading is the stage with a count; in each a table without a column of the stage."""
    def panel(n: int, stage: str, lines: str) -> str:
        return f'<div class="accordion-item"><h2 class="accordion-header" id="h{n}"><button class="accordion-button" data-bs-target="#c{n}">{stage} <span class="badge bg-secondary">{len(lines.splitlines())}</span></button></h2><div id="c{n}" class="accordion-collapse collapse{" show" if not n else ""}"><div class="accordion-body"><table class="table">{trs("Project No|Project Name|Municipality|Budget", "th")}{trs(lines)}</table></div></div></div>'

    return page('<div class="accordion">' + panel(0, "Construction", "AC-1|Stilfontein Outfall|City of Matlosana (NW403)|R27 100 000\nAC-2|Kanana Sewer|City of Matlosana (NW403)|R54 000 000") + panel(1, "Design", "AC-7|Orkney WWTW|City of Matlosana (NW403)|R133 000 000") + panel(2, "Completed", "AC-9|Hartbeesfontein Tank|City of Matlosana (NW403)|R6 400 000") + "</div>")


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
RV-1|Belfast Pump Line|MP314|21750000|18000000|85
RV-2|Dullstroom Tank|MP314|4400000|4375000|100
RV-3|Machadodorp WTW|MP314|68900000|5100000|8
""")
def desktop_table_and_mobile_cards() -> str:
    """The same list twice: a table for wide screens, cards for narrow ones, whose amounts are rounded."""
    cards = "".join(f'<div class="card d-md-none"><div class="card-body"><h5 class="card-title">{name}</h5><p><strong>Project No:</strong> {no}</p><p><strong>Municipality:</strong> Emakhazeni (MP314)</p><p><strong>Budget:</strong> {bud}</p><p><strong>Progress:</strong> {pct}%</p></div></div>' for no, name, bud, pct in (("RV-1", "Belfast Pump Line", "R21.8m", 85), ("RV-2", "Dullstroom Tank", "R4.4m", 100), ("RV-3", "Machadodorp WTW", "R68.9m", 8)))
    return page(f'<div class="d-none d-md-block"><table class="table">{trs("Project No|Project Name|Municipality|Budget|Expenditure|Progress", "th")}{trs("RV-1|Belfast Pump Line|Emakhazeni (MP314)|R21 750 000|R18 000 000|85%")}{trs("RV-2|Dullstroom Tank|Emakhazeni (MP314)|R4 400 000|R4 375 000|100%")}{trs("RV-3|Machadodorp WTW|Emakhazeni (MP314)|R68 900 000|R5 100 000|8%")}</table></div>{cards}')


@unseen("""
external_id|name|municipality|budget|start_date|completion_date
GT-1|Kagiso Outfall|GT481|42000000|2025-04-01|2026-03-31
GT-2|Magaliesburg Reservoir|GT481|13500000|2025-07-01|2025-12-15
GT-3|Tarlton Package Plant|GT481|7800000|2026-01-12|2026-09-30
""")
def gantt_of_projects() -> str:
    """Projects with their dates, and a cell a month that a colour or a block fills."""
    months = ("Apr-25", "May-25", "Jun-25", "Jul-25", "Aug-25", "Sep-25")
    head = "".join(f"<th>{name}</th>" for name in ("Project No", "Project Name", "Municipality", "Budget", "Start", "Finish", *months))

    def row(line: str, bars: str) -> str:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split("|")) + "".join('<td style="background:#4a90d9">█</td>' if bar == "x" else "<td></td>" for bar in bars) + "</tr>"

    return page(f"<table border=1><thead><tr>{head}</tr></thead><tbody>{row('GT-1|Kagiso Outfall|Mogale City (GT481)|R42 000 000|01/04/2025|31/03/2026', 'xxxxxx')}{row('GT-2|Magaliesburg Reservoir|Mogale City (GT481)|R13 500 000|01/07/2025|15/12/2025', '...xxx')}{row('GT-3|Tarlton Package Plant|Mogale City (GT481)|R7 800 000|12/01/2026|30/09/2026', '......')}</tbody></table>")


@unseen("""
external_id|name|budget|status
ZA-DWS-2231|Vaal Gamagara Phase 2|-|construction
ZA-DWS-2240|Mokolo Crocodile Phase 2A|-|construction
ZA-DWS-1980|Olifants River Stage 2C|-|completed
""")
def iati_activities_in_euro() -> str:
    """A viewer of aid activities: identifier, title, state, commitments and disbursements in euro."""
    def one(no: str, name: str, status: str, a: str, b: str) -> str:
        return f'<article class="activity"><h3><a href="#view=act&aid={no}">{name}</a></h3><dl><dt>IATI Identifier</dt><dd>{no}</dd><dt>Activity Status</dt><dd>{status}</dd><dt>Reporting Org</dt><dd>KfW</dd><dt>Commitments</dt><dd>EUR {a}</dd><dt>Disbursements</dt><dd>EUR {b}</dd></dl></article>'

    return page('<section class="list">' + one("ZA-DWS-2231", "Vaal Gamagara Phase 2", "Construction", "32,000,000", "11,400,000") + one("ZA-DWS-2240", "Mokolo Crocodile Phase 2A", "Construction", "85,000,000", "2,000,000") + one("ZA-DWS-1980", "Olifants River Stage 2C", "Completed", "14,000,000", "14,000,000") + "</section>")


@unseen("""
external_id|name|municipality|budget|contractor|completion_date
VO-1|Alice WWTW Extension|EC129|88200000|Mvula Civils|2026-11-30
VO-2|Bedford Dam Outlet|EC129|14900000|Trans-Sky JV|2025-09-26
VO-3|Middledrift Pipeline|EC129|33000000|-|-
""")
def variation_orders() -> str:
    """Contract sums, variation orders and retention beside the project's budget; the original end beside the revised one."""
    return page("<table class=grid><tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th rowspan=2>Project Budget</th><th rowspan=2>Contractor</th><th colspan=3>Contract</th><th colspan=2>Completion date</th></tr><tr><th>Tender sum</th><th>Variation orders</th><th>Retention</th><th>Original</th><th>Revised</th></tr>" + trs("VO-1|Alice WWTW Extension|Raymond Mhlaba (EC129)|R88,200,000|Mvula Civils|R71,000,000|R3,400,000|R3,550,000|30-06-2026|30-11-2026\nVO-2|Bedford Dam Outlet|Raymond Mhlaba (EC129)|R14,900,000|Trans-Sky JV|R12,100,000|R0|R605,000|31-07-2025|26-09-2025\nVO-3|Middledrift Pipeline|Raymond Mhlaba (EC129)|R33,000,000|To be appointed||||||") .replace("</tr>", "</tr>\n") + "</table>")


@unseen("""
external_id|name|municipality|status|progress_percentage
QD-1|Taung Dam Off-take|NW394|construction|44
QD-2|Pudimoe Reticulation|NW394|construction|71
QD-3|Reivilo Boreholes|NW394|completed|100
""")
def quarterly_report_of_progress() -> str:
    """Progress of the quarter and of the last one, expected progress; amounts of the quarter alone."""
    return page(table("Project No|Project Name|Municipality|Project Status|Progress previous quarter|Progress this quarter (cumulative)|Planned progress|Spent this quarter (R)", "QD-1|Taung Dam Off-take|Greater Taung (NW394)|Construction|31%|44%|50%|3 100 000\nQD-2|Pudimoe Reticulation|Greater Taung (NW394)|Construction|66%|71%|70%|850 000\nQD-3|Reivilo Boreholes|Greater Taung (NW394)|Completed|98%|100%|100%|120 000").replace("Progress this quarter (cumulative)", "Cumulative physical progress"))


@unseen("""
external_id|name|municipality|budget|status
HL-1|Malmesbury Bulk Storage|WC015|37000000|construction
HL-2|Moorreesburg Filters|WC015|5900000|tender
HL-3|Darling Reuse Scheme|WC015|46500000|planning
""")
def two_languages_one_hidden() -> str:
    """Each cell says it twice, the language that is not shown is hidden by its class's rule."""
    def both(af: str, en: str) -> str:
        return f'<span lang="af" class="i18n-af">{af}</span><span lang="en" class="i18n-en">{en}</span>'

    heads = "".join(f"<th>{both(*pair)}</th>" for pair in (("Projeknommer", "Project number"), ("Projeknaam", "Project name"), ("Munisipaliteit", "Municipality"), ("Begroting", "Budget"), ("Status", "Status")))

    def row(no: str, af: str, en: str, bud: str, s1: str, s2: str) -> str:
        return f"<tr><td>{no}</td><td>{both(af, en)}</td><td>Swartland (WC015)</td><td>{bud}</td><td>{both(s1, s2)}</td></tr>"

    return "<!DOCTYPE html><html><head><title>Projects</title><style>.i18n-af{display:none}\n.i18n-en{display:inline}</style></head><body><table>" + f"<tr>{heads}</tr>" + row("HL-1", "Malmesbury-grootmaatopgaring", "Malmesbury Bulk Storage", "R37 000 000", "Konstruksie", "Construction") + row("HL-2", "Moorreesburg-filters", "Moorreesburg Filters", "R5 900 000", "Tender", "Tender") + row("HL-3", "Darling-hergebruikskema", "Darling Reuse Scheme", "R46 500 000", "Beplanning", "Planning") + "</table></body></html>"


@unseen("")
def contacts_by_region() -> str:
    return page("<h2>Regional project offices</h2>" + table("Office No|Office name|Municipality|Project manager|Telephone|Status", "01|Giyani Project Office|Greater Giyani (LIM331)|Ms N Baloyi|015 811 5500|Open\n02|Thohoyandou Project Office|Thulamela (LIM343)|Mr T Mudau|015 962 7500|Open\n03|Phalaborwa Project Office|Ba-Phalaborwa (LIM334)|Ms K Malatji|015 780 6300|Closed"))


@unseen("")
def assets_register() -> str:
    return page("<h2>Infrastructure asset register</h2>" + table("Asset No|Asset description|Municipality|Acquisition date|Cost|Accumulated depreciation|Carrying value|Condition", "W-000121|Pump set 75kW, Kruisfontein|Kouga (EC108)|2011/07/01|R 1 250 000|R 830 000|R 420 000|Fair\nW-000122|Reservoir 2Ml, Humansdorp|Kouga (EC108)|1998/03/15|R 3 400 000|R 2 900 000|R 500 000|Poor\nW-000130|Pipeline 250mm AC 3.2km|Kouga (EC108)|1986/01/01|R 2 100 000|R 2 100 000|R 0|Very poor"))


@unseen("")
def debt_of_municipalities() -> str:
    return page(table("No.|Municipality|Water Board|Account balance|Current|30 days|60 days|Payment arrangement|Status", "1|Matjhabeng (FS184)|Vaal Central Water|R 5 912 000 000|R 41 000 000|R 40 500 000|R 39 000 000|Yes|Defaulted\n2|Emfuleni (GT421)|Rand Water|R 1 480 000 000|R 120 000 000|R 98 000 000|R 91 000 000|Yes|On hold\n3|Govan Mbeki (MP307)|Rand Water|R 870 000 000|R 33 000 000|R 32 000 000|R 31 500 000|No|Open"))


@unseen("""
external_id|name|municipality|budget|expenditure
OL-1|Ba-Phalaborwa Bulk|LIM334|56000000|20500000
OL-2|Gravelotte Line|LIM334|11000000|10900000
OL-3|Selwane Wells|LIM334|2400000|0
""")
def olap_pivot_export() -> str:
    """An export of an analysis service: heads over two rows, `#` for what is not assigned, `ZAR` behind amounts."""
    return page(f"""<table class="urLstTbl"><tr><td class="urLstHdr" colspan=2>Project</td><td class="urLstHdr" rowspan=2>Municipality</td><td class="urLstHdr">Budget</td><td class="urLstHdr">Expenditure</td></tr><tr><td class="urLstHdr">Project number</td><td class="urLstHdr">Project name</td><td class="urLstHdr">ZAR</td><td class="urLstHdr">ZAR</td></tr>
    {trs("OL-1|Ba-Phalaborwa Bulk|Ba-Phalaborwa (LIM334)|56,000,000.00 ZAR|20,500,000.00 ZAR")}{trs("OL-2|Gravelotte Line|Ba-Phalaborwa (LIM334)|11,000,000.00 ZAR|10,900,000.00 ZAR")}{trs("OL-3|Selwane Wells|Ba-Phalaborwa (LIM334)|2,400,000.00 ZAR|0.00 ZAR")}<tr><td colspan=3 class="urLstSum">Overall Result</td><td>69,400,000.00 ZAR</td><td>31,400,000.00 ZAR</td></tr></table>""")


@unseen("""
external_id|name|municipality|budget|status|contractor
DL-1|Barkly West WTW|NC092|44100000|construction|Ikhala Civils
DL-3|Delportshoop Ponds|NC092|8650000|tender|-
DL-4|Longlands Standpipes|NC092|1950000|completed|Baobab Works
DL-8|Windsorton Rising Main|NC092|17200000|design|-
""")
def datalist_of_small_tables() -> str:
    """An asp:DataList, two across: each item a small table whose first row is its name, the rest label beside text."""
    def item(no: str, name: str, bud: str, status: str, con: str) -> str:
        return f'<td valign="top"><table class="itm" width="260"><tr><td colspan="2" class="nm"><b>{name}</b></td></tr><tr><td>Project No</td><td>{no}</td></tr><tr><td>Municipality</td><td>Dikgatlong (NC092)</td></tr><tr><td>Budget</td><td>{bud}</td></tr><tr><td>Status</td><td>{status}</td></tr><tr><td>Contractor</td><td>{con or "&nbsp;"}</td></tr></table></td>'

    return page('<table id="DataList1" cellspacing="0" border="0"><tr>' + item("DL-1", "Barkly West WTW", "R44 100 000", "Construction", "Ikhala Civils") + item("DL-3", "Delportshoop Ponds", "R8 650 000", "Tender", "") + "</tr><tr>" + item("DL-4", "Longlands Standpipes", "R1 950 000", "Completed", "Baobab Works") + item("DL-8", "Windsorton Rising Main", "R17 200 000", "Design", "") + "</tr></table>")


@unseen("""
external_id|name|municipality|budget|status
EL-7|Prieska Booster Station|NC077|19300000|construction
EL-8|Marydale Desalination|NC077|6750000|design
EL-9|Niekerkshoop Boreholes|NC077|2200000|completed
""")
def elementor_price_lists() -> str:
    """Toggles of a page builder: the title is number and name, the body a list of bold labels and texts with dashes."""
    def one(no: str, name: str, bud: str, status: str) -> str:
        return f'<div class="elementor-toggle-item"><div class="elementor-tab-title" role="button"><a class="elementor-toggle-title" tabindex="0">{no} – {name}</a></div><div class="elementor-tab-content elementor-clearfix"><ul><li><strong>Municipality</strong> – Siyathemba (NC077)</li><li><strong>Budget</strong> – {bud}</li><li><strong>Status</strong> – {status}</li></ul></div></div>'

    return page('<div class="elementor-toggle">' + one("EL-7", "Prieska Booster Station", "R19,3 million", "Construction") + one("EL-8", "Marydale Desalination", "R6,75 million", "Design") + one("EL-9", "Niekerkshoop Boreholes", "R2,2 million", "Completed") + "</div>")
