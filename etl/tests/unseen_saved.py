"""Pages saved from the controls of content systems, offices and grids. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|status|progress_percentage|budget|expenditure|completion_date|contractor
NW/W/031|Mafikeng South Bulk Main|NW383|construction|54|118400000|63900000|2026-09-30|Tau Pele
NW/W/032|Itsoseng Reservoir|NW384|design|5|22750000|410000|2027-03-31|-
NW/W/035|Zeerust Boreholes Phase 2|NW385|completed|100|9300000|9287000|2025-02-28|Bosch Drilling
""")
def datatables_child_rows() -> str:
    """DataTables Responsive: columns that did not fit are hidden, and said again in a child row."""
    heads = ["Project No", "Project Name", "Municipality", "Status", "Progress (%)", "Budget (R)", "Expenditure (R)", "Completion Date", "Contractor"]
    head = "".join(f'<th class="{"sorting" if at < 4 else "none"}"{"" if at < 4 else chr(32) + chr(115) + "tyle=" + chr(34) + "display: none;" + chr(34)} tabindex="0" aria-controls="t1">{name}</th>' for at, name in enumerate(heads))

    def row(line: str) -> str:
        cells = line.split("|")
        main = "".join(f'<td class="{"dtr-control" if not at else ""}"{"" if at < 4 else " style=" + chr(34) + "display: none;" + chr(34)}>{cell}</td>' for at, cell in enumerate(cells))
        more = "".join(f'<li data-dtr-index="{at}" data-dt-row="0" data-dt-column="{at}"><span class="dtr-title">{heads[at]}</span> <span class="dtr-data">{cells[at]}</span></li>' for at in range(4, 9))
        return f'<tr role="row" class="odd parent">{main}</tr><tr class="child"><td class="child" colspan="4"><ul data-dtr-index="0" class="dtr-details">{more}</ul></td></tr>'

    body = "".join(map(row, (
        "NW/W/031|Mafikeng South Bulk Main|Mahikeng (NW383)|Construction|54|118 400 000|63 900 000|2026/09/30|Tau Pele",
        "NW/W/032|Itsoseng Reservoir|Ditsobotla (NW384)|Design|5|22 750 000|410 000|2027/03/31|",
        "NW/W/035|Zeerust Boreholes Phase 2|Ramotshere Moiloa (NW385)|Completed|100|9 300 000|9 287 000|2025/02/28|Bosch Drilling",
    )))
    return page(f'<div id="t1_wrapper" class="dataTables_wrapper"><div class="dataTables_length"><label>Show <select><option>10</option></select> entries</label></div><table id="t1" class="display responsive nowrap dataTable dtr-inline collapsed"><thead><tr role="row">{head}</tr></thead><tbody>{body}</tbody></table><div class="dataTables_info">Showing 1 to 3 of 3 entries</div></div>')


@unseen("""
external_id|name|municipality|budget|status
AG-701|Koster Package Plant|NW374|41000000|construction
AG-702|Swartruggens Outfall|NW374|18500000|tender
AG-705|Derby Reticulation|NW374|7200000|completed
""")
def ag_grid_rows_out_of_order() -> str:
    """AG Grid recycles row elements: what stands first in the DOM is placed last by its style."""
    rows = [("AG-701", "Koster Package Plant", "Kgetlengrivier (NW374)", "R 41 000 000", "Construction"), ("AG-702", "Swartruggens Outfall", "Kgetlengrivier (NW374)", "R 18 500 000", "Tender"), ("AG-705", "Derby Reticulation", "Kgetlengrivier (NW374)", "R 7 200 000", "Completed")]
    ids = ("projectNo", "projectName", "municipality", "budget", "status")
    heads = ("Project No", "Project Name", "Municipality", "Budget", "Status")

    def head(some: range) -> str:
        return "".join(f'<div class="ag-header-cell" role="columnheader" col-id="{ids[at]}" aria-colindex="{at + 1}" style="left: {at * 150}px; width: 150px;"><div class="ag-cell-label-container"><span class="ag-header-cell-text">{heads[at]}</span></div></div>' for at in some)

    def lines(some: range, order: tuple[int, ...]) -> str:
        return "".join(f'<div role="row" row-index="{n}" row-id="{n}" aria-rowindex="{n + 2}" class="ag-row ag-row-level-0" style="transform: translateY({n * 42}px);">' + "".join(f'<div role="gridcell" col-id="{ids[at]}" aria-colindex="{at + 1}" class="ag-cell ag-cell-value" style="left: {at * 150}px;">{rows[n][at]}</div>' for at in some) + "</div>" for n in order)

    return page(f'<div class="ag-root ag-layout-normal" role="treegrid" aria-rowcount="4" aria-colcount="5"><div class="ag-header" role="presentation"><div class="ag-pinned-left-header" role="rowgroup"><div class="ag-header-row" role="row" aria-rowindex="1">{head(range(2))}</div></div><div class="ag-header-viewport"><div class="ag-header-container" role="rowgroup"><div class="ag-header-row" role="row" aria-rowindex="1">{head(range(2, 5))}</div></div></div></div><div class="ag-body-viewport" role="presentation"><div class="ag-pinned-left-cols-container" role="rowgroup">{lines(range(2), (2, 0, 1))}</div><div class="ag-center-cols-viewport"><div class="ag-center-cols-container" role="rowgroup">{lines(range(2, 5), (1, 2, 0))}</div></div></div></div>')


