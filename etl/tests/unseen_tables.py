"""Tables as sites nobody has looked at write them: what is merged, footed, noted, dated and counted. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen


def trs(text: str, tag: str = "td") -> str:
    """A row a line, its cells parted by "|"; a cell that is a tag already stays."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return "".join(
        "<tr>" + "".join(c if c.startswith(("<td", "<th")) else f"<{tag}>{c}</{tag}>" for c in row) + "</tr>"
        for row in rows
    )


def table(head: str, body: str, more: str = "") -> str:
    return f"<html><body><table {more}>{trs(head, 'th')}{trs(body)}</table></body></html>"


# fmt: off
@unseen("""
external_id|name|municipality|budget|status|completion_date
RBIG/NC/011|Riverton WTW Refurbishment|NC091|186450000|construction|2027-03-31
WSIG/NC/044|Homevale Outfall Sewer|NC091|42300000|completed|2023-11-15
RBIG/NC/052|Kimberley Bulk Leak Repairs|NC091|97000000|-|-
""")
def gridview_blank_cells() -> str:
    return f"""<html><body><form><div><table cellspacing="0" rules="all" border="1" id="ContentPlaceHolder1_GridView1" style="border-collapse:collapse;">
    {trs('<th scope="col"><a href="javascript:__doPostBack(&#39;g&#39;,&#39;Sort$No&#39;)">Proj No</a></th>|<th scope="col">Project Description</th>|<th scope="col">Mun</th>|<th scope="col">Total Project Cost</th>|<th scope="col">Project Status</th>|<th scope="col">Completion</th>')}
    {trs('RBIG/NC/011|Riverton WTW Refurbishment|Sol Plaatje [NC091]|<td align="right">R 186 450 000.00</td>|Under Construction|31 Mar 2027')}
    {trs('WSIG/NC/044|Homevale Outfall Sewer|Sol Plaatje [NC091]|<td align="right">R 42 300 000.00</td>|Completed|15 Nov 2023')}
    {trs('RBIG/NC/052|Kimberley Bulk Leak Repairs|Sol Plaatje [NC091]|<td align="right">R 97 000 000.00</td>|&nbsp;|&nbsp;')}
    </table></div></form></body></html>"""

@unseen("""
external_id|name|budget|expenditure|progress_percentage
EC-1|Totalview Reservoir 2.5 Ml|12500000|4300000|34
EC-2|Average Street Sewer Link|8000000|8000000|100
EC-3|Sub-total Farm Boreholes|3450000|-|0
""")
def names_that_begin_as_totals() -> str:
    return table("Project No|Project Name|Budget (R)|Expenditure (R)|Progress", """
    EC-1|Totalview Reservoir 2.5 Ml|12,500,000|4,300,000|34%
    EC-2|Average Street Sewer Link|8,000,000|8,000,000|100%
    EC-3|Sub-total Farm Boreholes|3,450,000|-|0%
    <td colspan="2">Total</td>|23,950,000|12,300,000|""")

@unseen("""
external_id|name|municipality|budget|expenditure
P101|Ward 7 Reticulation|EC157|14250000|2100000
P102|Mthatha Dam Intake (Phase 2 of 3)|EC157|310000000|298400000
P103|Zimbane Valley Toilets|EC157|9100000|9100000
P201|Mdantsane Pump Station No. 4|BUF|27800000|11000000
P202|Reeston WWTW|BUF|640000000|15600000
""")
def ssrs_tablix() -> str:
    def cell(text: str, style: str = "") -> str:
        return f'<td style="vertical-align:top;{style}" class="a12c"><div style="WIDTH:28mm"><div class="a12">{text}</div></div></td>'

    def row(*texts: str) -> str:
        return '<tr style="HEIGHT:6mm"><td style="HEIGHT:6mm"></td>' + "".join(map(cell, texts)) + "</tr>"

    head = row("Municipality", "Project Ref", "Project", "Budget R'000", "Spent R'000")
    blank = '<tr height="0"><td style="WIDTH:0mm"></td>' + '<td style="WIDTH:30mm"></td>' * 5 + "</tr>"
    body = row("King Sabata Dalindyebo (EC157)", "P101", "Ward 7 Reticulation", "14 250", "2 100").replace('class="a12c"', 'class="a12c" rowspan="4"', 1)
    body += row("P102", "Mthatha Dam Intake (Phase 2 of 3)", "310 000", "298 400") + row("P103", "Zimbane Valley Toilets", "9 100", "9 100")
    body += '<tr><td></td><td colspan="2"><div class="a14">Total King Sabata Dalindyebo (EC157)</div></td>' + cell("333 350") + cell("309 600") + "</tr>"
    body += row("Buffalo City (BUF)", "P201", "Mdantsane Pump Station No. 4", "27 800", "11 000").replace('class="a12c"', 'class="a12c" rowspan="3"', 1)
    body += row("P202", "Reeston WWTW", "640 000", "15 600")
    body += '<tr><td></td><td colspan="2"><div class="a14">Total Buffalo City (BUF)</div></td>' + cell("667 800") + cell("26 600") + "</tr>"
    body += '<tr><td></td><td colspan="3"><div class="a14">Grand Total</div></td>' + cell("1 001 150") + cell("336 200") + "</tr>"
    return f'<html><body><div id="oReportDiv"><table cellspacing="0" cellpadding="0" border="0" class="a99">{blank}{head}{body}</table></div></body></html>'

