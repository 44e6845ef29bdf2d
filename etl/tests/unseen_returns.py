"""Lists out of report writers, grids, maps and printed books, each with something that tempts. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget|status
18-0031|Steinkopf Borehole Field|NC062|14750000|construction
18-0044|Komaggas Pipeline|NC062|6200000|design
18-0102|Pella Intake Works|NC067|31400000|construction
18-0117|Onseepkans Canal Repair|NC067|980000|completed
18-0125|Witbank Package Plant|NC067|4050000|on_hold
""")
def report_of_a_mainframe_with_font_tags() -> str:
    """HTML 3.2: nested layout tables, upper-case tags left open, a subtotal a section; the averages tempt."""
    def row(*cells: str) -> str:
        return "<TR BGCOLOR=#FFFFFF>" + "".join(f"<TD NOWRAP><FONT FACE=Verdana SIZE=1>{cell}</FONT>" for cell in cells)

    rows = row("18-0031", "Steinkopf Borehole Field", "NC062", "14,750.00", "UNDER CONSTRUCTION") + row("18-0044", "Komaggas Pipeline", "NC062", "6,200.00", "DESIGN")
    more = row("18-0102", "Pella Intake Works", "NC067", "31,400.00", "UNDER CONSTRUCTION") + row("18-0117", "Onseepkans Canal Repair", "NC067", "980.00", "COMPLETED") + row("18-0125", "Witbank Package Plant", "NC067", "4,050.00", "ON HOLD")
    head = "<TR BGCOLOR=#003366>" + "".join(f"<TH><FONT COLOR=white FACE=Verdana SIZE=1>{one}</FONT>" for one in ("Proj No", "Project Title", "Mun Code", "Approved Budget<BR>(R 000)", "Status"))
    sums = row("", "<B>Avg for NC062</B>", "", "<B>10,475.00</B>", "") + row("", "<B>Sub-tot NC062</B>", "", "<B>20,950.00</B>", "2 projects")
    tail = row("", "<B>Avg for NC067</B>", "", "<B>12,143.33</B>", "") + row("", "<B>Sub-tot NC067</B>", "", "<B>36,430.00</B>", "3 projects") + row("", "<B>*** REPORT TOTAL ***</B>", "", "<B>57,380.00</B>", "5 projects")
    return f"<HTML><HEAD><TITLE>PRJ0410R</TITLE></HEAD><BODY BGCOLOR=#FFFFFF><CENTER><TABLE WIDTH=640 BORDER=0><TR><TD><IMG SRC=logo.gif ALT=Logo><TD ALIGN=RIGHT><FONT SIZE=1>RUN DATE: 2026/02/11 PAGE: 1</FONT></TABLE><TABLE BORDER=0 CELLPADDING=2 WIDTH=640><TR><TD><TABLE BORDER=1 WIDTH=100%>{head}{rows}{sums}{more}{tail}</TABLE></TABLE></CENTER></BODY></HTML>"


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
W/26/7|Bela-Bela Reservoir 3|LIM366|27300000|11466000|42
W/26/9|Modimolle Rising Main|LIM368|8150000|0|0
W/26/12|Thabazimbi Wellfield|LIM361|64900000|64900000|100
W/26/15|Lephalale Outfall|LIM362|119000000|5950000|-
""")
def bootstrap_list_with_counters_above() -> str:
    """Tiles with sums and a contact row below each line; a share that is spent stands beside the work done."""
    def row(no: str, name: str, place: str, bud: str, spent: str, share: str, done: str) -> str:
        key = no.replace("/", "")
        return f'<tr data-bs-toggle="collapse" data-bs-target="#c{key}"><td><span class="badge bg-light">{no}</span></td><td>{name}</td><td>{place}</td><td class="text-end">{bud}</td><td class="text-end">{spent}</td><td>{share}</td><td>{done}</td></tr><tr class="collapse" id="c{key}"><td colspan="7"><small>Enquiries: 014 555 01{key[-1]}0, quote {no}</small></td></tr>'

    tiles = "".join(f'<div class="col"><div class="card text-center"><div class="card-body"><h5 class="card-title">{text}</h5><p class="card-text text-muted">{label}</p></div></div></div>' for text, label in (("4", "Projects"), ("R219.35m", "Budget"), ("R82.316m", "Expenditure"), ("47%", "Average progress")))
    head = trs("Ref. No.|Project name|Municipality|Budget (Rm)|Expenditure to date (Rm)|% spent|% physical progress", "th")
    return page(f'<div class="row">{tiles}</div><table class="table table-hover align-middle"><thead>{head}</thead><tbody>' + row("W/26/7", "Bela-Bela Reservoir 3", "Bela-Bela (LIM366)", "27.30", "11.466", "42%", "42%") + row("W/26/9", "Modimolle Rising Main", "Modimolle-Mookgophong (LIM368)", "8.15", "0.00", "0%", "0%") + row("W/26/12", "Thabazimbi Wellfield", "Thabazimbi (LIM361)", "64.90", "64.900", "100%", "100%") + row("W/26/15", "Lephalale Outfall", "Lephalale (LIM362)", "119.00", "5.950", "5%", "&ndash;") + "</tbody></table>")


@unseen("""
external_id|name|municipality|budget|contractor
BWS00417|Nkandla Rising Main|KZN286|18230450.75|Zulani Civils
BWS00418|Eshowe Clear Water Tank|KZN284|7405000|Makhathini JV
BWS00422|Mtunzini Sewer|KZN284|22110999.1|Zulani Civils
BWS00430|Nongoma Boreholes|KZN265|3600000|-
""")
def express_grid_with_group_footers() -> str:
    """A grid of a control suite: group rows, group footers, a total row, and an empty filter row."""
    def data(n: int, *cells: str) -> str:
        return f'<tr id="grid_DXDataRow{n}" class="dxgvDataRow"><td class="dxgvIndentCell" style="width:0.1%">&nbsp;</td>' + "".join(f'<td class="dxgv">{cell or "&nbsp;"}</td>' for cell in cells) + "</tr>"

    def group(n: int, text: str) -> str:
        return f'<tr id="grid_DXGroupRowExp{n}" class="dxgvGroupRow"><td class="dxgvIndentCell"><img class="dxGridView_gvExpandedButton" alt="[Collapse]"></td><td class="dxgv" colspan="5">{text}</td></tr>'

    def foot(kind: str, text: str) -> str:
        return f'<tr class="{kind}"><td class="dxgvIndentCell">&nbsp;</td><td class="dxgv">&nbsp;</td><td class="dxgv">&nbsp;</td><td class="dxgv">&nbsp;</td><td class="dxgv" align="right">{text}</td><td class="dxgv">&nbsp;</td></tr>'

    head = '<tr><td class="dxgvHeader dxgvIndentCell">&nbsp;</td>' + "".join(f'<td id="grid_col{n}" class="dxgvHeader"><table cellspacing="0"><tr><td>{one}</td><td><img class="dxGridView_gvHeaderFilter" alt="[Filter]"></td></tr></table></td>' for n, one in enumerate(("Project Code", "Project Name", "Municipality", "Project Cost", "Contractor"))) + "</tr>"
    box = '<tr id="grid_DXFilterRow" class="dxgvFilterRow"><td class="dxgvIndentCell">&nbsp;</td>' + '<td class="dxgv"><input class="dxeEditArea" type="text" value=""></td>' * 5 + "</tr>"
    body = group(0, "Programme: RBIG (Count=2, Sum of Project Cost=R 25 635 450,75)") + data(1, "BWS00417", "Nkandla Rising Main", "Nkandla (KZN286)", "R 18 230 450,75", "Zulani Civils") + data(2, "BWS00418", "Eshowe Clear Water Tank", "uMlalazi (KZN284)", "R 7 405 000,00", "Makhathini JV") + foot("dxgvGroupFooter", "Sum=R 25 635 450,75")
    rest = group(3, "Programme: WSIG (Count=2, Sum of Project Cost=R 25 710 999,10)") + data(4, "BWS00422", "Mtunzini Sewer", "uMlalazi (KZN284)", "R 22 110 999,10", "Zulani Civils") + data(5, "BWS00430", "Nongoma Boreholes", "Nongoma (KZN265)", "R 3 600 000,00", "") + foot("dxgvGroupFooter", "Sum=R 25 710 999,10") + foot("dxgvFooter", "Sum=R 51 346 449,85")
    return page(f'<div class="dxgvControl"><div class="dxgvGroupPanel">Programme</div><table id="grid_DXMainTable" class="dxgvTable">{head}{box}{body}{rest}</table><div class="dxpLite"><b class="dxp-summary">Page 1 of 1 (4 items)</b></div></div>')


@unseen("""
external_id|name|municipality|expenditure|budget
1007712|Balfour Bulk Main|MP306|2214000|12000000
1007715|Greylingstad Oxidation Ponds|MP306|0|4480000
1007731|Secunda Pump Station|MP307|19870250|21000000
1007740|Leandra Reservoir|MP307|-|9100000
1007741|Bethal Leak Repair|MP307|150000|1500000
""")
def oracle_report_with_breaks() -> str:
    """A report with a break on the municipality: what repeats is left blank, sums below each break."""
    head = "".join(f'<td class="OraHeader" valign="bottom"><b>{one}</b></td>' for one in ("Municipality", "Project<br>Number", "Project<br>Description", "Total<br>Cost", "Spent To<br>Date"))
    lines = ("Dipaleseng (MP306)|1007712|Balfour Bulk Main|12,000,000.00|2,214,000.00", "&nbsp;|1007715|Greylingstad Oxidation Ponds|4,480,000.00|.00", "&nbsp;|&nbsp;|&nbsp;|<hr>|<hr>", "sum|&nbsp;|&nbsp;|16,480,000.00|2,214,000.00", "Govan Mbeki (MP307)|1007731|Secunda Pump Station|21,000,000.00|19,870,250.00", "&nbsp;|1007740|Leandra Reservoir|9,100,000.00|&nbsp;", "&nbsp;|1007741|Bethal Leak Repair|1,500,000.00|150,000.00", "&nbsp;|&nbsp;|&nbsp;|<hr>|<hr>", "sum|&nbsp;|&nbsp;|31,600,000.00|20,020,250.00", "Grand sum|&nbsp;|&nbsp;|48,080,000.00|22,234,250.00")
    return f'<html><head><title>rep: capital</title></head><body><p class="OraTitle">Capital Projects: Nkangala and Gert Sibande</p><table border="1" summary=""><tr>{head}</tr>{trs(chr(10).join(lines))}</table><p>5 rows selected.</p></body></html>'


@unseen("""
external_id|name|municipality|budget|status
WP-5531|Velddrif Desalination|WC013|212000000|tender
WP-5540|Saldanha Bulk Link|WC014|58700000|construction
""")
def answer_of_a_map_server() -> str:
    """What a map answers at a point: the layer of projects, and below it the layer of municipalities with their budgets."""
    def layer(name: str, head: str, body: str) -> str:
        return f'<table class="featureInfo"><caption class="featureInfo">{name}</caption>{trs("fid|" + head, "th")}{trs(body)}</table><br/>'

    return '<html><head><title>Geoserver GetFeatureInfo output</title></head><body>' + layer("water_projects", "proj_no|proj_name|mun_code|budget_r|status|shape_leng", "water_projects.211|WP-5531|Velddrif Desalination|WC013|2.12E8|Tender|0.0\nwater_projects.219|WP-5540|Saldanha Bulk Link|WC014|5.87E7|Construction|18231.77") + layer("municipalities", "mun_code|mun_name|mayor|opex_r|households", "municipalities.13|WC013|Bergrivier|A. du Toit|4.81E8|18072\nmunicipalities.14|WC014|Saldanha Bay|M. Koen|1.62E9|35550") + "</body></html>"


@unseen("""
external_id|name|municipality|budget|completion_date
41/2|Oviston Raw Water|EC145|9400000|2027-04-30
41/5|Burgersdorp Bulk Meters|EC145|1250000|2026-11-30
41/6|Aliwal North Sewer|EC145|36800000|2028-01-31
41/9|Sterkspruit Springs|EC142|4700000|-
""")
def repeater_of_small_tables() -> str:
    """A repeater: a small table a project, labels left; the pager and a box of downloads between them."""
    def item(n: int, no: str, name: str, place: str, bud: str, end: str) -> str:
        return f'<div class="item" id="rpt_ctl0{n}_pnl"><table class="tblItem" cellpadding="3"><tr><td colspan="2" class="itemHead"><span id="rpt_ctl0{n}_lblName">{name}</span></td></tr><tr><td class="lbl">Project No:</td><td><span id="rpt_ctl0{n}_lblNo">{no}</span></td></tr><tr><td class="lbl">Municipality:</td><td><span>{place}</span></td></tr><tr><td class="lbl">Estimated project cost:</td><td><span>{bud}</span></td></tr><tr><td class="lbl">Planned completion:</td><td><span>{end}</span></td></tr><tr><td class="lbl">Tender document fee:</td><td><span>R 1 500 (non-refundable)</span></td></tr></table></div>'

    return page('<form id="aspnetForm"><div>' + item(0, "41/2", "Oviston Raw Water", "Walter Sisulu (EC145)", "R 9,400,000", "Apr 2027") + item(1, "41/5", "Burgersdorp Bulk Meters", "Walter Sisulu (EC145)", "R 1,250,000", "Nov 2026") + item(2, "41/6", "Aliwal North Sewer", "Walter Sisulu (EC145)", "R 36,800,000", "Jan 2028") + item(3, "41/9", "Sterkspruit Springs", "Senqu (EC142)", "R 4,700,000", "To be confirmed") + "</div></form>")


@unseen("""
external_id|name|municipality|budget|expenditure
B/0071|Cradock Raw Water Dam|EC131|54300000|21720000
B/0075|Middelburg Reuse Plant|EC131|80000000|3200000
B/0088|Somerset East Reservoir|EC102|12650000|12650000
B/0093|Cookhouse Link|EC102|7900000|790000
""")
def word_table_with_tracked_changes() -> str:
    """A word processor's page: what was deleted and inserted since still stands in the cells."""
    def cell(text: str, old: str = "") -> str:
        gone = f'<del cite="mailto:T%20Nel" datetime="2026-01-12T10:02"><span style="mso-bookmark:x">{old}</span></del><ins cite="mailto:T%20Nel" datetime="2026-01-12T10:02">' if old else ""
        return f'<td width=120 valign=top style="border:solid windowtext 1.0pt"><p class=MsoNormal style="margin-bottom:0cm"><span lang=EN-ZA style="font-size:9.0pt">{gone}{text}{"</ins>" if old else ""}<o:p></o:p></span></p></td>'

    def row(no: str, name: str, place: str, bud: str, spent: str, old: str = "") -> str:
        return "<tr>" + cell(no) + cell(name) + cell(place) + cell(bud, old) + cell(spent) + "</tr>"

    head = "<tr style='mso-yfti-firstrow:yes'>" + "".join(cell(f"<b>{one}</b>") for one in ("Project No.", "Project Name", "Municipality", "Project Budget<br>R’million", "Expenditure<br>R’million")) + "</tr>"
    return '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15"></head><body lang=EN-ZA><div class=WordSection1><p class=MsoNormal><b>Annexure C</b><o:p></o:p></p><table class=MsoTableGrid border=1>' + head + row("B/0071", "Cradock Raw Water Dam", "Inxuba Yethemba (EC131)", "54,3", "21,72") + row("B/0075", "Middelburg Reuse Plant", "Inxuba Yethemba (EC131)", "80,0", "3,2", old="96,0") + row("B/0088", "Somerset East Reservoir", "Blue Crane Route (EC102)", "12,65", "12,65") + row("B/0093", "Cookhouse Link", "Blue Crane Route (EC102)", "7,9", "0,79") + "</table></div></body></html>"