@unseen("""
external_id|name|municipality|budget|expenditure|status
FX-11|Bitterfontein Desalination|WC011|56000000|31200000|construction
FX-12|Nuwerus Pump Station|WC011|8400000|0|tender
FX-19|Lutzville WTW Upgrade|WC011|23750000|23750000|completed
""")
def flexigrid() -> str:
    heads = "".join(f'<th axis="col{at}" align="left"><div style="text-align: left; width: 120px;">{name}</div></th>' for at, name in enumerate(("Ref No", "Project Title", "Local Municipality", "Approved Budget", "Spent to Date", "Status")))

    def row(n: int, line: str) -> str:
        return f'<tr id="row{n}" class="{"erow" if n % 2 else ""}">' + "".join(f'<td align="left"><div style="text-align: left; width: 120px; white-space: normal;">{cell}</div></td>' for cell in line.split("|")) + "</tr>"

    body = row(11, "FX-11|Bitterfontein Desalination|Matzikama (WC011)|R56 000 000,00|R31 200 000,00|Under Construction") + row(12, "FX-12|Nuwerus Pump Station|Matzikama (WC011)|R8 400 000,00|R0,00|Tender") + row(19, "FX-19|Lutzville WTW Upgrade|Matzikama (WC011)|R23 750 000,00|R23 750 000,00|Completed")
    return page(f'<div class="flexigrid" style="width: 900px;"><div class="mDiv"><div class="ftitle">Projects</div></div><div class="tDiv"><div class="tDiv2"><div class="fbutton"><div><span class="csv">Export</span></div></div></div></div><div class="hDiv"><div class="hDivBox"><table cellpadding="0" cellspacing="0"><thead><tr>{heads}</tr></thead></table></div></div><div class="bDiv" style="height: 200px;"><table id="flex1" cellpadding="0" cellspacing="0" border="0"><tbody>{body}</tbody></table></div><div class="pDiv"><div class="pDiv2"><span class="pPageStat">Displaying 1 to 3 of 3 items</span></div></div></div>')


@unseen("""
external_id|name|municipality|budget|contractor|completion_date
4500012|Upington Reservoir 20Ml|NC087|87300000|Down Touch Investments|2026-05-15
4500019|Louisvale Pipeline|NC087|15200000|Babereki Consulting|2025-12-01
4500020|Kanoneiland Intake|NC087|4900000|Inyatsi|2025-08-22
""")
def fiori_popin_rows() -> str:
    """A sap.m.Table on a narrow screen: the last columns stand below their row, with their labels."""
    def item(n: int, no: str, name: str, muni: str, budget: str, contractor: str, end: str) -> str:
        cells = "".join(f'<td class="sapMListTblCell" data-sap-ui-column="__column{at}"><span id="__text{at}-{n}" class="sapMText">{text}</span></td>' for at, text in enumerate((no, name, muni)))
        pop = "".join(f'<div class="sapMListTblSubCntRow"><span class="sapMListTblSubCntHdr sapMText">{label}</span><span class="sapMListTblSubCntSpr">:</span><div class="sapMListTblSubCntVal"><span class="sapMObjectNumber">{text}</span></div></div>' for label, text in (("Project Budget", budget), ("Contractor", contractor), ("Completion Date", end)))
        return f'<tr id="__item{n}" class="sapMLIB sapMListTblRow" role="row">{cells}</tr><tr id="__item{n}-sub" class="sapMListTblSubRow" role="none"><td class="sapMListTblSubRowCell" colspan="3"><div class="sapMListTblSubCnt">{pop}</div></td></tr>'

    head = "".join(f'<th class="sapMListTblHeaderCell" role="columnheader"><div class="sapMColumnHeader"><span class="sapMText">{name}</span></div></th>' for name in ("Project Number", "Project Name", "Municipality"))
    return page(f'<div class="sapMPage"><section><table class="sapMListTbl sapMListUl"><thead class="sapMListTblHeader"><tr class="sapMListTblRow">{head}</tr></thead><tbody class="sapMListItems sapMTableTBody">' + item(0, "4500012", "Upington Reservoir 20Ml", "Dawid Kruiper (NC087)", "R 87,300,000.00", "Down Touch Investments", "15 May 2026") + item(1, "4500019", "Louisvale Pipeline", "Dawid Kruiper (NC087)", "R 15,200,000.00", "Babereki Consulting", "1 Dec 2025") + item(2, "4500020", "Kanoneiland Intake", "Dawid Kruiper (NC087)", "R 4,900,000.00", "Inyatsi", "22 Aug 2025") + "</tbody></table></section></div>")