@unseen("""
external_id|name|municipality|budget|expenditure|status
DC16-01|Trompsburg Pipeline|DC16|45600000|-|tender
DC16-02|Jagersfontein Reservoir|DC16|12000000|12480000|completed
DC16-03|Koffiefontein Meters|DC16|3100000|900000|construction
""")
def word_filtered() -> str:
    def p(text: str) -> str:
        return f"<p class=MsoNormal style='margin-bottom:0cm'><span lang=EN-ZA style='font-size:9.0pt'>{text}<o:p></o:p></span></p>"

    def row(*texts: str) -> str:
        return "<tr style='mso-yfti-irow:1'>" + "".join(f"<td width=120 valign=top style='border:solid windowtext 1.0pt'>{p(text)}</td>" for text in texts) + "</tr>"

    return ("<html xmlns:o='urn:schemas-microsoft-com:office:office'><body lang=EN-ZA><div class=WordSection1><p class=MsoNormal><b>ANNEXURE B</b></p><p class=MsoCaption>Table 3: Bulk projects (amounts in Rand)</p>"
            "<table class=MsoTableGrid border=1>" + row("<b>No</b>", "<b>Project number</b>", "<b>Project name</b>", "<b>WSA</b>", "<b>Budget</b>", "<b>Expenditure to date</b>", "<b>Status</b>")
            + row("1.", "DC16-01", "Trompsburg Pipeline", "Xhariep DM (DC16)", "R45&nbsp;600&nbsp;000", "Nil", "Tender")
            + row("2.", "DC16-02", "Jagersfontein Reservoir", "Xhariep DM (DC16)", "R12&nbsp;000&nbsp;000", "R12&nbsp;480&nbsp;000", "Completed")
            + row("3.", "DC16-03", "Koffiefontein Meters", "Xhariep DM (DC16)", "R3&nbsp;100&nbsp;000", "R900&nbsp;000", "Construction")
            + "</table></div></body></html>")

@unseen("""
external_id|name|municipality|start_date|completion_date|budget
MP-07|Middelburg Ext 24 Sewer|MP313|2024-02-01|2026-01-31|18700000
MP-08|Hendrina Package Plant|MP313|2023-07-15|2025-09-30|22000000
MP-09|Kwazamokuhle Line|MP313|2025-04-01|2027-04-30|5400000
""")
def excel_saved_with_titles() -> str:
    return f"""<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body link=blue vlink=purple><table border=0 cellpadding=0 cellspacing=0 width=900 style='border-collapse:collapse;table-layout:fixed'>
    <col width=64><col width=200><col width=90 span=4><tr height=21><td height=21 class=xl65 colspan=3 style='mso-ignore:colspan'>STEVE TSHWETE LOCAL MUNICIPALITY (MP313)</td><td class=xl65></td><td></td><td></td></tr>
    <tr height=20><td height=20 colspan=6>CAPITAL PROJECTS 2025/26: WATER &amp; SANITATION</td></tr><tr height=20><td height=20></td><td></td><td></td><td></td><td></td><td></td></tr>
    {trs('''<td class=xl67>PROJECT NO.</td>|<td class=xl67>PROJECT NAME</td>|<td class=xl67>MUNICIPALITY</td>|<td class=xl67>START<br>DATE</td>|<td class=xl67>COMPLETION<br>DATE</td>|<td class=xl67>BUDGET (R)</td>
    MP-07|Middelburg Ext 24 Sewer|MP313|<td class=xl70 align=right x:num="45323">01-Feb-24</td>|<td class=xl70 align=right>31-Jan-26</td>|<td class=xl71 x:num="18700000"><span style='mso-spacerun:yes'>&nbsp;</span>18 700 000,00 </td>
    MP-08|Hendrina Package Plant|MP313|15-Jul-23|30-Sep-25|22 000 000,00
    MP-09|Kwazamokuhle Line|MP313|01-Apr-25|30-Apr-27|5 400 000,00
    |||||46 100 000,00''')}<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=64></td><td width=200></td></tr><![endif]></table></body></html>"""