@unseen("""
external_id|name|budget|expenditure
GP-11/A|Hammanskraal Filters|-|-
GP-11/B|Klipgat Reservoir|-|-
GP-14|Cullinan Outfall|-|-
GP-20|Bronkhorstspruit Intake|-|-
""")
def quarterly_return_to_a_treasury() -> str:
    """A return of one quarter: what was allocated, transferred and spent in a year is no project's cost."""
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>DoRA allocation 2025/26</th><th rowspan=2>Roll-over</th><th rowspan=2>Total available 2025/26</th><th colspan=4>Actual expenditure 2025/26</th><th rowspan=2>YTD % spent</th></tr><tr><th>Q1 Apr-Jun</th><th>Q2 Jul-Sep</th><th>Q3 Oct-Dec</th><th>Q4 Jan-Mar</th></tr>"
    return page(f"<p>Section 40(4) quarterly report: Regional Bulk Infrastructure Grant</p><p>R’000</p><table>{head}" + trs("GP-11/A|Hammanskraal Filters|45 000|5 200|50 200|8 110|12 004|9 975|-|60%\nGP-11/B|Klipgat Reservoir|12 000|-|12 000|-|1 250|2 000|-|27%\nGP-14|Cullinan Outfall|9 800|(1 100)|8 700|2 000|2 000|2 000|-|69%\nGP-20|Bronkhorstspruit Intake|31 500|-|31 500|-|-|410|-|1%\n<td colspan=2>TOTAL</td>|98 300|4 100|102 400|10 110|15 254|14 385|-|39%") + "</table>")


