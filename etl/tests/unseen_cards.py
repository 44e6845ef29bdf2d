"""Cards, lists, scripts, pages of one project and grids of divs as sites nobody has looked at write them. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json

from etl.tests.unseen import unseen
from etl.tests.unseen_tables import table, trs


def page(body: str, title: str = "Projects") -> str:
    return f"<!DOCTYPE html><html lang=en-ZA><head><title>{title}</title></head><body><nav><ul><li><a href=/>Home</a></li><li><a href=/p>Projects</a></li></ul></nav>{body}<footer><p>© 2026</p></footer></body></html>"


# fmt: off
@unseen("""
external_id|name|municipality|budget|expenditure|status|start_date|completion_date|contractor|progress_percentage
RB-0912|Sedibeng Regional Sewer|GT421|2300000000|410500000|construction|2022-04-01|2029-03-31|Rand Water|18
""")
def own_page_bootstrap_rows() -> str:
    def row(label: str, text: str) -> str:
        return f'<div class="row"><div class="col-sm-4 font-weight-bold">{label}</div><div class="col-sm-8">{text}</div></div>'

    return page("<div class=container><h1>Sedibeng Regional Sewer</h1>" + row("Project Number", "RB-0912") + row("Project Name", "Sedibeng Regional Sewer") + row("Municipality", "Emfuleni Local Municipality (GT421)") + row("Total Budget", "R2.3 billion")
                + row("Expenditure to Date", "R410.5 million") + row("Status", "Under construction") + row("Start Date", "1 April 2022") + row("Completion Date", "31 March 2029") + row("Contractor", "Rand Water") + row("Physical Progress", "18 %") + "</div>")

@unseen("""
external_id|name|municipality|budget|status
P-77|Klipdrift Upgrade|TSH|88000000|design
""")
def infobox() -> str:
    return page("<table class='infobox vcard'><caption class='fn org'>Klipdrift Upgrade</caption><tr><td colspan=2 class=infobox-image><img src=a.jpg alt=Klipdrift><div>The plant in 2019</div></td></tr><tr><th colspan=2 style='background:#eee'>General</th></tr><tr><th scope=row>Project number</th><td>P-77</td></tr><tr><th scope=row>Project name</th><td>Klipdrift Upgrade</td></tr><tr><th scope=row>Municipality</th><td><a href=/TSH>City of Tshwane</a> (TSH)</td></tr>"
                "<tr><th colspan=2>Finance</th></tr><tr><th scope=row>Budget</th><td>R88 million<sup class=reference><a href=#c1>[1]</a></sup></td></tr><tr><th scope=row>Status</th><td>Design</td></tr></table>")

@unseen("""
external_id|name|municipality|budget|progress_percentage|status
5501|Ga-Rankuwa Sewers|TSH|45000000|60|construction
5502|Winterveld Taps|TSH|12000000|100|completed
5503|Hammanskraal Package|TSH|149000000|5|design
""")
def aria_divs() -> str:
    def row(texts: str, role: str = "gridcell") -> str:
        return '<div role="row" class="MuiDataGrid-row">' + "".join(f'<div role="{role}" class="MuiDataGrid-cell"><div class="MuiDataGrid-cellContent">{t}</div></div>' for t in texts.split("|")) + "</div>"

    return page('<div role="grid" class="MuiDataGrid-root" aria-rowcount="4"><div role="rowgroup">' + row("Project ID|Project|Municipality|Budget (ZAR)|Progress|Status", "columnheader") + '</div><div role="rowgroup">' + row("5501|Ga-Rankuwa Sewers|City of Tshwane (TSH)|45,000,000|60%|Construction") + row("5502|Winterveld Taps|City of Tshwane (TSH)|12,000,000|100%|Completed") + row("5503|Hammanskraal Package|City of Tshwane (TSH)|149,000,000|5%|Design") + "</div></div><div class=MuiTablePagination>1–3 of 3</div>")

@unseen("""
external_id|name|municipality|budget|status
A10|Kuruman Bulk|NC452|98000000|tender
A11|Mothibistad Sewer|NC452|21000000|construction
A12|Bankhara Taps|NC452|4500000|completed
""")
def definition_cards() -> str:
    def card(no: str, name: str, bud: str, status: str) -> str:
        return f'<article class="project"><header><h3 class="title">{name}</h3></header><dl class="meta"><div><dt>Project No</dt><dd>{no}</dd></div><div><dt>Municipality</dt><dd>Ga-Segonyana (NC452)</dd></div><div><dt>Budget</dt><dd>{bud}</dd></div><div><dt>Status</dt><dd><span class="tag">{status}</span></dd></div></dl><a class="btn" href="/p/{no}">View project</a></article>'

    return page(card("A10", "Kuruman Bulk", "R98 m", "Tender") + card("A11", "Mothibistad Sewer", "R21 m", "Construction") + card("A12", "Bankhara Taps", "R4.5 m", "Completed"))

@unseen("""
external_id|name|budget|status
A10|Kuruman Bulk|98000000|tender
A11|Mothibistad Sewer|21000000|construction
A12|Bankhara Taps|-|completed
""")
def cards_with_a_gap() -> str:
    """A value that one card does not have; another's must not slip into its place."""
    def card(no: str, name: str, bud: str, status: str) -> str:
        return f'<div class="card"><div class="card-body"><h5 class="card-title">{name}</h5><p class="card-text"><strong>Project No:</strong> {no}</p>' + (f'<p class="card-text"><strong>Budget:</strong> {bud}</p>' if bud else "") + f'<p class="card-text"><strong>Status:</strong> {status}</p></div></div>'

    return page(card("A10", "Kuruman Bulk", "R98 000 000", "Tender") + card("A11", "Mothibistad Sewer", "R21 000 000", "Construction") + card("A12", "Bankhara Taps", "", "Completed"))