@unseen("""
external_id|name|municipality|budget|progress_percentage|status
4411|Sebokeng Sewer Pump 2|GT421|88000000|55|construction
4412|Vaal River Outfall|GT421|1250000000|12.5|construction
4413|Boipatong Toilets|GT421|6700000|100|completed
""")
def google_sheet_published() -> str:
    def row(n: int, *texts: str) -> str:
        cells = "".join(f'<td class="s{n % 4}" dir="ltr">{t}</td>' for t in texts)
        return f'<tr style="height: 20px"><th id="0R{n}" style="height: 20px;" class="row-headers-background"><div class="row-header-wrapper" style="line-height: 20px">{n + 1}</div></th>{cells}</tr>'

    heads = "".join(f'<th id="0C{n}" style="width:100px;" class="column-headers-background">{c}</th>' for n, c in enumerate("ABCDEF"))
    body = row(0, "Project ID", "Project title", "Municipality", "Approved budget (Rm)", "% physical progress", "Status") + row(1, "4411", "Sebokeng Sewer Pump 2", "Emfuleni - GT421", "88,0", "55", "Construction")
    body += row(2, "4412", "Vaal River Outfall", "Emfuleni - GT421", "1 250,0", "12,5", "Construction") + row(3, "4413", "Boipatong Toilets", "Emfuleni - GT421", "6,7", "100", "Complete")
    return f'<html><body><div id="sheets-viewport"><div id="0"><div class="ritz grid-container" dir="ltr"><table class="waffle" cellspacing="0"><thead><tr><th class="row-header freezebar-origin-ltr"></th>{heads}</tr></thead><tbody>{body}</tbody></table></div></div></div></body></html>'

@unseen("""
name|municipality|budget
Upgrade of Promosa Reservoir|NW405|15600000
Ikageng Sewer Outfall|NW405|38200000
Ventersdorp WWTW|NW405|71000000
""")
def idp_three_years() -> str:
    """An IDP's list: a budget a year, and the total of the years is the project's."""
    return table("IDP Ref|Project Name|Ward|Municipality|2024/25|2025/26|2026/27|Total Budget", """
    KPA 2.1|Upgrade of Promosa Reservoir|3, 5|JB Marks (NW405)|R5 600 000|R10 000 000|R0|R15 600 000
    KPA 2.1|Ikageng Sewer Outfall|All|JB Marks (NW405)|R8 200 000|R15 000 000|R15 000 000|R38 200 000
    KPA 2.1|Ventersdorp WWTW|29|JB Marks (NW405)|R1 000 000|R30 000 000|R40 000 000|R71 000 000""")

@unseen("""
external_id|name|municipality|budget|expenditure|completion_date
WP-31|Edendale Bulk Main|KZN225|142000000|63000000|2026-06-30
WP-32|Vulindlela Phase 4|KZN225|77500000|70100000|2025-12-31
WP-33|Sweetwaters Zone 3|KZN225|31000000|400000|2027-02-28
""")
def footnotes_and_stars() -> str:
    return f"""<html><body><table><caption>Bulk water, uMgungundlovu</caption><thead>{trs("Project No.|Project<sup>a</sup>|Municipality|Budget (R million)<sup>b</sup>|Expenditure (R million)|Completion<sup>c</sup>", "th")}</thead><tbody>
    {trs("WP-31|Edendale Bulk Main*|Msunduzi (KZN225)|142.0<sup>1</sup>|63.0|30/06/2026")}{trs("WP-32|Vulindlela Phase 4|Msunduzi (KZN225)|77.5|70.1<sup>2</sup>|31/12/2025")}{trs("WP-33|Sweetwaters Zone 3†|Msunduzi (KZN225)|31.0|0.4|28/02/2027")}</tbody>
    <tfoot><tr><td colspan="6"><small>* Under litigation. † Source: DWS regional office. <sup>1</sup> Revised in March.</small></td></tr></tfoot></table></body></html>"""