@unseen("""
name|municipality|budget|start_date|completion_date
Bulk line Vryburg to Huhudi|NW392|186500000|2022-04-01|2027-03-31
Ganyesa wellfield|NW397|45120000|2024-06-03|2026-10-30
Pudimoe plant upgrade|NW394|97000000|2025-08-01|2029-06-29
Taung households leaks|NW394|8400000|2025-02-03|2026-03-31
""")
def estimates_of_capital_over_three_years() -> str:
    """Table B.5 of a province: the total project cost among appropriations and medium-term estimates of a year."""
    head = "<tr><th rowspan=2>No.</th><th rowspan=2>Project name</th><th rowspan=2>Municipality</th><th colspan=2>Project duration</th><th rowspan=2>Total project cost</th><th rowspan=2>Adjusted appropriation</th><th colspan=3>Medium-term estimates</th></tr><tr><th>Date: Start</th><th>Date: Finish</th><th>2025/26</th><th>2026/27</th><th>2027/28</th></tr>"
    body = trs("<td colspan=11><b>1. New and replaced infrastructure assets</b></td>\n1|Bulk line Vryburg to Huhudi|Naledi (NW392)|01/Apr/22|31/Mar/27|186 500|31 000|42 000|40 500|-\n2|Ganyesa wellfield|Kagisano-Molopo (NW397)|03/Jun/24|30/Oct/26|45 120|9 400|15 000|8 000|-\n<td colspan=5><b>Total new and replaced assets</b></td>|231 620|40 400|57 000|48 500|-\n<td colspan=11><b>2. Upgrades and additions</b></td>\n3|Pudimoe plant upgrade|Greater Taung (NW394)|01/Aug/25|29/Jun/29|97 000|-|12 000|30 000|33 000\n4|Taung households leaks|Greater Taung (NW394)|03/Feb/25|31/Mar/26|8 400|1 900|6 500|-|-\n<td colspan=5><b>Total upgrades and additions</b></td>|105 400|1 900|18 500|30 000|33 000\n<td colspan=5><b>Total infrastructure</b></td>|337 020|42 300|75 500|78 500|33 000")
    return page(f"<h3>Table B.5(a): Water: payments of infrastructure by category (R thousand)</h3><table>{head}{body}</table>")