@unseen("""
external_id|name|municipality|budget|status|completion_date
4b1|Rustenburg Bulk|NW373|510000000|construction|2027-06-30
4b2|Phokeng Reservoir|NW373|42000000|completed|2024-02-29
4b3|Boitekong Outfall|NW373|-|design|-
""")
def json_of_a_framework() -> str:
    rows = [{"_id": "x1", "projectNumber": "4b1", "projectName": "Rustenburg Bulk", "municipality": "Rustenburg (NW373)", "budget": 510000000, "status": "Construction", "completionDate": "2027-06-30T00:00:00.000Z", "__v": 0},
            {"_id": "x2", "projectNumber": "4b2", "projectName": "Phokeng Reservoir", "municipality": "Rustenburg (NW373)", "budget": 42000000.0, "status": "Completed", "completionDate": "2024-02-29T00:00:00.000Z", "__v": 0},
            {"_id": "x3", "projectNumber": "4b3", "projectName": "Boitekong Outfall", "municipality": "Rustenburg (NW373)", "budget": None, "status": "Design", "completionDate": None, "__v": 0}]
    return page(f"<div id=root></div><script>window.__INITIAL_STATE__={json.dumps({'projects': {'items': rows, 'total': 3, 'page': 1}, 'user': None})};</script>")

@unseen("""
external_id|name|municipality|budget|latitude|longitude
G-1|Nandoni Link|LIM343|61000000|-22.9721|30.5944
G-2|Xikundu Weir|LIM343|17000000|-22.8104|30.7960
G-3|Malamulele Outfall|LIM345|33000000|-22.9982|30.7012
""")
def geojson() -> str:
    def feature(no: str, name: str, place: str, bud: int, lon: float, lat: float) -> dict[str, object]:
        return {"type": "Feature", "properties": {"ProjectNo": no, "ProjectName": name, "Municipality": place, "Budget": bud}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}

    data = {"type": "FeatureCollection", "features": [feature("G-1", "Nandoni Link", "Thulamela (LIM343)", 61000000, 30.5944, -22.9721), feature("G-2", "Xikundu Weir", "Thulamela (LIM343)", 17000000, 30.7960, -22.8104), feature("G-3", "Malamulele Outfall", "Collins Chabane (LIM345)", 33000000, 30.7012, -22.9982)]}
    return page(f"<div id=map></div><script>var projects = {json.dumps(data)}; L.geoJSON(projects).addTo(map);</script>")