@unseen("""
external_id|name|budget|expenditure
A-1|Zandvliet Sludge|52000000|51000000
A-2|Athlone Pump|18000000|-250000
A-3|Wesfleur Inlet|7300000|0
""")
def accounting_negatives() -> str:
    return table("Project Number|Project Name|Budget|Expenditure|Variance", """
    A-1|Zandvliet Sludge|R 52,000,000|R 51,000,000|R 1,000,000
    A-2|Athlone Pump|R 18,000,000|(R 250,000)|R 18,250,000
    A-3|Wesfleur Inlet|R 7,300,000|R 0|R 7,300,000""")

@unseen("""
external_id|name|municipality|status|budget|start_date|completion_date|contractor
FS-77|Botshabelo Rioolpompstasie|MAN|construction|23400000|2024-03-01|2026-08-31|Ruwacon
FS-78|Thaba Nchu Waterpyp|MAN|completed|8900000|2021-05-10|2022-10-28|Lubbe Konstruksie
FS-79|Maselspoort Pype|MAN|-|61250000|2025-12-01|2028-07-15|-
""")
def afrikaans_bilingual() -> str:
    return table("Projek Nr. / Project No.|Projeknaam / Project Name|Munisipaliteit / Municipality|Status / Toestand|Begroting / Budget (R)|Aanvangsdatum / Start Date|Voltooiingsdatum / Completion Date|Kontrakteur / Contractor", """
    FS-77|Botshabelo Rioolpompstasie|Mangaung (MAN)|In konstruksie|23 400 000,00|1 Maart 2024|31 Augustus 2026|Ruwacon
    FS-78|Thaba Nchu Waterpyp|Mangaung (MAN)|Voltooi|8 900 000,00|10 Mei 2021|28 Oktober 2022|Lubbe Konstruksie
    FS-79|Maselspoort Pype|Mangaung (MAN)||61 250 000,00|1 Desember 2025|15 Julie 2028|n.v.t.""")

@unseen("""
external_id|name|budget
LP01|Steelpoort Abstraction Works|412000000
LP02|Praktiseer Reservoir|31000000
LP03|Burgersfort Rising Main|56700000
""")
def unclosed_everything() -> str:
    return """<HTML><BODY BGCOLOR=#FFFFFF><CENTER><FONT FACE=Arial SIZE=2><TABLE BORDER=1 CELLPADDING=3>
    <TR BGCOLOR=#003366><TD><FONT COLOR=white><B>Proj No<TD><FONT COLOR=white><B>Project Name<TD><FONT COLOR=white><B>Budget
    <TR><TD>LP01<TD>Steelpoort Abstraction Works<TD ALIGN=RIGHT>R412 000 000
    <TR><TD>LP02<TD>Praktiseer Reservoir<TD ALIGN=RIGHT>R31 000 000
    <TR><TD>LP03<TD>Burgersfort Rising Main<TD ALIGN=RIGHT>R56 700 000
    <TR><TD COLSPAN=2><B>TOTAL<TD ALIGN=RIGHT><B>R499 700 000</TABLE>"""

@unseen("""
external_id|name|municipality|status|budget
9001|Kwamhlanga Bulk|MP315|construction|44000000
9002|Tweefontein Link|MP315|design|12500000
9003|Siyabuswa Dam Safety|MP316|completed|8100000
""")
def continuation_rows() -> str:
    """A long name over two rows, the second of which has nothing else."""
    return table("Project No|Project Name|Municipality|Status|Budget", """
    9001|Kwamhlanga|Thembisile Hani (MP315)|Construction|R44 000 000
    |Bulk|||
    9002|Tweefontein Link|Thembisile Hani (MP315)|Design|R12 500 000
    9003|Siyabuswa Dam|Dr JS Moroka (MP316)|Completed|R8 100 000
    |Safety|||""")