@unseen("""
external_id|name|municipality|status|budget|start_date
AP-2210|Kokstad Outfall Sewer|KZN433|construction|33600000|2024-07-01
AP-2214|Franklin Water Supply|KZN433|tender|12900000|2026-02-02
AP-2217|Bhongweni Reservoir|KZN433|completed|6150000|2022-11-14
""")
def apex_value_pairs() -> str:
    """Oracle APEX: a region of attribute and value pairs for each project."""
    def region(no: str, name: str, status: str, budget: str, start: str) -> str:
        pairs = (("Project No", no), ("Municipality", "Greater Kokstad (KZN433)"), ("Status", status), ("Budget", budget), ("Start Date", start))
        return f'<div class="t-Region t-Region--accent3" role="group"><div class="t-Region-header"><div class="t-Region-headerItems t-Region-headerItems--title"><h2 class="t-Region-title">{name}</h2></div></div><div class="t-Region-bodyWrap"><div class="t-Region-body"><dl class="t-AVPList t-AVPList--leftAligned">' + "".join(f'<dt class="t-AVPList-label">{label}</dt><dd class="t-AVPList-value">{text}</dd>' for label, text in pairs) + "</dl></div></div></div>"

    return page('<main class="t-Body-contentInner"><div class="container"><div class="row">' + region("AP-2210", "Kokstad Outfall Sewer", "Construction", "R33,600,000.00", "01-JUL-2024") + region("AP-2214", "Franklin Water Supply", "Tender", "R12,900,000.00", "02-FEB-2026") + region("AP-2217", "Bhongweni Reservoir", "Completed", "R6,150,000.00", "14-NOV-2022") + "</div></div></main>")


@unseen("""
external_id|name|municipality|budget|expenditure
L-90|Jozini Ring Feed|KZN272|240000000|181500000
L-91|Ubombo Springs|KZN272|3100000|0
L-92|Mkuze Package Works|KZN272|27800000|9900000
L-95|Bhambanana Line|KZN272|64250000|64250000
""")
def aspnet_listview_tiles() -> str:
    """An asp:ListView as the wizard makes it: two items a row, `label: <span id=…Label>` with line breaks."""
    def item(n: int, no: str, name: str, budget: str, spent: str) -> str:
        return f'<td id="ListView1_Td{n}" style="">Project_No: <span id="ListView1_Project_NoLabel_{n}">{no}</span><br />Project_Name: <span id="ListView1_Project_NameLabel_{n}">{name}</span><br />Municipality: <span id="ListView1_MunicipalityLabel_{n}">Jozini (KZN272)</span><br />Budget: <span id="ListView1_BudgetLabel_{n}">{budget}</span><br />Expenditure: <span id="ListView1_ExpenditureLabel_{n}">{spent}</span><br /></td>'

    return page('<form method="post" action="./list.aspx" id="form1"><table id="ListView1_groupPlaceholderContainer" border="0"><tr id="ListView1_Tr1"><td id="ListView1_Td5"><table id="ListView1_groupContainer"><tr>' + item(0, "L-90", "Jozini Ring Feed", "R240000000.00", "R181500000.00") + item(1, "L-91", "Ubombo Springs", "R3100000.00", "R0.00") + "</tr><tr>" + item(2, "L-92", "Mkuze Package Works", "R27800000.00", "R9900000.00") + item(3, "L-95", "Bhambanana Line", "R64250000.00", "R64250000.00") + "</tr></table></td></tr></table></form>")