@unseen("""
external_id|name|municipality|budget|status
R1|Uitenhage Relief|NMA|77000000|construction
R2|Coega Return|NMA|210000000|design
R3|Motherwell Taps|NMA|6000000|completed
""")
def datatables_array_of_arrays() -> str:
    rows = [["R1", "<a href='/p/R1'>Uitenhage Relief</a>", "Nelson Mandela Bay (NMA)", "R 77,000,000", "Construction"], ["R2", "<a href='/p/R2'>Coega Return</a>", "Nelson Mandela Bay (NMA)", "R 210,000,000", "Design"], ["R3", "<a href='/p/R3'>Motherwell Taps</a>", "Nelson Mandela Bay (NMA)", "R 6,000,000", "Completed"]]
    return page(f"<table id=t class=display></table><script>var dataSet = {json.dumps(rows)};\n$(document).ready(function() {{ $('#t').DataTable({{ data: dataSet, columns: [{{ title: 'Project No' }}, {{ title: 'Project Name' }}, {{ title: 'Municipality' }}, {{ title: 'Budget' }}, {{ title: 'Status' }}] }}); }});</script>")

@unseen("""
external_id|name|municipality|budget|status
W1|Worcester WWTW|WC025|130000000|construction
W2|De Doorns Dam|WC025|19000000|tender
W3|Rawsonville Mains|WC025|8800000|completed
""")
def list_of_labelled_lines() -> str:
    def item(no: str, name: str, bud: str, status: str) -> str:
        return f"<li><b>{name}</b><br>Project No: {no}<br>Municipality: Breede Valley (WC025)<br>Budget: {bud}<br>Status: {status}</li>"

    return page("<ol class=projects>" + item("W1", "Worcester WWTW", "R130 000 000", "Construction") + item("W2", "De Doorns Dam", "R19 000 000", "Tender") + item("W3", "Rawsonville Mains", "R8 800 000", "Completed") + "</ol>")

@unseen("""
external_id|name|municipality|budget|completion_date
H-1|Hluhluwe Phase 3|KZN276|212000000|2026-10-31
H-2|Mkuze Taps|KZN271|12500000|2025-03-31
H-3|Shemula Scheme|KZN271|340000000|2028-09-30
""")
def devexpress_cardview() -> str:
    def card(n: int, no: str, name: str, place: str, bud: str, end: str) -> str:
        items = "".join(f'<div class="dxflItem"><span class="dxcvCaption">{k}:</span><span class="dxcvValue">{v}</span></div>' for k, v in (("Project No", no), ("Project Name", name), ("Municipality", place), ("Budget", bud), ("Planned Completion", end)))
        return f'<div class="dxcvCard" id="cv_DXDataCard{n}">{items}</div>'

    return page('<div class="dxcvControl" id="cv"><div class="dxcvTable" id="cv_DXMainTable">' + card(0, "H-1", "Hluhluwe Phase 3", "Big 5 Hlabisa (KZN276)", "R212 000 000,00", "31-10-2026") + card(1, "H-2", "Mkuze Taps", "Umhlabuyalingana (KZN271)", "R12 500 000,00", "31-03-2025") + card(2, "H-3", "Shemula Scheme", "Umhlabuyalingana (KZN271)", "R340 000 000,00", "30-09-2028") + "</div></div>")