@unseen("""
external_id|name|municipality|budget
K-1|Ntuzuma F Reticulation|ETH|21000000
K-2|Umlazi V Outfall|ETH|33000000
K-3|Ohlanga Tunnel|ETH|128000000
""")
def dates_of_the_update_and_pager_row() -> str:
    return f"""<html><body><p>Last updated: 12 May 2026 08:41</p><table class="table table-striped">{trs("Project No|Project Name|Municipality|Budget", "th")}
    {trs("K-1|Ntuzuma F Reticulation|eThekwini (ETH)|R21,000,000.00")}{trs("K-2|Umlazi V Outfall|eThekwini (ETH)|R33,000,000.00")}{trs("K-3|Ohlanga Tunnel|eThekwini (ETH)|R128,000,000.00")}
    <tr class="pgr"><td colspan="4"><table><tr><td><span>1</span></td><td><a href="javascript:__doPostBack('gv','Page$2')">2</a></td></tr></table></td></tr></table></body></html>"""

@unseen("""
external_id|name|municipality|budget|status
T1|Sandspruit Package Plant|JHB|19000000|design
T2|Northern Works Unit 5|JHB|405000000|construction
T3|Ennerdale Digesters|JHB|66000000|completed
""")
def telerik_hierarchy() -> str:
    def row(n: int, text: str) -> str:
        more = f'<tr style="display:none;"><td class="rgExpandCol"></td><td colspan="5"><div class="rgDetailTable"><table class="rgDetailTable"><thead><tr><th>Milestone</th><th>Due</th></tr></thead><tbody><tr class="rgRow"><td>Site handover</td><td>0{n + 1}/02/2026</td></tr></tbody></table></div></td></tr>'
        cells = "".join(f"<td>{t}</td>" for t in text.split("|"))
        return f'<tr class="{"rgRow" if n % 2 else "rgAltRow"}" id="RadGrid1_ctl00__{n}"><td class="rgExpandCol"><input type="submit" title="Expand" class="rgExpand"></td>{cells}</tr>{more}'

    return f"""<html><body><div id="RadGrid1" class="RadGrid RadGrid_Default"><table class="rgMasterTable" id="RadGrid1_ctl00"><thead><tr><th class="rgHeader rgExpandCol">&nbsp;</th>{"".join(f'<th scope="col" class="rgHeader"><a>{h}</a></th>' for h in ("Project Ref", "Name", "Municipality", "Budget", "Status"))}</tr></thead>
    <tfoot><tr class="rgFooter"><td>&nbsp;</td><td>Count : 3</td><td></td><td></td><td>Sum : R490,000,000</td><td></td></tr></tfoot><tbody>{row(0, "T1|Sandspruit Package Plant|City of Johannesburg (JHB)|R19,000,000|Design")}{row(1, "T2|Northern Works Unit 5|City of Johannesburg (JHB)|R405,000,000|Construction")}{row(2, "T3|Ennerdale Digesters|City of Johannesburg (JHB)|R66,000,000|Completed")}</tbody></table></div></body></html>"""

@unseen("""
external_id|name|municipality|budget|progress_percentage
TS-1|Rooiwal Phase 1A|TSH|291000000|68
TS-2|Temba Upgrade|TSH|510500000|95
TS-3|Bronkhorstspruit Line|TSH|14750000|0
""")
def money_with_cents_and_k() -> str:
    """Amounts with a scale of their own in each cell."""
    return table("Ref No|Project|Municipality|Project value|Overall progress", """
    TS-1|Rooiwal Phase 1A|City of Tshwane (TSH)|R291m|68 %
    TS-2|Temba Upgrade|City of Tshwane (TSH)|R510.5m|95 %
    TS-3|Bronkhorstspruit Line|City of Tshwane (TSH)|R14.75m|0 %""")

@unseen("""
external_id|name|budget|expenditure
G1|Loskop Regional|1600000000|120000000
G2|Sekhukhune 2D|880500000|640250000
G3|Moutse Phase 3|95000000|94100000
""")
def unit_row_in_brackets() -> str:
    return f"<html><body><table border=1>{trs('<th>Project No</th>|<th>Project</th>|<th>Budget</th>|<th>Expenditure</th>')}{trs('||(R million)|(R million)')}{trs('G1|Loskop Regional|1,600.00|120.00')}{trs('G2|Sekhukhune 2D|880.50|640.25')}{trs('G3|Moutse Phase 3|95.00|94.10')}</table></body></html>"