@unseen("""
external_id|name|municipality|budget|status|contractor
DV-3|Dordrecht WTW Refurbishment|EC136|19400000|construction|Amatola Civils
""")
def aspnet_detailsview() -> str:
    """A project's own page: DetailsView with a header, a command row and a nested grid of certificates."""
    fields = (("Project Number", "DV-3"), ("Project Name", "Dordrecht WTW Refurbishment"), ("Municipality", "Emalahleni (EC136)"), ("Total Budget", "R 19 400 000.00"), ("Status", "Construction"), ("Contractor", "Amatola Civils"))
    rows = "".join(f'<tr class="{"AltRow" if at % 2 else "Row"}"><td class="FieldHeader">{label}</td><td>{text}</td></tr>' for at, (label, text) in enumerate(fields))
    certificates = table("Certificate|Date|Amount", "1|2025/03/31|R 2 100 000.00\n2|2025/04/30|R 3 050 000.00")
    return page(f'<h1>Project details</h1><table cellspacing="0" rules="all" border="1" id="MainContent_DetailsView1" style="border-collapse:collapse;"><tr class="Header"><td colspan="2">Project</td></tr>{rows}<tr class="Command"><td colspan="2"><a href="javascript:__doPostBack(&#39;ctl00$DetailsView1&#39;,&#39;Edit$0&#39;)">Print</a></td></tr></table><h3>Payment certificates</h3>{certificates}')


@unseen("""
external_id|name|municipality|budget|start_date|completion_date
CK-1|Vrede Bulk Line|FS195|51000000|2024-05-06|2026-03-31
CK-2|Warden Dam Wall|FS195|128000000|2025-01-20|2027-11-30
CK-4|Memel Toilets|FS195|7700000|2023-08-01|2024-10-31
""")
def nested_table_in_a_cell() -> str:
    """Pasted into an editor: no `th`, paragraphs in cells, and the dates as a small table inside the cell."""
    def dates(start: str, end: str) -> str:
        return f"<table border='0' cellpadding='1'><tbody><tr><td>Start</td><td>{start}</td></tr><tr><td>Completion</td><td>{end}</td></tr></tbody></table>"

    def row(*cells: str) -> str:
        return "<tr>" + "".join(f"<td><p>{cell}</p></td>" if "<table" not in cell else f"<td>{cell}</td>" for cell in cells) + "</tr>"

    return page("<div class='article-body'><p>The following projects are under way.</p><table border='1' cellpadding='1' cellspacing='1' style='width:100%'><tbody>" + row("<strong>Project No</strong>", "<strong>Project Name</strong>", "<strong>Municipality</strong>", "<strong>Budget</strong>", "<strong>Dates</strong>") + row("CK-1", "Vrede Bulk Line", "Phumelela (FS195)", "R51 000 000", dates("2024-05-06", "2026-03-31")) + row("CK-2", "Warden Dam Wall", "Phumelela (FS195)", "R128 000 000", dates("2025-01-20", "2027-11-30")) + row("CK-4", "Memel Toilets", "Phumelela (FS195)", "R7 700 000", dates("2023-08-01", "2024-10-31")) + "</tbody></table></div>")


@unseen("""
external_id|name|municipality|programme|budget|status
RS/01|Tubatse Rising Main|LIM476|RBIG|310000000|construction
RS/02|Burgersfort WTW|LIM476|RBIG|144000000|design
RS/03|Ohrigstad Pumps|LIM476|WSIG|12600000|construction
RS/07|Lebalelo South Connector|LIM471|WSIG|88500000|tender
""")
def rowspans_of_two_kinds_with_footnotes() -> str:
    """The municipality spans three rows, the programme other two; numbers of footnotes behind names and amounts."""
    return page("""<table class="wikitable"><tr><th>Municipality</th><th>Programme</th><th>Project No</th><th>Project Name</th><th>Budget (R million)</th><th>Status</th></tr>
    <tr><td rowspan="3">Fetakgomo Tubatse (LIM476)</td><td rowspan="2">RBIG</td><td>RS/01</td><td>Tubatse Rising Main<sup>1</sup></td><td>310.0<sup>2</sup></td><td>Construction</td></tr>
    <tr><td>RS/02</td><td>Burgersfort WTW</td><td>144.0</td><td>Design<sup>3)</sup></td></tr>
    <tr><td rowspan="2">WSIG</td><td>RS/03</td><td>Ohrigstad Pumps</td><td>12.6</td><td>Construction</td></tr>
    <tr><td>Ephraim Mogale (LIM471)</td><td>RS/07</td><td>Lebalelo South Connector</td><td>88.5</td><td>Tender</td></tr>
    <tr><td colspan="6">1) Joint with Lepelle Northern Water. 2) Includes R 20 million of the mines. 3) Environmental authorisation awaited.</td></tr></table>""")


