"""Pages that tempt: years for totals, notes for units, what is carried forward, boxes, several dates. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import table, trs


# fmt: off
@unseen("""
external_id|name|municipality|budget
FA1|Giyani Reticulation|LIM331|-
FA2|Letaba Boreholes|LIM332|-
FA3|Nkowankowa Sewer|LIM333|-
""")
def budgets_of_short_years() -> str:
    """What is voted a year is no project's budget, and nothing here says what it comes to."""
    return page(table("Project No|Project Name|Municipality|24/25 Budget|25/26 Budget|26/27 Budget", "FA1|Giyani Reticulation|Greater Giyani (LIM331)|R5 000 000|R7 000 000|R9 000 000\nFA2|Letaba Boreholes|Greater Letaba (LIM332)|R1 000 000|R2 000 000|R0\nFA3|Nkowankowa Sewer|Greater Tzaneen (LIM333)|R6 000 000|R6 500 000|R11 000 000"))

@unseen("""
external_id|name|municipality|budget
FB1|Giyani Reticulation|LIM331|21000000
FB2|Letaba Boreholes|LIM332|3000000
FB3|Nkowankowa Sewer|LIM333|23500000
""")
def years_and_their_total() -> str:
    return page(table("Project No|Project Name|Municipality|FY24/25|FY25/26|FY26/27|Total Project Cost", "FB1|Giyani Reticulation|Greater Giyani (LIM331)|R5 000 000|R7 000 000|R9 000 000|R21 000 000\nFB2|Letaba Boreholes|Greater Letaba (LIM332)|R1 000 000|R2 000 000|R0|R3 000 000\nFB3|Nkowankowa Sewer|Greater Tzaneen (LIM333)|R6 000 000|R6 500 000|R11 000 000|R23 500 000"))

@unseen("""
external_id|name|municipality|budget
CF1|Siloam Weir|LIM343|14000000
CF2|Mutale Scheme|LIM343|22000000
CF3|Vondo Dam|LIM343|9000000
CF4|Tshakhuma Main|LIM343|31000000
""")
def carried_forward() -> str:
    head = "<th>Project No</th>|<th>Project Name</th>|<th>Municipality</th>|<th>Budget</th>"
    return page(f"<table>{trs(head)}{trs('CF1|Siloam Weir|Thulamela (LIM343)|R14 000 000')}{trs('CF2|Mutale Scheme|Thulamela (LIM343)|R22 000 000')}{trs('|Carried forward||R36 000 000')}{trs(head)}{trs('|Brought forward||R36 000 000')}{trs('CF3|Vondo Dam|Thulamela (LIM343)|R9 000 000')}{trs('CF4|Tshakhuma Main|Thulamela (LIM343)|R31 000 000')}{trs('|TOTAL CARRIED TO SUMMARY||R76 000 000')}</table>")

@unseen("""
external_id|name|municipality|budget|status
OV1|Berg River Works|WC013|88000000|construction
OV2|Piketberg Main|WC013|54000000|design
OV3|Velddrif Sewer|WC013|120000000|completed
""")
def a_threshold_in_the_caption() -> str:
    return page(f'<h2>Projects above R50 million</h2><p>Only projects with a value of more than R50 million are shown.</p><table><caption>Projects &gt; R50 million, Bergrivier</caption>{trs("Project No|Project Name|Municipality|Budget|Status", "th")}{trs("OV1|Berg River Works|Bergrivier (WC013)|R88 000 000|Construction")}{trs("OV2|Piketberg Main|Bergrivier (WC013)|R54 000 000|Design")}{trs("OV3|Velddrif Sewer|Bergrivier (WC013)|R120 000 000|Completed")}</table>')

@unseen("""
external_id|name|municipality|budget|expenditure
UC1|Hex Valley Pipe|WC025|61000000|12000000
UC2|Touws River WTW|WC025|18500000|18000000
UC3|Worcester Dam|WC025|240000000|3000000
""")
def the_unit_in_a_corner() -> str:
    return page(f"<table border=1><tr><td colspan=4></td><td align=right><i>R'000</i></td></tr>{trs('<th>Project No</th>|<th>Project Name</th>|<th>Municipality</th>|<th>Budget</th>|<th>Expenditure</th>')}{trs('UC1|Hex Valley Pipe|Breede Valley (WC025)|61 000|12 000')}{trs('UC2|Touws River WTW|Breede Valley (WC025)|18 500|18 000')}{trs('UC3|Worcester Dam|Breede Valley (WC025)|240 000|3 000')}</table>")