@unseen("""
external_id|name|municipality|start_date|completion_date
D1|Lusikisiki Regional|EC153|2019-08-05|2026-03-01
D2|Flagstaff Boreholes|EC153|2020-01-13|2021-06-30
D3|Port St Johns Intake|EC154|2022-11-30|2027-12-15
""")
def dates_with_weekdays_and_times() -> str:
    return table("Project number|Project name|Municipality|Start date|End date", """
    D1|Lusikisiki Regional|Ingquza Hill (EC153)|Monday, 05 August 2019|2026/03/01 12:00:00 AM
    D2|Flagstaff Boreholes|Ingquza Hill (EC153)|Monday, 13 January 2020|2021/06/30 12:00:00 AM
    D3|Port St Johns Intake|Port St Johns (EC154)|Wednesday, 30 November 2022|2027/12/15 12:00:00 AM""")

@unseen("""
external_id|name|municipality|budget|completion_date
Q1|Umzimkhulu Scheme|KZN435|84000000|-
Q2|Ibisi Housing Water|KZN435|16000000|-
Q3|Riverside Link|KZN435|9000000|-
""")
def quarters_and_years_as_dates() -> str:
    """A completion by quarter is no day; it is told, not guessed."""
    return table("Project No|Project Name|Municipality|Budget|Completion Date", """
    Q1|Umzimkhulu Scheme|Umzimkhulu (KZN435)|R84 000 000|Q3 2026/27
    Q2|Ibisi Housing Water|Umzimkhulu (KZN435)|R16 000 000|2027
    Q3|Riverside Link|Umzimkhulu (KZN435)|R9 000 000|Q1 2027/28""")

@unseen("""
external_id|name|municipality|budget|status
S1|Swellendam Filter|WC034|12000000|construction
S2|Barrydale Dam Lining|WC034|4400000|tender
S3|Suurbraak Pipe|WC034|2900000|completed
""")
def drupal_grouped_captions() -> str:
    def one(status: str, rows: str) -> str:
        return f'<table class="views-table cols-4"><caption>{status}</caption><thead>{trs("Project code|Title|Municipality|Budget", "th")}</thead><tbody>{trs(rows)}</tbody></table>'

    return "<html><body><div class='view-content'>" + one("Status: Construction", "S1|Swellendam Filter|Swellendam (WC034)|R 12 000 000") + one("Status: Tender", "S2|Barrydale Dam Lining|Swellendam (WC034)|R 4 400 000") + one("Status: Completed", "S3|Suurbraak Pipe|Swellendam (WC034)|R 2 900 000") + "</div></body></html>"

@unseen("""
external_id|name|municipality|budget
J1|Douglas WTW|NC078|31000000
J2|Griekwastad Boreholes|NC078|7600000
J3|Campbell Reservoir|NC078|5100000
""")
def joomla_article_colgroups() -> str:
    return f"""<html><body><div class="item-page"><h2 itemprop="headline">Projects</h2><table style="width: 661px;" border="1"><colgroup><col /><col /><col /><col /></colgroup><tbody>
    {trs('''<td><p><strong>Project code</strong></p></td>|<td><p><strong>Name of project</strong></p></td>|<td><p><strong>Municipality</strong></p></td>|<td><p><strong>Budget</strong></p></td>
    <td><p>J1</p></td>|<td><p>Douglas WTW</p></td>|<td><p>Siyancuma (NC078)</p></td>|<td><p>R31 million</p></td>
    <td><p>J2</p></td>|<td><p>Griekwastad Boreholes</p></td>|<td><p>Siyancuma (NC078)</p></td>|<td><p>R7,6 million</p></td>
    <td><p>J3</p></td>|<td><p>Campbell Reservoir</p></td>|<td><p>Siyancuma (NC078)</p></td>|<td><p>R5,1 million</p></td>
    <td><p>&nbsp;</p></td>|<td><p>&nbsp;</p></td>|<td><p>&nbsp;</p></td>|<td><p>R43,7 million</p></td>''')}</tbody></table></div></body></html>"""