@unseen("""
external_id|name|municipality|budget|expenditure
TL-1|Mkhondo Bulk|MP303|50000000|20000000
TL-2|Amsterdam Pipe|MP303|7000000|7000000
TL-3|Badplaas Plant|MP301|31000000|3000000
""")
def devexpress_treelist() -> str:
    def row(n: int, texts: str, depth: int) -> str:
        indent = '<td class="dxtlIndent"></td>' * depth
        span = 1 if depth else 2
        first, *rest = texts.split("|")
        return f'<tr id="tl_R-{n}" class="dxtlNode">{indent}<td class="dxtlIndentWithButton"><img class="dxtl__B0" alt="[Collapse]"></td><td class="dxtl" colspan="{span}">{first}</td>' + "".join(f'<td class="dxtl">{t}</td>' for t in rest) + "</tr>"

    head = '<tr><td class="dxtlHeader" colspan="3">Project Name</td>' + "".join(f'<td class="dxtlHeader">{h}</td>' for h in ("Project No", "Budget", "Expenditure")) + "</tr>"
    return page('<table id="tl" class="dxtlControl"><tr><td><table id="tl_D" class="dxtlDataTable">' + head + row(1, "Mkhondo (MP303)||57 000 000|27 000 000", 0) + row(2, "Mkhondo Bulk|TL-1|50 000 000|20 000 000", 1) + row(3, "Amsterdam Pipe|TL-2|7 000 000|7 000 000", 1) + row(4, "Chief Albert Luthuli (MP301)||31 000 000|3 000 000", 0) + row(5, "Badplaas Plant|TL-3|31 000 000|3 000 000", 1) + "</table></td></tr></table>")

@unseen("""
name|municipality|budget|status
Extension of Botleng Bulk|MP311|24000000|construction
Delmas Outfall|MP311|9000000|completed
Sundra Pipeline|MP311|15500000|tender
""")
def wordpress_blocks() -> str:
    return page(f'<figure class="wp-block-table is-style-stripes"><table class="has-fixed-layout"><thead>{trs("Project|Municipality|Amount|Status", "th")}</thead><tbody>{trs("Extension of Botleng Bulk|Victor Khanye (MP311)|R24 000 000|Construction")}{trs("Delmas Outfall|Victor Khanye (MP311)|R9 000 000|Completed")}{trs("Sundra Pipeline|Victor Khanye (MP311)|R15 500 000|Tender")}</tbody></table><figcaption class="wp-element-caption">Projects of the 2025/26 financial year</figcaption></figure>')

@unseen("""
external_id|name|municipality|budget|start_date|status
ADB-1|Polihali Transfer|FS192|1200000000|2023-05-01|construction
ADB-2|Clarens Plant|FS192|84000000|2024-11-15|tender
ADB-3|Fouriesburg Mains|FS192|22000000|2021-02-01|completed
""")
def bank_projects() -> str:
    return page(table("Project ID|Project Title|Borrower|Municipality|Commitment Amount (ZAR million)|Approval Date|Start Date|Status", """
    <td><a href=/p/1>ADB-1</a></td>|Polihali Transfer|TCTA|Dihlabeng (FS192)|1,200.00|March 12, 2023|May 1, 2023|Active – Construction
    <td><a href=/p/2>ADB-2</a></td>|Clarens Plant|DBSA|Dihlabeng (FS192)|84.00|October 3, 2024|November 15, 2024|Tender
    <td><a href=/p/3>ADB-3</a></td>|Fouriesburg Mains|DBSA|Dihlabeng (FS192)|22.00|December 1, 2020|February 1, 2021|Completed"""))

@unseen("""
external_id|name|municipality|budget|progress_percentage
X1|Ladybrand Intake|FS196|61000000|42
X2|Hobhouse Dam|FS196|14000000|88
X3|Tweespruit Meters|FS196|2700000|100
""")
def powerbi_table() -> str:
    def cell(text: str, kind: str = "gridcell") -> str:
        return f'<div role="{kind}" class="pivotTableCellWrap cell-interactive tablixAlignLeft" tabindex="-1">{text}</div>'

    def row(n: int, texts: str, kind: str = "gridcell") -> str:
        return f'<div role="row" class="row" row-index="{n}" aria-rowindex="{n}">' + cell("Select Row", "rowheader") + "".join(cell(t, kind) for t in texts.split("|")) + "</div>"

    return page('<div class="tableEx" role="document"><div role="grid" class="interactive-grid" aria-rowcount="5">' + row(1, "Project No|Project Name|Municipality|Sum of Budget|Average of Physical Progress %", "columnheader") + row(2, "X1|Ladybrand Intake|Mantsopa (FS196)|R 61,000,000|42.00%") + row(3, "X2|Hobhouse Dam|Mantsopa (FS196)|R 14,000,000|88.00%") + row(4, "X3|Tweespruit Meters|Mantsopa (FS196)|R 2,700,000|100.00%") + row(5, "Total|||R 77,700,000|76.67%") + "</div></div>")