@unseen("""
external_id|name|municipality|start_date|completion_date
PA1|Oudtshoorn Intake|WC045|2023-03-01|2026-06-30
PA2|Dysselsdorp Main|WC045|2024-02-10|2025-08-29
PA3|De Rust Tower|WC045|2022-01-17|2023-05-12
""")
def planned_and_actual_dates() -> str:
    return page(table("Project No|Project Name|Municipality|Planned Start|Actual Start|Planned Completion|Actual Completion", "PA1|Oudtshoorn Intake|Oudtshoorn (WC045)|01 Feb 2023|01 Mar 2023|30 Jun 2026|\nPA2|Dysselsdorp Main|Oudtshoorn (WC045)|15 Jan 2024|10 Feb 2024|31 May 2025|29 Aug 2025\nPA3|De Rust Tower|Oudtshoorn (WC045)|17 Jan 2022|17 Jan 2022|31 Mar 2023|12 May 2023"))

@unseen("""
external_id|name|municipality|status|budget
IN1|Mossel Bay Reuse|WC043|construction|310000000
IN2|Herbertsdale Pipe|WC043|tender|8000000
IN3|Kwanonqaba Sewer|WC043|design|27000000
""")
def boxes_in_cells() -> str:
    def row(n: int, no: str, name: str, status: str, bud: str) -> str:
        options = "".join(f'<option value="{at}"{" selected" if s == status else ""}>{s}</option>' for at, s in enumerate(("Design", "Tender", "Construction")))
        return f'<tr><td><input type="checkbox" name="c{n}"></td><td><span id="l{n}">{no}</span></td><td><input type="text" name="t{n}" value="{name}"></td><td>Mossel Bay (WC043)</td><td><select name="s{n}">{options}</select></td><td><input type="text" readonly value="{bud}"></td></tr>'

    return page(f"<form><table>{trs('&nbsp;|Project No|Project Name|Municipality|Status|Budget', 'th')}" + row(1, "IN1", "Mossel Bay Reuse", "Construction", "R310 000 000") + row(2, "IN2", "Herbertsdale Pipe", "Tender", "R8 000 000") + row(3, "IN3", "Kwanonqaba Sewer", "Design", "R27 000 000") + "</table></form>")

@unseen("""
external_id|name|municipality|budget|progress_percentage
QT1|Plettenberg Intake|WC047|44000000|30
QT2|Kurland Pipe|WC047|6000000|100
QT3|Harkerville Dam|WC047|19000000|75
""")
def quantities_beside_money() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Households|Population|Pipe length (km)|Capacity (Ml/d)|Jobs created|Progress", "QT1|Plettenberg Intake|Bitou (WC047)|R44 000 000|12 400|49 600|3.5|12|140|30%\nQT2|Kurland Pipe|Bitou (WC047)|R6 000 000|900|3 600|11|0.5|25|100%\nQT3|Harkerville Dam|Bitou (WC047)|R19 000 000|2 100|8 000|0.8|2.4|60|75%"))

@unseen("""
external_id|name|municipality|budget|expenditure|progress_percentage|completion_date
AB1|Laingsburg Wells|WC051|9000000|4000000|45|2026-09-30
AB2|Matjiesfontein Main|WC051|5500000|5500000|100|2024-11-29
AB3|Bergsig Sewer|WC051|12000000|300000|2|2027-03-15
""")
def abbreviated_heads() -> str:
    return page(table("Proj. Ref.|Proj. Name|Mun.|Appr. Bud. (R)|Exp. to Date (R)|Phys. Prog. (%)|Est. Compl. Date", "AB1|Laingsburg Wells|Laingsburg (WC051)|9 000 000|4 000 000|45|30/09/2026\nAB2|Matjiesfontein Main|Laingsburg (WC051)|5 500 000|5 500 000|100|29/11/2024\nAB3|Bergsig Sewer|Laingsburg (WC051)|12 000 000|300 000|2|15/03/2027"))

