"""Pages written last, once the kinds of the others had been mended. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|start_date|completion_date|contractor
BW/24/017|Upgrading of Belhar 300mm Main|CPT|14800000|2024-09-02|2025-11-28|Martin & East
BW/24/021|Fisantekraal WWTW Civil Works|CPT|2312000000|2023-02-13|2027-08-31|Stefanutti Stocks
BW/25/003|Zeekoevlei Outfall Rehabilitation|CPT|97400000|2025-05-05|2026-12-18|-
""")
def metro_tender_awards() -> str:
    return page(table("Contract No.|Project No.|Project Name|Municipality|Contractor|Project Value (ZAR)|Start|Expected End", """
    213Q/2023/24|BW/24/017|Upgrading of Belhar 300mm Main|City of Cape Town (CPT)|Martin &amp; East|14 800 000.00|02 Sep 2024|28 Nov 2025
    088C/2022/23|BW/24/021|Fisantekraal WWTW Civil Works|City of Cape Town (CPT)|Stefanutti Stocks|2 312 000 000.00|13 Feb 2023|31 Aug 2027
    017Q/2024/25|BW/25/003|Zeekoevlei Outfall Rehabilitation|City of Cape Town (CPT)|TBA|97 400 000.00|05 May 2025|18 Dec 2026"""))

@unseen("""
external_id|name|municipality|budget|expenditure|status|progress_percentage
MIG/EC/2211|Ngqeleni Villages Water Supply Ph 3|EC155|88450000|41200310.55|construction|46
MIG/EC/2212|Libode Sanitation|EC155|31000000|30999999.99|completed|100
MIG/EC/2230|Port St Johns Bulk|EC154|420000000|0|design|0
""")
def mig_return_as_html() -> str:
    """A spreadsheet's sheet: merged titles, a band, a blank column, a total, a signature below."""
    return f"""<html><body><table border=0><tr><td colspan=10><b>MUNICIPAL INFRASTRUCTURE GRANT: PROJECT IMPLEMENTATION PLAN</b></td></tr><tr><td colspan=10>O.R. TAMBO DISTRICT</td></tr><tr><td colspan=10>&nbsp;</td></tr>
    <tr><th rowspan=2>MIG Reference Number</th><th rowspan=2>Project Title</th><th rowspan=2>Local Municipality</th><th rowspan=2>&nbsp;</th><th colspan=2>MIG FUNDS</th><th colspan=2>PROGRESS</th></tr><tr><th>Total Project Cost (R)</th><th>Expenditure to date (R)</th><th>Project Status</th><th>Physical %</th></tr>
    {trs("MIG/EC/2211|Ngqeleni Villages Water Supply Ph 3|Nyandeni (EC155)||88 450 000,00|41 200 310,55|Construction|46%")}{trs("MIG/EC/2212|Libode Sanitation|Nyandeni (EC155)||31 000 000,00|30 999 999,99|Completed|100%")}{trs("MIG/EC/2230|Port St Johns Bulk|Port St Johns (EC154)||420 000 000,00|0,00|Design|0%")}
    <tr><td colspan=3><b>TOTAL</b></td><td></td><td><b>539 450 000,00</b></td><td><b>72 200 310,54</b></td><td></td><td></td></tr><tr><td colspan=8>&nbsp;</td></tr><tr><td colspan=4>Municipal Manager: ____________________</td><td colspan=4>Date: ____________________</td></tr></table></body></html>"""