@unseen("""
external_id|name|municipality|budget|status
N1|Nieuwoudtville Boreholes|NC065|9000000|construction
N2|Calvinia Desalination|NC065|48000000|tender
N3|Loeriesfontein Pipe|NC065|310000000|completed
""")
def stacked_mobile_table() -> str:
    def row(texts: str) -> str:
        names = ("Project No", "Project Name", "Municipality", "Budget", "Status")
        return "<tr>" + "".join(f'<td data-label="{k}"><span class="tablesaw-cell-label">{k}</span><span class="tablesaw-cell-content">{v}</span></td>' for k, v in zip(names, texts.split("|"), strict=True)) + "</tr>"

    return page(f'<table class="tablesaw tablesaw-stack"><thead>{trs("Project No|Project Name|Municipality|Budget|Status", "th")}</thead><tbody>' + row("N1|Nieuwoudtville Boreholes|Hantam (NC065)|R9 000 000|Construction") + row("N2|Calvinia Desalination|Hantam (NC065)|R48 000 000|Tender") + row("N3|Loeriesfontein Pipe|Hantam (NC065)|R310 000 000|Completed") + "</tbody></table>")

@unseen("""
external_id|name|budget|expenditure|progress_percentage|status
KPI-1|Kokstad WWTW|92000000|46000000|50|construction
KPI-2|Pakkies Scheme|38000000|38000000|100|completed
KPI-3|Franklin Pump|11000000|0|0|design
""")
def accordion_of_facts() -> str:
    def one(no: str, name: str, bud: str, spent: str, pct: str, status: str) -> str:
        return f'<button class="accordion-button" type="button">{no}: {name}</button><div class="accordion-collapse collapse"><div class="accordion-body"><table class="table"><tbody>{trs(f"<th>Project number</th>|{no}")}{trs(f"<th>Project name</th>|{name}")}{trs(f"<th>Total budget</th>|{bud}")}{trs(f"<th>Expenditure</th>|{spent}")}{trs(f"<th>Progress</th>|{pct}")}{trs(f"<th>Status</th>|{status}")}</tbody></table></div></div>'

    return page('<div class="accordion">' + one("KPI-1", "Kokstad WWTW", "R92 000 000", "R46 000 000", "50%", "Construction") + one("KPI-2", "Pakkies Scheme", "R38 000 000", "R38 000 000", "100%", "Completed") + one("KPI-3", "Franklin Pump", "R11 000 000", "R0", "0%", "Design") + "</div>")

@unseen("""
external_id|name|municipality|budget
DEEP-1|Cullinan Main|TSH|18000000
DEEP-2|Refilwe Sewer|TSH|7400000
DEEP-3|Rayton Tower|TSH|11000000
""")
def unclosed_noscript() -> str:
    return page("<noscript><p>Please enable JavaScript" + table("Project No|Project Name|Municipality|Budget", "DEEP-1|Cullinan Main|City of Tshwane (TSH)|R18 000 000\nDEEP-2|Refilwe Sewer|City of Tshwane (TSH)|R7 400 000\nDEEP-3|Rayton Tower|City of Tshwane (TSH)|R11 000 000").replace("<html><body>", "").replace("</body></html>", ""))