@unseen("""
external_id|name|municipality|budget|completion_date
Z-1|Nquthu Bulk Water|KZN242|92000000|2026-06-30
Z-2|Isandlwana Boreholes|KZN242|5400000|2025-09-30
Z-3|Hlazakazi Pipeline|KZN242|17300000|2027-01-31
""")
def headings_in_isizulu_and_english() -> str:
    return page('<table><thead><tr><th>Inombolo yephrojekthi<br/><i>Project Number</i></th><th>Igama lephrojekthi<br/><i>Project Name</i></th><th>UMasipala<br/><i>Municipality</i></th><th>Isabelomali<br/><i>Budget</i></th><th>Usuku lokuqeda<br/><i>Completion Date</i></th></tr></thead><tbody>' + trs("Z-1|Nquthu Bulk Water|Nquthu (KZN242)|R92 000 000|30/06/2026\nZ-2|Isandlwana Boreholes|Nquthu (KZN242)|R5 400 000|30/09/2025\nZ-3|Hlazakazi Pipeline|Nquthu (KZN242)|R17 300 000|31/01/2027") + "</tbody></table>")


@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
XL-01|Bloemhof Emergency Line|NW403|14800000|11200000|82
XL-02|Wolmaransstad Outfall|NW404|61300000|5000000|9
XL-03|Leeudoringstad Tanks|NW404|2950000|2950000|100
""")
def excel_numbers_in_attributes() -> str:
    """Excel's "save as web page": the cell's number stands in `x:num`, rounded to millions in what is shown."""
    def row(no: str, name: str, muni: str, budget: int, spent: int, share: str) -> str:
        def num(value: int) -> str:
            return f"<td class=xl27 align=right x:num=\"{value}\">{value / 1e6:.2f}</td>"

        return f"<tr height=17 style='height:12.75pt'><td height=17 class=xl25 style='height:12.75pt'>{no}</td><td class=xl25>{name}</td><td class=xl25>{muni}</td>{num(budget)}{num(spent)}<td class=xl28 align=right x:num=\"{int(share) / 100}\">{share}%</td><td class=xl25 style='display:none;mso-hide:all'>internal {no}</td></tr>"

    head = "".join(f"<td class=xl24 style='border-left:none'>{name}</td>" for name in ("Project No", "Project Name", "Municipality", "Budget (R million)", "Expenditure (R million)", "% Complete")) + "<td class=xl24 style='display:none;mso-hide:all'>Key</td>"
    return f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=ProgId content=Excel.Sheet><style><!--table {{mso-displayed-decimal-separator:"\\.";}} .xl24 {{mso-style-parent:style0; font-weight:700;}}--></style><!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>Projects</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]--></head><body link=blue><table x:str border=0 cellpadding=0 cellspacing=0 width=900 style='border-collapse:collapse'><col width=64 style='width:48pt'><col width=200><tr height=17><td colspan=6 height=17 class=xl24>WATER PROJECTS AT 30 JUNE 2025</td></tr><tr height=17>{head}</tr>{row("XL-01", "Bloemhof Emergency Line", "City of Matlosana (NW403)", 14800000, 11200000, "82")}{row("XL-02", "Wolmaransstad Outfall", "Maquassi Hills (NW404)", 61300000, 5000000, "9")}{row("XL-03", "Leeudoringstad Tanks", "Maquassi Hills (NW404)", 2950000, 2950000, "100")}<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=64></td><td width=200></td><td width=120></td><td width=90></td><td width=90></td><td width=60></td></tr><![endif]></table></body></html>"""