@unseen("""
external_id|name|municipality|budget|status
1187|Refurbish Kwaggafontein WTW|MP315|23000000|construction
1190|Moloto North Reticulation|MP315|41500000|tender
1201|Verena Boreholes|MP315|6250000|completed
""")
def angular_rendered() -> str:
    def row(n: int, *cells: str) -> str:
        return '<tr _ngcontent-abc-c42="" class="mat-row cdk-row ng-star-inserted" role="row"><!---->' + "".join(f'<td _ngcontent-abc-c42="" role="cell" class="mat-cell cdk-cell cdk-column-c{at} ng-star-inserted"> {c} </td><!---->' for at, c in enumerate(cells)) + "</tr><!---->"

    heads = "".join(f'<th _ngcontent-abc-c42="" role="columnheader" mat-sort-header class="mat-header-cell" aria-sort="none"><div class="mat-sort-header-container"><div class="mat-sort-header-content"> {h} </div><div class="mat-sort-header-arrow"><div class="mat-sort-header-stem"></div></div></div></th>' for h in ("Project ID", "Project", "Municipality", "Approved Budget", "Project Status", ""))
    button = '<button mat-icon-button class="mat-icon-button"><mat-icon role="img" class="material-icons">more_vert</mat-icon></button>'
    return page(f'<app-root><mat-table></mat-table><table mat-table class="mat-table" role="table"><thead role="rowgroup"><tr role="row" class="mat-header-row">{heads}</tr></thead><tbody role="rowgroup">' + row(0, "1187", "Refurbish Kwaggafontein WTW", "Thembisile Hani (MP315)", "R23,000,000.00", "Construction", button) + row(1, "1190", "Moloto North Reticulation", "Thembisile Hani (MP315)", "R41,500,000.00", "Tender", button) + row(2, "1201", "Verena Boreholes", "Thembisile Hani (MP315)", "R6,250,000.00", "Completed", button) + '</tbody></table><mat-paginator><div class="mat-paginator-range-label"> 1 – 3 of 3 </div></mat-paginator></app-root>')

@unseen("""
external_id|name|municipality|budget|expenditure
WS-40|Pongola Raw Water Line|KZN262|66000000|12500000
WS-41|Belgrade Emergency Supply|KZN262|9400000|9400000
WS-42|Frischgewaagd Phase 2|KZN262|182000000|77000000
""")
def council_minutes() -> str:
    return ("<html><body><p><b>ITEM 7.4 PROGRESS ON WATER PROJECTS</b></p><p>The Municipal Manager reported as follows (all amounts in R million):</p><table border=1 cellspacing=0><tr><td><p><b>Nr.</b></p></td><td><p><b>Project No</b></p></td><td><p><b>Project</b></p></td><td><p><b>Municipality</b></p></td><td><p><b>Budget</b></p></td><td><p><b>Expenditure to date</b></p></td><td><p><b>Comments</b></p></td></tr>"
            + trs("7.4.1|WS-40|Pongola Raw Water Line|uPhongolo (KZN262)|66.0|12.5|Contractor terminated; R2 million claim in dispute\n7.4.2|WS-41|Belgrade Emergency Supply|uPhongolo (KZN262)|9.4|9.4|Complete\n7.4.3|WS-42|Frischgewaagd Phase 2|uPhongolo (KZN262)|182.0|77.0|Delayed by 4 months")
            + "</table><p>RESOLVED that the report be noted.</p></body></html>")

@unseen("""
external_id|name|municipality|budget|progress_percentage|status
UTH-9|Mhlabatshane Phase 2|KZN216|105000000|72|construction
UTH-12|Cwabeni Dam|KZN216|870000000|4|design
UTH-15|Murchison Line|KZN216|12000000|100|completed
""")
def tiles_with_rings() -> str:
    def tile(no: str, name: str, bud: str, pct: int, status: str) -> str:
        return f'<div class="tile"><div class="tile-head"><span class="no">Project No: {no}</span><h3>{name}</h3></div><svg viewBox="0 0 36 36"><path d="M18 2"/><text x="18" y="20">{pct}%</text></svg><ul class="facts"><li><span class="lbl">Municipality</span><span class="val">Ray Nkonyeni (KZN216)</span></li><li><span class="lbl">Budget</span><span class="val">{bud}</span></li><li><span class="lbl">Progress</span><span class="val">{pct}%</span></li><li><span class="lbl">Status</span><span class="val">{status}</span></li></ul></div>'

    return page('<div class="tiles">' + tile("UTH-9", "Mhlabatshane Phase 2", "R105m", 72, "Construction") + tile("UTH-12", "Cwabeni Dam", "R870m", 4, "Design") + tile("UTH-15", "Murchison Line", "R12m", 100, "Completed") + "</div>")