@unseen("""
external_id|name|municipality|budget
DEEP-1|Cullinan Main|TSH|18000000
DEEP-2|Refilwe Sewer|TSH|7400000
DEEP-3|Rayton Tower|TSH|11000000
""")
def behind_many_divs() -> str:
    rows = table("Project No|Project Name|Municipality|Budget", "DEEP-1|Cullinan Main|City of Tshwane (TSH)|R18 000 000\nDEEP-2|Refilwe Sewer|City of Tshwane (TSH)|R7 400 000\nDEEP-3|Rayton Tower|City of Tshwane (TSH)|R11 000 000")
    return "<html><body>" + "<div>" * 60_000 + rows.replace("<html><body>", "")

@unseen("""
external_id|name|municipality|budget|status
7|Vryheid Dam Wall|KZN263|54000000|construction
12|Coronation Pipe|KZN263|6500000|completed
31|Louwsburg Plant|KZN263|21000000|design
""")
def ids_are_small_numbers() -> str:
    return page(table("Project ID|Project Name|Municipality|Budget|Status", "7|Vryheid Dam Wall|AbaQulusi (KZN263)|R54 000 000|Construction\n12|Coronation Pipe|AbaQulusi (KZN263)|R6 500 000|Completed\n31|Louwsburg Plant|AbaQulusi (KZN263)|R21 000 000|Design"))

@unseen("""
external_id|name|budget|expenditure
FY-1|Ermelo Bulk|60000000|22000000
FY-2|Wesselton Sewer|17000000|16000000
FY-3|Breyten Plant|44000000|100000
""")
def years_beside_totals() -> str:
    """Expenditure a year and to date: only that to date is the project's."""
    return page(table("Project No|Project Name|Total Project Budget|Expenditure 2023/24|Expenditure 2024/25|Total Expenditure to Date", "FY-1|Ermelo Bulk|R60 000 000|R10 000 000|R12 000 000|R22 000 000\nFY-2|Wesselton Sewer|R17 000 000|R9 000 000|R7 000 000|R16 000 000\nFY-3|Breyten Plant|R44 000 000|R0|R100 000|R100 000"))

@unseen("""
external_id|name|municipality|budget|status
OG-1|Kouga Desalination|EC108|85000000|design
OG-2|Hankey Pipe|EC108|12000000|construction
OG-3|Patensie Dam|EC108|33000000|completed
""")
def opengov_key_values() -> str:
    def card(no: str, name: str, bud: str, status: str) -> str:
        pairs = "".join(f'<div class="kv"><span class="k">{k}</span><span class="v">{v}</span></div>' for k, v in (("Project No.", no), ("Municipality", "Kouga (EC108)"), ("Budget", bud), ("Status", status)))
        return f'<section class="tile"><h2><a href="/p/{no}">{name}</a></h2>{pairs}</section>'

    return page(card("OG-1", "Kouga Desalination", "R85,000,000", "Design") + card("OG-2", "Hankey Pipe", "R12,000,000", "Construction") + card("OG-3", "Patensie Dam", "R33,000,000", "Completed"))

@unseen("""
external_id|name|municipality|budget|expenditure|status
TR-1|Matatiele Bulk|EC441|93000000|31000000|construction
TR-2|Maluti Sewer|EC441|26000000|25000000|completed
TR-3|Cedarville Taps|EC441|5000000|0|tender
""")
def transposed_comparison() -> str:
    return page(f"<table class=compare>{trs('<th></th>|<th>TR-1</th>|<th>TR-2</th>|<th>TR-3</th>')}{trs('<th>Project Name</th>|Matatiele Bulk|Maluti Sewer|Cedarville Taps')}{trs('<th>Municipality</th>|Matatiele (EC441)|Matatiele (EC441)|Matatiele (EC441)')}{trs('<th>Budget</th>|R93 000 000|R26 000 000|R5 000 000')}{trs('<th>Expenditure</th>|R31 000 000|R25 000 000|R0')}{trs('<th>Status</th>|Construction|Completed|Tender')}</table>")