@unseen("""
external_id|name|municipality|budget|status
SG-003|Senekal Ponds|FS191|28600000|-
SG-007|Ficksburg Weir|FS191|7420000|-
SG-012|Marquard Reservoir|FS191|15900000|-
SG-019|Clocolan Main|FS191|3100000|-
""")
def gates_of_a_delivery_system() -> str:
    """A tick a gate: the last one that is passed tempts, yet no stage is published in words."""
    head = "<tr><th rowspan=2>Project ID</th><th rowspan=2>Project</th><th rowspan=2>Municipality</th><th rowspan=2>Total estimated cost (R)</th><th colspan=7>FIDPM stage gate passed</th></tr><tr><th>1 Initiation</th><th>2 Concept</th><th>3 Design development</th><th>4 Design documentation</th><th>5 Works</th><th>6 Handover</th><th>7 Close-out</th></tr>"
    return page(f"<table class=gates>{head}" + trs("SG-003|Senekal Ponds|Setsoto (FS191)|28.600.000,00|✔|✔|✔|✔|✔||\nSG-007|Ficksburg Weir|Setsoto (FS191)|7.420.000,00|✔|✔|||||\nSG-012|Marquard Reservoir|Setsoto (FS191)|15.900.000,00|✔|✔|✔|✔|✔|✔|✔\nSG-019|Clocolan Main|Setsoto (FS191)|3.100.000,00|✔||||||") + "</table>")