@unseen("""
external_id|name|municipality|budget|completion_date
LG-1|Bochum Wells|LIM351|7000000|2026-03-31
LG-2|Taaibosch Line|LIM351|15000000|2027-06-30
LG-3|Eldorado Reservoir|LIM351|4100000|2025-09-30
""")
def xml_to_json_api() -> str:
    return json.dumps({"d": {"__count": "3", "results": [
        {"__metadata": {"uri": "https://x.gov.za/_api/Projects(1)"}, "ProjectNumber": "LG-1", "ProjectName": "Bochum Wells", "Municipality": "Blouberg (LIM351)", "TotalBudget": "7000000.00", "CompletionDate": "/Date(1774915200000)/"},
        {"__metadata": {"uri": "https://x.gov.za/_api/Projects(2)"}, "ProjectNumber": "LG-2", "ProjectName": "Taaibosch Line", "Municipality": "Blouberg (LIM351)", "TotalBudget": "15000000.00", "CompletionDate": "/Date(1814313600000)/"},
        {"__metadata": {"uri": "https://x.gov.za/_api/Projects(3)"}, "ProjectNumber": "LG-3", "ProjectName": "Eldorado Reservoir", "Municipality": "Blouberg (LIM351)", "TotalBudget": "4100000.00", "CompletionDate": "/Date(1759190400000)/"}]}})

@unseen("""
external_id|name|municipality|budget|status
SH-3|Lindley Bulk Pipeline|FS201|36500000|construction
SH-7|Steynsrus WTW|FS201|51000000|design
SH-8|Viljoenskroon Sewer|FS201|8800000|completed
""")
def repeated_labels_in_rows() -> str:
    """A form view a project: label, value, label, value."""
    def one(no: str, name: str, bud: str, status: str) -> str:
        return f"<table class='formview' border=0>{trs(f'<td class=lb>Project No:</td>|{no}|<td class=lb>Municipality:</td>|Moqhaka (FS201)')}{trs(f'<td class=lb>Project Name:</td>|{name}|<td class=lb>Budget:</td>|{bud}')}{trs(f'<td class=lb>Status:</td>|{status}|<td class=lb></td>|')}</table><hr>"

    return page(one("SH-3", "Lindley Bulk Pipeline", "R36 500 000", "Construction") + one("SH-7", "Steynsrus WTW", "R51 000 000", "Design") + one("SH-8", "Viljoenskroon Sewer", "R8 800 000", "Completed"))

@unseen("""
external_id|name|municipality|budget|status|start_date
PD-5|Khayelitsha Sewer Relief|CPT|240000000|construction|2024-01-15
PD-6|Macassar WWTW Ext|CPT|1900000000|tender|-
PD-9|Atlantis Aquifer Rehab|CPT|76000000|completed|2019-07-01
""")
def pdf_to_html() -> str:
    """A page of positioned texts, as a converter of PDF writes them."""
    rows = [("Project No", "Project Name", "Municipality", "Budget", "Status", "Start Date"), ("PD-5", "Khayelitsha Sewer Relief", "City of Cape Town (CPT)", "R240 000 000", "Construction", "15 January 2024"), ("PD-6", "Macassar WWTW Ext", "City of Cape Town (CPT)", "R1 900 000 000", "Tender", ""), ("PD-9", "Atlantis Aquifer Rehab", "City of Cape Town (CPT)", "R76 000 000", "Completed", "1 July 2019")]
    lefts = (40, 120, 330, 500, 610, 720)
    texts = "".join(f'<p style="position:absolute;top:{100 + 22 * n}px;left:{x}px;white-space:nowrap" class="ft01">{t}</p>' for n, row in enumerate(rows) for x, t in zip(lefts, row, strict=True) if t)
    return f'<html><body bgcolor="#A0A0A0"><div id="page1-div" style="position:relative;width:892px;height:1263px;">{texts}</div></body></html>'

@unseen("""
external_id|name|municipality|budget|expenditure
CB-1|Carolina WTW|MP301|54000000|-
CB-2|Elukwatini Line|MP301|19000000|18500000
CB-3|Badplaas Wells|MP301|3300000|-
""")
def dashes_and_nothing() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Expenditure", "CB-1|Carolina WTW|Chief Albert Luthuli (MP301)|R54 000 000|R –\nCB-2|Elukwatini Line|Chief Albert Luthuli (MP301)|R19 000 000|R18 500 000\nCB-3|Badplaas Wells|Chief Albert Luthuli (MP301)|R3 300 000|Not yet available\n<td colspan=3>Totals</td>|R76 300 000|R18 500 000\n<td colspan=5><i>Prepared by: PMU, 14 April 2026</i></td>"))