@unseen("""
external_id|name|municipality|budget|status
SV-1|Phalaborwa Barrage|LIM334|71000000|construction
SV-2|Namakgale Sewer|LIM334|8000000|completed
SV-3|Lulekani Pump|LIM334|12000000|tender
""")
def total_first_and_count_last() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Status", "<td colspan=3><b>All projects</b></td>|<b>R91 000 000</b>|\nSV-1|Phalaborwa Barrage|Ba-Phalaborwa (LIM334)|R71 000 000|Construction\nSV-2|Namakgale Sewer|Ba-Phalaborwa (LIM334)|R8 000 000|Completed\nSV-3|Lulekani Pump|Ba-Phalaborwa (LIM334)|R12 000 000|Tender\n<td colspan=5>3 record(s) found</td>"))

@unseen("""
external_id|name|municipality|budget
AV-1|Jozini Bulk|KZN272|100000000
AV-2|Ingwavuma Taps|KZN272|20000000
AV-3|Ndumo Plant|KZN272|60000000
""")
def averages_and_shares_below() -> str:
    return page(table("Project No|Project Name|Municipality|Budget", "AV-1|Jozini Bulk|Jozini (KZN272)|R100 000 000\nAV-2|Ingwavuma Taps|Jozini (KZN272)|R20 000 000\nAV-3|Ndumo Plant|Jozini (KZN272)|R60 000 000\n|Average||R60 000 000\n|Minimum||R20 000 000\n|Maximum||R100 000 000\n|VAT (15%)||R27 000 000\n|Contingency||R18 000 000\n|Grand total incl. VAT||R225 000 000"))

@unseen("""
external_id|name|municipality|budget|completion_date
MX-1|Louis Trichardt Link|LIM344|44000000|2026-11-30
MX-2|Elim Sewer|LIM344|16000000|2025-06-30
MX-3|Vleifontein Pipe|LIM344|9500000|2027-02-28
""")
def completion_dates_as_months() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Completion date", "MX-1|Louis Trichardt Link|Makhado (LIM344)|R44 000 000|30-Nov-2026\nMX-2|Elim Sewer|Makhado (LIM344)|R16 000 000|30-Jun-2025\nMX-3|Vleifontein Pipe|Makhado (LIM344)|R9 500 000|28-Feb-2027"))

@unseen("")
def login_page() -> str:
    return page("<h1>Sign in</h1><form action=/login method=post><table><tr><td>User name</td><td><input name=u></td></tr><tr><td>Password</td><td><input type=password name=p></td></tr><tr><td></td><td><input type=submit value='Log in'></td></tr></table></form>")

@unseen("")
def maintenance_table() -> str:
    return page("<h1>Scheduled maintenance</h1><table><tr><th>System</th><th>Status</th><th>Start</th><th>End</th></tr><tr><td>Project Monitoring Dashboard</td><td>Down</td><td>12/05/2026</td><td>14/05/2026</td></tr><tr><td>eWULAAS</td><td>Completed</td><td>01/05/2026</td><td>02/05/2026</td></tr></table>")

@unseen("")
def news_archive() -> str:
    return page("".join(f"<article><h3><a href=/n/{n}>Minister launches project {n} worth R{n}00 million in Giyani (LIM331)</a></h3><time>{n} May 2026</time><p>Budget: R{n}00 million. Status of the works is good.</p></article>" for n in range(1, 7)))

@unseen("")
def legend_table() -> str:
    return page("<h3>Legend</h3><table><tr><th>Status</th><th>Description</th></tr><tr><td>Design</td><td>Consultant appointed</td></tr><tr><td>Tender</td><td>Advertised</td></tr><tr><td>Construction</td><td>Contractor on site</td></tr><tr><td>Completed</td><td>Handed over</td></tr></table>")