@unseen("""
external_id|name|municipality|budget|status
HY1|Prince Albert Wells|WC052|4000000|construction
HY2|Leeu-Gamka Plant|WC052|16000000|design
HY3|Klaarstroom Tank|WC052|2500000|completed
""")
def heads_over_two_lines() -> str:
    return page(f"<table>{trs('<th>Pro-<br>ject<br>No</th>|<th>Project<br/>Name</th>|<th>Munici-<br>pality</th>|<th>Total<br>Budget</th>|<th>Sta-<br>tus</th>')}{trs('HY1|Prince Albert Wells|Prince Albert (WC052)|R4 000 000|Construction')}{trs('HY2|Leeu-Gamka Plant|Prince Albert (WC052)|R16 000 000|Design')}{trs('HY3|Klaarstroom Tank|Prince Albert (WC052)|R2 500 000|Completed')}</table>")

@unseen("""
external_id|name|municipality|budget|expenditure
MU1|Beaufort West Reuse|WC053|-|-
MU2|Merweville Wells|WC053|7000000|1000000
MU3|Nelspoort Pipe|WC053|11000000|11000000
""")
def words_for_amounts() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Expenditure", "MU1|Beaufort West Reuse|Beaufort West (WC053)|See note 1|Refer to Annexure C\nMU2|Merweville Wells|Beaufort West (WC053)|R7 000 000|R1 000 000\nMU3|Nelspoort Pipe|Beaufort West (WC053)|R11 000 000|R11 000 000"))

@unseen("""
external_id|name|municipality|budget|contractor|status
DP-1|Kamiesberg Desalination|NC064|93000000|Amanzi Starkey|construction
""")
def own_page_with_reports() -> str:
    """The reports of one project stand beside its facts; none is another project."""
    return page(f'<h1>Kamiesberg Desalination</h1><table class=facts>{trs("<th>Project No</th>|DP-1")}{trs("<th>Project Name</th>|Kamiesberg Desalination")}{trs("<th>Municipality</th>|Kamiesberg (NC064)")}{trs("<th>Budget</th>|R93 000 000")}{trs("<th>Contractor</th>|Amanzi Starkey")}{trs("<th>Status</th>|Construction")}</table>'
                f'<h2>Progress reports</h2><table>{trs("Report date|Comment|Invoice amount", "th")}{trs("31/03/2026|Pipes delivered|R4 000 000")}{trs("30/04/2026|Trench dug|R3 500 000")}{trs("31/05/2026|Pumps ordered|R9 100 000")}</table>')

@unseen("""
external_id|name|municipality|budget|status|expenditure
TW1|Garies Wells|NC064|5000000|construction|1000000
TW2|Springbok Main|NC062|45000000|construction|20000000
TW3|Pofadder Tank|NC067|3000000|completed|2900000
TW4|Onseepkans Canal|NC067|66000000|completed|64000000
""")
def two_tables_two_units() -> str:
    one = f"<h3>Current projects (R million)</h3><table>{trs('Project No|Project Name|Municipality|Budget|Expenditure|Status', 'th')}{trs('TW1|Garies Wells|Kamiesberg (NC064)|5.0|1.0|Construction')}{trs('TW2|Springbok Main|Nama Khoi (NC062)|45.0|20.0|Construction')}</table>"
    two = f"<h3>Completed projects (R&#39;000)</h3><table>{trs('Project No|Project Name|Municipality|Budget|Expenditure|Status', 'th')}{trs('TW3|Pofadder Tank|Khâi-Ma (NC067)|3 000|2 900|Completed')}{trs('TW4|Onseepkans Canal|Khâi-Ma (NC067)|66 000|64 000|Completed')}</table>"
    return page(one + two)