@unseen("""
external_id|name|municipality|budget|contractor
QX-1|Hoedspruit Sewer|LIM335|16400000|Mapitsi Civil Works
QX-2|Acornhoek Bulk|MP325|231000000|Khato Civils / South Zambezi JV
QX-3|Dwarsloop Wells|MP325|5250000|-
""")
def letters_from_a_minister() -> str:
    return page("<p>NATIONAL ASSEMBLY: QUESTION 1432 FOR WRITTEN REPLY</p><p>(1) (a) The details are in the table below; (b) R252 650 000 in total.</p>" + table("(a) Project No|(b) Project name|(c) Municipality|(d) Budget|(e) Contractor", "QX-1|Hoedspruit Sewer|Maruleng (LIM335)|R16,400,000|Mapitsi Civil Works\nQX-2|Acornhoek Bulk|Bushbuckridge (MP325)|R231,000,000|Khato Civils / South Zambezi JV\nQX-3|Dwarsloop Wells|Bushbuckridge (MP325)|R5,250,000|Not yet appointed"))

@unseen("")
def job_statistics() -> str:
    return page(table("Programme|Work opportunities|Women|Youth|Target|% achieved", "RBIG|1 240|512|610|1 500|83%\nWSIG|2 010|1 003|900|1 800|112%\nMIG|640|300|222|900|71%\nTotal|3 890|1 815|1 732|4 200|93%"))

@unseen("")
def procurement_plan() -> str:
    return page(table("No|Description of goods / works|Municipality|Estimated value|Envisaged advert date|Envisaged award date|Responsible person", "1|Supply of chlorine|Greater Giyani (LIM331)|R2 000 000|01/07/2026|01/09/2026|Mr Maluleke\n2|Pump repairs|Thulamela (LIM343)|R5 500 000|01/08/2026|01/10/2026|Ms Ndou\n3|Fencing of reservoirs|Makhado (LIM344)|R1 250 000|01/07/2026|15/09/2026|Mr Sithole"))

@unseen("""
external_id|name|municipality|budget|status
NB-1|Barberton Bulk|MP326|39000000|construction
NB-2|Kabokweni Reservoir|MP326|17500000|completed
NB-3|Matsulu Line|MP326|22100000|design
""")
def damaged_attributes() -> str:
    """A quote that is missing, an entity that is cut, a cell closed twice."""
    return page("<table border=1><tr><th>Project No</th><th>Project Name</th><th>Municipality</th><th>Budget</th><th>Status</th></tr><tr class=\"r><td>NB-1</td><td>Barberton Bulk</td><td>City of Mbombela (MP326)</td><td>R39&nbsp000&nbsp;000</td><td>Construction</td></td></tr>\n<tr class=\"r\"><td>NB-2</td><td>Kabokweni Reservoir</td><td>City of Mbombela (MP326)</td><td>R17&nbsp;500&nbsp;000</td><td>Completed</td></tr><tr><td>NB-3<td>Matsulu Line</td><td>City of Mbombela (MP326)</td><td>R22&nbsp;100&nbsp;000</td><td>Design</td></tr></table>")

@unseen("""
external_id|name|municipality|budget
RS-1|Nkowankowa Line|LIM333|8000000
RS-2|Lenyenye Tank|LIM333|12000000
RS-3|Letsitele Wells|LIM333|5500000
""")
def heads_that_all_reach_down() -> str:
    """As a head of two rows whose second is left away."""
    head = "<tr>" + "".join(f'<th rowspan="2">{name}</th>' for name in ("Project No", "Project Name", "Municipality", "Budget")) + "</tr>"
    return page(f"<table border=1>{head}{trs('RS-1|Nkowankowa Line|Greater Tzaneen (LIM333)|R8 000 000')}{trs('RS-2|Lenyenye Tank|Greater Tzaneen (LIM333)|R12 000 000')}{trs('RS-3|Letsitele Wells|Greater Tzaneen (LIM333)|R5 500 000')}</table>")