@unseen("""
external_id|name|municipality|budget|status|contractor
MJ-1|Standerton Filters|MP305|37000000|construction|WK Construction (Pty) Ltd
MJ-2|Sakhile Pipe|MP305|6200000|completed|TBC & Sons Civils
MJ-3|Morgenzon Plant|MP305|15000000|tender|-
""")
def placeholders() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Status|Contractor", "MJ-1|Standerton Filters|Lekwa (MP305)|R37 000 000|Construction|WK Construction (Pty) Ltd\nMJ-2|Sakhile Pipe|Lekwa (MP305)|R6 200 000|Completed|TBC &amp; Sons Civils\nMJ-3|Morgenzon Plant|Lekwa (MP305)|R15 000 000|Tender|To be appointed"))

@unseen("""
external_id|name|budget|expenditure|municipality
DUP-1|Ogies Main|15000000|4000000|MP312
DUP-2|Phola Sewer|8000000|8000000|MP312
DUP-3|Kriel Pump|23000000|1000000|MP312
""")
def hidden_sort_values() -> str:
    def row(no: str, name: str, bud: int, spent: int) -> str:
        return f'<tr><td data-sort="{no}">{no}</td><td>{name}</td><td data-sort="{bud}"><span style="display:none">{bud:012}</span>R{bud / 1e6:.0f}m</td><td><span class="sortkey" style="display: none;">{spent:012}</span>R{spent / 1e6:.0f}m</td><td>Emalahleni (MP312)</td></tr>'

    return page(f'<table class="sortable wikitable"><thead>{trs("Project No|Project Name|Budget|Expenditure|Municipality", "th")}</thead>' + row("DUP-1", "Ogies Main", 15000000, 4000000) + row("DUP-2", "Phola Sewer", 8000000, 8000000) + row("DUP-3", "Kriel Pump", 23000000, 1000000) + "</table>")

@unseen("""
external_id|name|municipality|budget|expenditure|status
SS-1|Dannhauser Link|KZN254|19000000|12000000|construction
SS-2|Hattingspruit Dam|KZN254|27000000|500000|design
SS-3|Durnacol Pipe|KZN254|4800000|4800000|completed
""")
def currency_words() -> str:
    return page(table("Project No|Project Name|Municipality|Contract Value|Amount Paid to Date|Status", "SS-1|Dannhauser Link|Dannhauser (KZN254)|ZAR 19 000 000.00 (incl. VAT)|ZAR 12 000 000.00|Construction\nSS-2|Hattingspruit Dam|Dannhauser (KZN254)|ZAR 27 000 000.00 (incl. VAT)|ZAR 500 000.00|Design\nSS-3|Durnacol Pipe|Dannhauser (KZN254)|ZAR 4 800 000.00 (incl. VAT)|ZAR 4 800 000.00|Completed"))

_PANES = """
external_id|name|municipality|budget|status
PN1|Levubu Intake|LIM343|15000000|design
PN2|Tshipise Wells|LIM341|25000000|tender
PN3|Dzanani Main|LIM344|35000000|completed
"""

def _panes(pair: str) -> str:
    """Blocks of rows, two alike elements in each; `pair`: what stands in a row."""
    facts = [("PN1", "Levubu Intake", "Thulamela (LIM343)", "R15 000 000", "Design"), ("PN2", "Tshipise Wells", "Musina (LIM341)", "R25 000 000", "Tender"), ("PN3", "Dzanani Main", "Makhado (LIM344)", "R35 000 000", "Completed")]
    names = ("Project No", "Municipality", "Budget", "Status")
    return page("".join(f'<div class="pane" id="p{n}"><h4>{name}</h4>' + "".join(f'<div class="row">{pair.format(k, v)}</div>' for k, v in zip(names, (no, *more), strict=True)) + "</div>" for n, (no, name, *more) in enumerate(facts)))

@unseen(_PANES)
def panes_of_alike_columns() -> str:
    return _panes('<div class="col">{}</div><div class="col">{}</div>')

@unseen(_PANES)
def panes_of_alike_columns_with_colons() -> str:
    return _panes('<div class="col">{}:</div><div class="col">{}</div>')

@unseen(_PANES)
def panes_of_strong_labels() -> str:
    return _panes('<div class="col"><strong>{}</strong></div><div class="col">{}</div>')