@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage
B1|Nongoma Bulk|KZN265|150000000|75000000|48
B2|Ulundi Link|KZN266|60000000|6000000|9
B3|Hlabisa Pump|KZN266|33000000|33000000|100
""")
def two_percent_columns() -> str:
    return table("Project No|Project Name|Municipality|Budget|Expenditure|% Expenditure|% Physical Progress|Variance %", """
    B1|Nongoma Bulk|Nongoma (KZN265)|R150 000 000|R75 000 000|50%|48%|2%
    B2|Ulundi Link|Ulundi (KZN266)|R60 000 000|R6 000 000|10%|9%|1%
    B3|Hlabisa Pump|Ulundi (KZN266)|R33 000 000|R33 000 000|100%|100%|0%""")

@unseen("""
external_id|name|municipality|budget|expenditure
C1|Cala Bulk|EC137|71000000|60000000
C2|Tsomo Sewer|EC137|28000000|1000000
C3|Cofimvaba Taps|EC137|4000000|3900000
""")
def stacked_bands() -> str:
    return f"""<html><body><table border="1"><thead><tr><th rowspan="3">Project No</th><th rowspan="3">Project Name</th><th rowspan="3">Municipality</th><th colspan="4">Financial (R'000)</th></tr><tr><th colspan="2">Life of project</th><th colspan="2">2025/26</th></tr><tr><th>Budget</th><th>Expenditure</th><th>Budget</th><th>Expenditure</th></tr></thead><tbody>
    {trs("C1|Cala Bulk|Intsika Yethu (EC137)|71 000|60 000|10 000|4 000")}{trs("C2|Tsomo Sewer|Intsika Yethu (EC137)|28 000|1 000|12 000|1 000")}{trs("C3|Cofimvaba Taps|Intsika Yethu (EC137)|4 000|3 900|500|400")}</tbody></table></body></html>"""

@unseen("""
external_id|name|municipality|budget
M1|Musina Northern Field|LIM341|52000000
M2|Nancefield Reservoir|LIM341|14000000
M3|Madimbo Taps|LIM341|3500000
M4|Alldays Desalination|LIM351|22000000
M5|Senwabarwana Mains|LIM351|9800000
""")
def municipality_subheads_with_counts() -> str:
    return table("Project No|Project Name|Budget", """
    <td colspan="3"><strong>Musina - [LIM341] 3 Projects with a Total value: R69 500 000</strong></td>
    M1|Musina Northern Field|R52 000 000
    M2|Nancefield Reservoir|R14 000 000
    M3|Madimbo Taps|R3 500 000
    <td colspan="3"><strong>Blouberg - [LIM351] 2 Projects with a Total value: R31 800 000</strong></td>
    M4|Alldays Desalination|R22 000 000
    M5|Senwabarwana Mains|R9 800 000""")

@unseen("""
external_id|name|municipality|budget|status
L1|Letaba Wellfield|LIM332|12000000|on_hold
L2|Modjadjiskloof Pipe|LIM332|9000000|cancelled
L3|Sekgosese Scheme|LIM332|27000000|construction
""")
def sharepoint_list_plain() -> str:
    return table("<th><input type=checkbox title='Select All'></th>|<th>Attachments</th>|Project Number|Title|Municipality|Budget|Status|Modified|Modified By", """
    <td><input type=checkbox></td>|<td><img src=clip.gif alt=Attachment></td>|L1|<td><a href='/p/1'>Letaba Wellfield</a><img src=new.gif alt=New></td>|Greater Letaba (LIM332)|R12,000,000|On Hold|2026/05/11 10:12 AM|Mokoena, T
    <td><input type=checkbox></td>||L2|<td><a href='/p/2'>Modjadjiskloof Pipe</a></td>|Greater Letaba (LIM332)|R9,000,000|Cancelled|2026/05/10 09:00 AM|Mokoena, T
    <td><input type=checkbox></td>||L3|<td><a href='/p/3'>Sekgosese Scheme</a></td>|Greater Letaba (LIM332)|R27,000,000|Construction|2026/04/01 04:30 PM|Nkuna, P""")

@unseen("""
external_id|name|municipality|latitude|longitude
Z1|Umfolozi Weir|KZN281|-28.3911|32.0123
Z2|Nseleni Plant|KZN282|-28.6805|31.9902
Z3|Esikhaleni Sewer|KZN282|-28.8712|31.9033
""")
def x_and_y() -> str:
    return table("Project No|Project Name|Municipality|Y|X", """
    Z1|Umfolozi Weir|uMfolozi (KZN281)|-28.3911|32.0123
    Z2|Nseleni Plant|uMhlathuze (KZN282)|-28.6805|31.9902
    Z3|Esikhaleni Sewer|uMhlathuze (KZN282)|-28.8712|31.9033""")

@unseen("""
external_id|name|municipality|latitude|longitude
Z1|Umfolozi Weir|KZN281|-28.3911|32.0123
Z2|Nseleni Plant|KZN282|-28.6805|31.9902
Z3|Esikhaleni Sewer|KZN282|-28.8712|31.9033
""")
def gps_in_one_cell() -> str:
    return table("Project No|Project Name|Municipality|GPS Co-ordinates", """
    Z1|Umfolozi Weir|uMfolozi (KZN281)|-28.3911, 32.0123
    Z2|Nseleni Plant|uMhlathuze (KZN282)|S28.6805 E31.9902
    Z3|Esikhaleni Sewer|uMhlathuze (KZN282)|28.8712 S, 31.9033 E""")

@unseen("""
external_id|name|municipality|budget
V1|Vredenburg Tower|WC014|8000000
V2|Saldanha Desalination|WC014|520000000
V3|Langebaan Meters|WC014|3300000
""")
def nested_layout_tables() -> str:
    inner = f"<table width='100%' border=0>{trs('<td bgcolor=#cccccc><b>Project No</b></td>|<td bgcolor=#cccccc><b>Project</b></td>|<td bgcolor=#cccccc><b>Municipality</b></td>|<td bgcolor=#cccccc><b>Budget</b></td>')}{trs('V1|Vredenburg Tower|Saldanha Bay (WC014)|R8 000 000')}{trs('V2|Saldanha Desalination|Saldanha Bay (WC014)|R520 000 000')}{trs('V3|Langebaan Meters|Saldanha Bay (WC014)|R3 300 000')}</table>"
    return f"<html><body><table width=980><tr><td width=180 valign=top><table><tr><td><a href=/a>Home</a></td></tr><tr><td><a href=/b>Projects</a></td></tr><tr><td><a href=/c>Tenders</a></td></tr></table></td><td><table><tr><td><h2>Water</h2></td></tr><tr><td>{inner}</td></tr></table></td><td width=150><table><tr><td><b>Dam levels</b></td></tr><tr><td>Misverstand 78%</td></tr></table></td></tr></table></body></html>"

@unseen("")
def tender_bulletin() -> str:
    return table("Bid Number|Bid Description|Municipality|Closing Date|Compulsory Briefing|Status", """
    WTE-0321|Supply of steel pipes to Giyani Bulk Water|Greater Giyani (LIM331)|12/06/2026|02/06/2026|Open
    WTE-0322|Refurbishment of Nandoni pumps|Thulamela (LIM343)|14/06/2026|None|Open
    WTE-0323|Cleaning of canals|Greater Letaba (LIM332)|19/06/2026|None|Cancelled""")

@unseen("")
def municipal_summary() -> str:
    return table("Municipality|No. of Projects|Total Budget|Expenditure|% Spent", """
    Greater Giyani (LIM331)|12|R412 000 000|R210 000 000|51%
    Greater Letaba (LIM332)|7|R88 000 000|R70 000 000|80%
    Thulamela (LIM343)|31|R940 000 000|R510 000 000|54%
    Total|50|R1 440 000 000|R790 000 000|55%""")

@unseen("")
def water_quality() -> str:
    return table("Scheme No|Scheme Name|Municipality|Blue Drop Score|Year|Status", """
    101|Giyani WTW|Greater Giyani (LIM331)|78.4%|2023|Acceptable
    102|Nandoni WTW|Thulamela (LIM343)|91.0%|2023|Excellent
    103|Modjadji WTW|Greater Letaba (LIM332)|55.2%|2023|Poor""")

@unseen("")
def finance_statement() -> str:
    return table("Vote|Description|Budget 2025/26|Actual YTD|Variance", """
    0100|Water services|R412 000 000|R210 000 000|R202 000 000
    0200|Sanitation|R88 000 000|R70 000 000|R18 000 000
    0300|Roads|R94 000 000|R51 000 000|R43 000 000
    |Total|R594 000 000|R331 000 000|R263 000 000""")