@unseen("""
external_id|name|municipality|budget
GU-1|Upington Filters|NC087|37000000
GU-2|Louisvale Main|NC087|9000000
GU-3|Raaswater Sewer|NC087|14000000
""")
def hidden_keys() -> str:
    def row(key: str, no: str, name: str, bud: str) -> str:
        return f'<tr><td style="display:none">{key}</td><td class="hidden">{key[:8]}</td><td>{no}</td><td><a href="/p?id={key}">{name}</a></td><td>Dawid Kruiper (NC087)</td><td>{bud}</td></tr>'

    return page("<style>.hidden{display:none}</style><table><tr><th style='display:none'>Id</th><th class='hidden'>Key</th><th>Project No</th><th>Project Name</th><th>Municipality</th><th>Budget</th></tr>" + row("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "GU-1", "Upington Filters", "R37 000 000") + row("3f2504e0-4f89-11d3-9a0c-0305e82c3302", "GU-2", "Louisvale Main", "R9 000 000") + row("3f2504e0-4f89-11d3-9a0c-0305e82c3303", "GU-3", "Raaswater Sewer", "R14 000 000") + "</table>")

@unseen("""
external_id|name|municipality|latitude|longitude
DM1|Kakamas Intake|NC082|-28.775|20.616667
DM2|Keimoes Main|NC082|-28.708333|20.973333
DM3|Kenhardt Wells|NC082|-29.348333|21.153333
""")
def degrees_and_minutes() -> str:
    return page(table("Project No|Project Name|Municipality|Latitude|Longitude", "DM1|Kakamas Intake|Kai !Garib (NC082)|28° 46' 30\" S|20° 37' 00\" E\nDM2|Keimoes Main|Kai !Garib (NC082)|28° 42' 30\" S|20° 58' 24\" E\nDM3|Kenhardt Wells|Kai !Garib (NC082)|29° 20' 54\" S|21° 09' 12\" E"))

@unseen("""
external_id|name|municipality|budget
RM1|Danielskuil Wells|NC086|21000000
RM2|Lime Acres Main|NC086|8000000
RM3|Postmasburg WTW|NC085|59000000
""")
def rand_in_its_own_column() -> str:
    return page(f"<table>{trs('<th>Project No</th>|<th>Project Name</th>|<th>Municipality</th>|<th colspan=2>Budget</th>')}{trs('RM1|Danielskuil Wells|Kgatelopele (NC086)|R|21 000 000.00')}{trs('RM2|Lime Acres Main|Kgatelopele (NC086)|R|8 000 000.00')}{trs('RM3|Postmasburg WTW|Tsantsabane (NC085)|R|59 000 000.00')}</table>")

@unseen("""
external_id|name|municipality|budget
ML1|Vaal Gamagara Phase 2|NC453|1800000000
ML2|Kathu Main|NC453|34000000
ML3|Dibeng Wells|NC453|7000000
""")
def several_municipalities() -> str:
    return page(table("Project No|Project Name|Municipality|Budget", "ML1|Vaal Gamagara Phase 2|Gamagara (NC453), Tsantsabane (NC085) and Ga-Segonyana (NC452)|R1 800 000 000\nML2|Kathu Main|Gamagara (NC453)|R34 000 000\nML3|Dibeng Wells|Gamagara (NC453)|R7 000 000"))

@unseen("""
external_id|name|municipality|budget
PT1|Pampierstad Sewer|NC094|16000000
PT2|Hartswater Main|NC094|22000000
PT3|Jan Kempdorp WTW|NC094|31000000
""")
def percent_of_the_total_below() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Share of programme", "PT1|Pampierstad Sewer|Phokwane (NC094)|R16 000 000|23%\nPT2|Hartswater Main|Phokwane (NC094)|R22 000 000|32%\nPT3|Jan Kempdorp WTW|Phokwane (NC094)|R31 000 000|45%\n|Programme total||R69 000 000|100%\n|% of national budget||1.3%|"))

@unseen("""
external_id|name|municipality|budget|expenditure
LS1|Warrenton Intake|NC093|18000000|17000000
LS2|Windsorton Pipe|NC092|5000000|100000
LS3|Barkly West WTW|NC092|42000000|39000000
""")
def less_and_balance_rows() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Expenditure", "LS1|Warrenton Intake|Magareng (NC093)|R18 000 000|R17 000 000\nLS2|Windsorton Pipe|Dikgatlong (NC092)|R5 000 000|R100 000\nLS3|Barkly West WTW|Dikgatlong (NC092)|R42 000 000|R39 000 000\n|<b>Subtotal</b>||<b>R65 000 000</b>|<b>R56 100 000</b>\n|Less: retention||(R3 000 000)|\n|Balance available||R62 000 000|"))

@unseen("""
external_id|name|municipality|budget
BM1|Philippolis Wells|FS161|4200000
BM2|Bethulie Main|FS162|11000000
BM3|Edenburg Sewer|FS162|26500000
""")
def afrikaans_millions() -> str:
    return page(table("Projeknommer|Projeknaam|Munisipaliteit|Begroting (R miljoen)", "BM1|Philippolis Wells|Letsemeng (FS161)|4,2\nBM2|Bethulie Main|Kopanong (FS162)|11,0\nBM3|Edenburg Sewer|Kopanong (FS162)|26,5\nTotaal|||41,7"))

@unseen("""
external_id|name|municipality|budget|expenditure
VA1|Boshof Wells|FS182|6000000|2000000
VA2|Dealesville Main|FS182|9500000|9000000
VA3|Hertzogville WTW|FS182|13000000|500000
""")
def notes_under_amounts() -> str:
    def cell(text: str, note: str) -> str:
        return f'<td>{text}<div class="note" style="font-size:smaller;color:gray">{note}</div></td>'

    return page(f"<table>{trs('Project No|Project Name|Municipality|Budget|Expenditure', 'th')}" + f"<tr><td>VA1</td><td>Boshof Wells</td><td>Tokologo (FS182)</td>{cell('R6 000 000', 'approved')}{cell('R2 000 000', '33% spent')}</tr><tr><td>VA2</td><td>Dealesville Main</td><td>Tokologo (FS182)</td>{cell('R9 500 000', 'approved')}{cell('R9 000 000', '95% spent')}</tr><tr><td>VA3</td><td>Hertzogville WTW</td><td>Tokologo (FS182)</td>{cell('R13 000 000', 'approved')}{cell('R500 000', '4% spent')}</tr></table>")

@unseen("""
external_id|name|municipality|status|budget
RG1|Brandfort Sewer|MAN|construction|22000000
RG2|Soutpan Wells|MAN|completed|3000000
RG3|Wepener WTW|MAN|on_hold|18000000
""")
def status_in_icons() -> str:
    return page(f"<table>{trs('Project No|Project Name|Municipality|Status|Budget', 'th')}{trs('RG1|Brandfort Sewer|Mangaung (MAN)|<td><img src=g.png alt=Construction title=Construction></td>|R22 000 000')}{trs('RG2|Soutpan Wells|Mangaung (MAN)|<td><img src=b.png alt=Completed title=Completed></td>|R3 000 000')}{trs('''RG3|Wepener WTW|Mangaung (MAN)|<td><img src=r.png alt='On hold' title='On hold'></td>|R18 000 000''')}</table>")

@unseen("""
external_id|name|municipality|budget
GH1|Odendaalsrus Outfall|FS184|51000000
GH2|Allanridge Main|FS184|8700000
GH3|Virginia WWTW|FS184|112000000
GH4|Ventersburg Wells|FS184|2100000
""")
def group_heads_in_the_second_column() -> str:
    """As a spreadsheet has it: what heads a group stands where the names do, and nothing sets it off."""
    return page(table("Project No|Project Name|Municipality|Budget", "|Sanitation projects||\nGH1|Odendaalsrus Outfall|Matjhabeng (FS184)|R51 000 000\nGH3|Virginia WWTW|Matjhabeng (FS184)|R112 000 000\n|Water projects||\nGH2|Allanridge Main|Matjhabeng (FS184)|R8 700 000\nGH4|Ventersburg Wells|Matjhabeng (FS184)|R2 100 000"))

@unseen("""
external_id|name|municipality|budget|programme
FU1|Frankfort Main|FS205|19000000|WSIG
FU2|Villiers WTW|FS205|47000000|RBIG
FU3|Cornelia Wells|FS205|3300000|MIG
""")
def programmes_by_their_names() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Funding Programme", "FU1|Frankfort Main|Mafube (FS205)|R19 000 000|Water Services Infrastructure Grant\nFU2|Villiers WTW|Mafube (FS205)|R47 000 000|Regional Bulk Infrastructure Grant\nFU3|Cornelia Wells|Mafube (FS205)|R3 300 000|Municipal Infrastructure Grant"))

@unseen("""
external_id|name|municipality|budget|expenditure
BR1|Heilbron Main|FS203|12000000|3000000
BR2|Oranjeville Sewer|FS204|20000000|19000000
BR3|Deneysville WTW|FS204|35000000|1000000
""")
def budget_and_expenditure_by_year_bands() -> str:
    head = "<tr><th rowspan=2>Project No</th><th rowspan=2>Project Name</th><th rowspan=2>Municipality</th><th colspan=2>Total Project</th><th colspan=2>2024/25</th><th colspan=2>2025/26</th></tr>" + trs("Budget|Expenditure|Budget|Expenditure|Budget|Expenditure", "th")
    return page(f"<table>{head}{trs('BR1|Heilbron Main|Ngwathe (FS203)|R12 000 000|R3 000 000|R4 000 000|R1 000 000|R8 000 000|R2 000 000')}{trs('BR2|Oranjeville Sewer|Metsimaholo (FS204)|R20 000 000|R19 000 000|R15 000 000|R14 000 000|R5 000 000|R5 000 000')}{trs('BR3|Deneysville WTW|Metsimaholo (FS204)|R35 000 000|R1 000 000|R5 000 000|R1 000 000|R30 000 000|R0')}</table>")

@unseen("""
external_id|name|municipality|budget|start_date
CO1|Parys Intake|FS203|-|2025-02-03
CO2|Vredefort Wells|FS203|-|2024-11-18
CO3|Koppies Main|FS203|-|2023-08-21
""")
def budgets_as_ranges() -> str:
    return page(table("Project No|Project Name|Municipality|Estimated budget|Start date", "CO1|Parys Intake|Ngwathe (FS203)|R5 - R10 million|3 Feb 2025\nCO2|Vredefort Wells|Ngwathe (FS203)|R1 - R5 million|18 Nov 2024\nCO3|Koppies Main|Ngwathe (FS203)|&gt; R50 million|21 Aug 2023"))

@unseen("""
external_id|name|municipality|budget|completion_date
AD1|Sasolburg Outfall|FS204|88000000|2026-04-05
AD2|Zamdela Main|FS204|6000000|2025-12-11
AD3|Gortin Sewer|FS204|17000000|2027-08-23
""")
def one_date_tells_the_order() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Completion Date", "AD1|Sasolburg Outfall|Metsimaholo (FS204)|R88 000 000|05/04/2026\nAD2|Zamdela Main|Metsimaholo (FS204)|R6 000 000|11/12/2025\nAD3|Gortin Sewer|Metsimaholo (FS204)|R17 000 000|23/08/2027"))

@unseen("""
external_id|name|municipality|budget
SP1|Nigel Outfall|EKU|48000000
SP2|Duduza Sewer|EKU|9300000
SP3|Tsakane Main|EKU|15000000
""")
def thin_and_odd_spaces() -> str:
    return page(table("Project\u00a0No|Project\u00a0Name|Municipality|Budget\u2009(R)", "SP1|Nigel\u00a0Outfall|Ekurhuleni\u00a0(EKU)|48\u202f000\u202f000\nSP2|Duduza\u00a0Sewer|Ekurhuleni\u00a0(EKU)|9\u2009300\u2009000\nSP3|Tsakane\u00a0Main|Ekurhuleni\u00a0(EKU)|15\u202f000\u202f000"))

@unseen("""
external_id|name|municipality|budget|expenditure
VT1|Daveyton Main|EKU|30000000|10000000
VT2|Etwatwa Sewer|EKU|12000000|11500000
VT3|Kwathema WTW|EKU|44000000|2000000
""")
def the_budget_beside_its_adjustment() -> str:
    return page(table("Project No|Project Name|Municipality|Budget|Budget Adjustment|Virement|Expenditure|Unspent Budget", "VT1|Daveyton Main|Ekurhuleni (EKU)|R30 000 000|R5 000 000|(R1 000 000)|R10 000 000|R24 000 000\nVT2|Etwatwa Sewer|Ekurhuleni (EKU)|R12 000 000|-R500 000|R0|R11 500 000|R0\nVT3|Kwathema WTW|Ekurhuleni (EKU)|R44 000 000|R0|R0|R2 000 000|R42 000 000"))

@unseen("")
def ward_committee_table() -> str:
    return page(table("Ward|Councillor|Municipality|Households|Status", "1|Cllr A Mabasa|Greater Giyani (LIM331)|1 240|Active\n2|Cllr B Shivambu|Greater Giyani (LIM331)|980|Active\n3|Cllr C Baloyi|Greater Giyani (LIM331)|1 502|Vacant"))

@unseen("")
def grants_by_municipality() -> str:
    return page(table("Code|Municipality|WSIG 2025/26|RBIG 2025/26|Total|% spent", "LIM331|Greater Giyani|R50 000 000|R210 000 000|R260 000 000|42%\nLIM332|Greater Letaba|R31 000 000|R0|R31 000 000|77%\nLIM333|Greater Tzaneen|R44 000 000|R120 000 000|R164 000 000|18%"))

@unseen("""
external_id|name|budget|expenditure
YR1|Mokopane Link|-|-
YR2|Rebone Wells|-|-
YR3|Bakenberg Main|4000000|3000000
""")
def a_line_a_year() -> str:
    """What one year's line says is no figure of the project, and nobody says what the lines come to."""
    return page(table("Project No|Project Name|Financial Year|Budget|Expenditure", "YR1|Mokopane Link|2023/24|R5 000 000|R4 000 000\nYR1|Mokopane Link|2024/25|R6 000 000|R5 000 000\nYR2|Rebone Wells|2023/24|R1 000 000|R900 000\nYR3|Bakenberg Main|2023/24|R4 000 000|R3 000 000\nYR2|Rebone Wells|2024/25|R2 000 000|R1 100 000"))

@unseen("""
external_id|name|municipality|budget
FD1|Mahwelereng Outfall|LIM367|-
FD2|Sekgakgapeng Tank|LIM367|9000000
FD3|Mapela Scheme|LIM367|17000000
""")
def a_line_a_fund() -> str:
    return page(table("Project No|Project Name|Municipality|Fund source|Budget", "FD1|Mahwelereng Outfall|Mogalakwena (LIM367)|RBIG|R5 000 000\nFD1|Mahwelereng Outfall|Mogalakwena (LIM367)|MIG|R2 000 000\nFD2|Sekgakgapeng Tank|Mogalakwena (LIM367)|MIG|R9 000 000\nFD3|Mapela Scheme|Mogalakwena (LIM367)|WSIG|R17 000 000"))

@unseen("""
external_id|name|municipality|budget
SC1|Lephalale Main|LIM362|5000000
SC2|Thabazimbi Wells|LIM361|-
SC3|Modimolle Sewer|LIM368|9250000
SC4|Bela-Bela Tank|LIM366|-
SC5|Vaalwater Pipe|LIM368|3300000
""")
def some_in_millions() -> str:
    """Nobody says in what "7.5" counts, and no project costs so many rand."""
    return page(table("Project No|Project Name|Municipality|Budget", "SC1|Lephalale Main|Lephalale (LIM362)|5 000 000\nSC2|Thabazimbi Wells|Thabazimbi (LIM361)|7.5\nSC3|Modimolle Sewer|Modimolle-Mookgophong (LIM368)|9 250 000\nSC4|Bela-Bela Tank|Bela-Bela (LIM366)|12.1\nSC5|Vaalwater Pipe|Modimolle-Mookgophong (LIM368)|3 300 000"))

@unseen("""
external_id|name|budget|progress_percentage
PC1|Musina Main|5000000|45
PC2|Nwanedi Wells|7000000|100
PC3|Masisi Tank|9000000|0
""")
def percent_in_its_own_column() -> str:
    return page(table("Project No|Project Name|<th colspan=2>Progress</th>|Budget", "PC1|Musina Main|45|%|R5 000 000\nPC2|Nwanedi Wells|100|%|R7 000 000\nPC3|Masisi Tank|0|%|R9 000 000"))