@unseen("""
external_id|name|municipality|budget|status
TC/1|Cradock Reservoir|EC131|12000000|construction
TC/2|Middelburg Pumps|EC131|8300000|tender
TC/3|Lingelihle Sewer|EC131|45600000|completed
""")
def word_with_tracked_changes() -> str:
    """Word's HTML with what was struck and what was put in its place."""
    def cell(text: str) -> str:
        return f"<td width=120 valign=top style='width:90.0pt;border:solid windowtext 1.0pt'><p class=MsoNormal><span lang=EN-ZA style='font-size:9.0pt'>{text}<o:p></o:p></span></p></td>"

    def old(text: str, new: str) -> str:
        return f'<del cite="mailto:clerk" datetime="2025-05-02T10:11">{text}</del><ins cite="mailto:clerk" datetime="2025-05-02T10:11">{new}</ins>'

    def row(*cells: str) -> str:
        return "<tr>" + "".join(map(cell, cells)) + "</tr>"

    head = "<tr style='mso-yfti-firstrow:yes'>" + "".join(map(cell, (f"<b>{name}</b>" for name in ("Project No.", "Name of Project", "Municipality", "Budget", "Status")))) + "</tr>"
    return f"<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><div class=WordSection1><p class=MsoNormal><b>Annexure C</b></p><table class=MsoTableGrid border=1>{head}" + row("TC/1", "Cradock Reservoir", "Inxuba Yethemba (EC131)", old("R 10 000 000", "R 12 000 000"), "Construction") + row("TC/2", "Middelburg Pumps", "Inxuba Yethemba (EC131)", "R 8 300 000", old("Design", "Tender")) + row("TC/3", "Lingelihle Sewer", "Inxuba Yethemba (EC131)", "R 45 600 000", "Completed") + "</table></div></body></html>"


@unseen("""
external_id|name|municipality|budget|status
P2H-1|Ficksburg Weir|FS191|23400000|construction
P2H-2|Marquard Reservoir|FS191|9900000|design
P2H-3|Clocolan Line|FS191|31750000|tender
""")
def pdf_converter_with_classes() -> str:
    """pdf2htmlEX: where a piece of text stands is said by classes, and these by a style sheet."""
    columns = (40, 120, 300, 480, 600)
    style = "".join(f".x{at}{{left:{left}px;}}" for at, left in enumerate(columns)) + "".join(f".y{at}{{bottom:{700 - 20 * at}px;}}" for at in range(5))
    lines = (("Project No", "Project Name", "Municipality", "Budget (R)", "Status"), ("P2H-1", "Ficksburg Weir", "Setsoto (FS191)", "23 400 000", "Construction"), ("P2H-2", "Marquard Reservoir", "Setsoto (FS191)", "9 900 000", "Design"), ("P2H-3", "Clocolan Line", "Setsoto (FS191)", "31 750 000", "Tender"))
    text = "".join(f'<div class="t m0 x{at} h1 y{n} ff1 fs0 fc0 sc0 ls0 ws0">{cell}</div>' for n, line in enumerate(lines) for at, cell in enumerate(line))
    return f'<!DOCTYPE html><html><head><title>report.pdf</title><style>.t{{position:absolute;white-space:pre;}}{style}</style></head><body><div id="page-container"><div id="pf1" class="pf w0 h0" data-page-no="1"><div class="pc pc1 w0 h0">{text}</div></div></div></body></html>'


@unseen("""
external_id|name|municipality|budget|status|completion_date
AT-31|Hotazel Bulk Scheme|NC451|206000000|construction|2027-03-31
AT-32|Santoy Boreholes|NC451|4700000|completed|2024-06-28
AT-40|Magobing Pipeline|NC451|38200000|design|2028-02-29
""")
def labels_above_values_in_a_gallery() -> str:
    """A shared gallery view: small labels in capitals above each value, as nothing but divs."""
    def card(name: str, *pairs: tuple[str, str]) -> str:
        return f'<div class="galleryCard"><div class="cardTitle truncate">{name}</div>' + "".join(f'<div class="cardRow"><div class="fieldLabel caps quieter">{label}</div><div class="cellDisplay">{text}</div></div>' for label, text in pairs) + "</div>"

    def one(name: str, no: str, budget: str, status: str, end: str) -> str:
        return card(name, ("PROJECT NUMBER", no), ("MUNICIPALITY", "Joe Morolong (NC451)"), ("BUDGET", budget), ("STATUS", status), ("COMPLETION DATE", end))

    return page('<div class="galleryViewContainer">' + one("Hotazel Bulk Scheme", "AT-31", "R206,000,000", "Construction", "2027-03-31") + one("Santoy Boreholes", "AT-32", "R4,700,000", "Completed", "2024-06-28") + one("Magobing Pipeline", "AT-40", "R38,200,000", "Design", "2028-02-29") + "</div>")