@unseen("")
def bulletin_of_tenders() -> str:
    """A bulletin: what is asked for, its fees, gradings and closing times; bids are no projects of a list."""
    head = "Bid number|Description|Required at|CIDB grading|Document fee|Briefing session|Closing date and time"
    return page("<h2>Government Tender Bulletin 3412: construction services</h2>" + table(head, "ZNT 2088/2026|Upgrading of Inanda sewer pump station: civil works|Inanda, eThekwini (ETH)|6CE or higher|R650,00|2026-03-04 10:00|2026-03-27 11:00\nZNT 2091/2026|Term contract: repairs to boreholes, three years|Ulundi (KZN266)|4SP PE|R250,00|None|2026-04-02 11:00\nRFQ 19/26|Supply of two jet machines|Pietermaritzburg|n/a|R0,00|None|2026-03-13 12:00\nZNT 2097/2026|Appointment of engineers for Mkuze weir|Jozini (KZN272)|n/a|R400,00|2026-03-06 11:00|2026-04-10 11:00"))


@unseen("""
external_id|name|municipality|budget|status
PR.2025.118|Kuruman Eye Protection|NC452|5250000|planning
PR.2025.121|Mothibistad Sewer|NC452|48000000|construction
PR.2024.067|Kathu Bulk Storage|NC453|133900000|construction
PR.2023.009|Dibeng Boreholes|NC453|2750000|completed
PR.2025.140|Van Zylsrus Pipeline|NC451|17000000|tender
""")
def printed_list_made_into_a_page() -> str:
    """A printed list turned into placed lines; each page repeats the head and carries a sum forward."""
    def line(top: int, *cells: str) -> str:
        return "".join(f'<p style="position:absolute;top:{top}px;left:{left}px;white-space:nowrap" class="ft01">{text}</p>' for left, text in zip((54, 190, 420, 590, 720), cells, strict=False) if text)

    head = ("Project No.", "Project Name", "Municipality", "Budget (R)", "Status")
    first = line(60, "Capital register") + line(110, *head) + line(132, "PR.2025.118", "Kuruman Eye Protection", "Ga-Segonyana (NC452)", "5 250 000", "Planning") + line(154, "PR.2025.121", "Mothibistad Sewer", "Ga-Segonyana (NC452)", "48 000 000", "Construction") + line(176, "PR.2024.067", "Kathu Bulk Storage", "Gamagara (NC453)", "133 900 000", "Construction") + line(198, "", "Carried forward", "", "187 150 000") + line(240, "Page 1 of 2")
    other = line(60, "Capital register") + line(110, *head) + line(132, "", "Brought forward", "", "187 150 000") + line(154, "PR.2023.009", "Dibeng Boreholes", "Gamagara (NC453)", "2 750 000", "Completed") + line(176, "PR.2025.140", "Van Zylsrus Pipeline", "Joe Morolong (NC451)", "17 000 000", "Tender") + line(198, "", "Total", "", "206 900 000") + line(240, "Page 2 of 2")
    return f'<!DOCTYPE html><html><head><title>register.pdf</title></head><body bgcolor="#A0A0A0"><div id="page1-div" style="position:relative;width:918px;height:1188px">{first}</div><div id="page2-div" style="position:relative;width:918px;height:1188px">{other}</div></body></html>'
