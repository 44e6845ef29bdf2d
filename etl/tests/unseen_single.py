"""Pages of one project, each with a figure beside the right one or a neighbour that tempts. See `unseen`."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from etl.tests.unseen import unseen
from etl.tests.unseen_cards import page
from etl.tests.unseen_tables import trs


def pairs(tag: str, *facts: str) -> str:
    """Label and text a row: a table's or a list's."""
    cells = {
        "dl": "<dt>{}</dt><dd>{}</dd>",
        "tr": "<tr><th scope=row>{}</th><td>{}</td></tr>",
        "td": "<tr><td class=k>{}:</td><td class=v>{}</td></tr>",
    }
    return "".join(cells[tag].format(*fact.split("|", 1)) for fact in facts)


# fmt: off
@unseen("""
external_id|name|municipality|budget|status|completion_date
MG-2207|Rietspruit Digester|GT421|73400000|construction|2027-02-26
""")
def page_beside_cards_of_others() -> str:
    """A main column of facts, and an aside with cards of other projects, amounts and all."""
    aside = "".join(f'<article class="card mini"><a href="/projects/{no}"><h4>{name}</h4></a><p class="amount">{amount}</p><p class="state">{state}</p></article>' for no, name, amount, state in (("MG-2191", "Boitshepi Screens", "R 12.9m", "Completed"), ("MG-2215", "Heidelberg Link Sewer", "R 41.0m", "Design"), ("MG-2220", "Ratanda Reservoir", "R 26.5m", "Tender")))
    return page('<div class="layout"><main><h1>Rietspruit Digester</h1><dl class="facts">' + pairs("dl", "Project number|MG-2207", "Project name|Rietspruit Digester", "Municipality|Emfuleni (GT421)", "Budget|R 73.4m", "Status|Construction", "Completion date|26 Feb 2027") + f'</dl></main><aside class="sidebar"><h3>Other projects near here</h3>{aside}<a href="/projects">All projects (148)</a></aside></div>')


@unseen("""
external_id|name|municipality|expenditure|contractor|progress_percentage
C0334/19|Phalaborwa Intake|LIM334|-|Letaba Plant Hire|64
""")
def tabs_with_certificates_and_variations() -> str:
    """Tabs of one contract: certificates paid month by month, and orders that vary it."""
    def tab(key: str, body: str) -> str:
        return f'<div class="tab-pane" id="{key}" role="tabpanel">{body}</div>'

    facts = "<table class='table'>" + pairs("tr", "Project No|C0334/19", "Project Name|Phalaborwa Intake", "Municipality|Ba-Phalaborwa (LIM334)", "Contractor|Letaba Plant Hire", "Physical progress|64%") + "</table>"
    certs = "<table class='table'>" + trs("Certificate No|Month|Amount certified|Retention|Amount paid|Date paid", "th") + trs("IPC 01|Aug 2025|R 1 204 331,12|R 120 433,11|R 1 083 898,01|2025/09/29\nIPC 02|Sep 2025|R 2 870 110,00|R 287 011,00|R 2 583 099,00|2025/10/30\nIPC 03|Oct 2025|R 990 000,00|R 99 000,00|R 891 000,00|2025/11/28") + "</table>"
    orders = "<table class='table'>" + trs("VO No|Description|Amount|Approved", "th") + trs("VO 1|Additional sheet piling|R 450 000,00|Yes\nVO 2|Omit access road|(R 120 000,00)|Yes\nVO 3|Standby generator|R 815 500,00|Pending") + "</table>"
    return page('<h1>Phalaborwa Intake</h1><ul class="nav nav-tabs"><li><a href="#a">Overview</a></li><li><a href="#b">Payment certificates</a></li><li><a href="#c">Variation orders</a></li></ul><div class="tab-content">' + tab("a", facts) + tab("b", certs) + tab("c", orders) + "</div>")


@unseen("""
external_id|name|municipality|budget|status|start_date
NMB/W/318|Coega Kop Filters|NMA|166000000|construction|2024-08-19
""")
def portal_page_with_portlets() -> str:
    """A content system's view: portlets, a byline, items that relate, and a history of states."""
    return page('<div id="portal-column-content"><h1 class="documentFirstHeading">Coega Kop Filters</h1><div class="documentByLine">by <a>admin</a> &mdash; last modified <span>Jan 14, 2026 09:31 AM</span></div><div class="field"><label class="formQuestion">Project Number</label><div>NMB/W/318</div></div><div class="field"><label class="formQuestion">Municipality</label><div>Nelson Mandela Bay (NMA)</div></div><div class="field"><label class="formQuestion">Total Budget</label><div>R166,000,000</div></div><div class="field"><label class="formQuestion">Status</label><div>Under construction</div></div><div class="field"><label class="formQuestion">Start Date</label><div>Aug 19, 2024</div></div><div class="relatedItems"><label class="formQuestion">Related content</label><ul><li><a class="state-published">Coega Kop Wellfield (R 92 million, completed)</a></li></ul></div></div><div id="portal-column-one"><dl class="portlet portletRecent"><dt class="portletHeader">Recent Changes</dt><dd class="portletItem"><a>Linton Weir</a> <span class="portletItemDetails">Feb 02, 2026</span></dd><dd class="portletItem"><a>Driftsands Sewer Phase 2</a> <span class="portletItemDetails">Jan 30, 2026</span></dd><dd class="portletFooter"><a>All recent changes</a></dd></dl></div>', "Coega Kop Filters — Portal")


@unseen("""
external_id|name|municipality|budget|status
DW-90-14|Mbizana Regional Scheme|EC443|1450000000|construction
""")
def node_with_comments() -> str:
    """A node of fields, and below it comments of the public that name other sums and another state."""
    def field(label: str, text: str) -> str:
        return f'<div class="field field--label-inline clearfix"><div class="field__label">{label}</div><div class="field__item">{text}</div></div>'

    def comment(who: str, text: str) -> str:
        return f'<article class="comment"><footer class="comment__meta"><span>{who}</span> <time datetime="2026-01-08T11:20">Thu, 01/08/2026 - 11:20</time></footer><div class="comment__content"><h3><a>Status: stalled?</a></h3><p>{text}</p></div></article>'

    return page('<article class="node node--type-project"><h1 class="page-title">Mbizana Regional Scheme</h1>' + field("Project Number", "DW-90-14") + field("Municipality", "Winnie Madikizela-Mandela (EC443)") + field("Project Budget", "R1,45 billion") + field("Project Status", "Construction") + '</article><section class="comments"><h2>Comments</h2>' + comment("S. Diko", "Budget: R2 billion was promised in 2022. Status: nobody on site since June.") + comment("Ward 11", "Completion date: they said 30 June 2025. Contractor: left.") + "</section>")


@unseen("""
external_id|name|municipality|budget|completion_date
SP-0063|Hoedspruit Bulk Water|LIM335|-|-
""")
def form_with_what_was_struck_and_bracketed() -> str:
    """A form whose budget and date are both given twice, with nothing that says which of them holds."""
    return page("<h2>Project form</h2><table>" + pairs("td", "Project No|SP-0063", "Project Name|Hoedspruit Bulk Water", "Municipality|Maruleng (LIM335)", "Project Budget|R 61 200 000 / R 74 900 000", "Completion Date|31 March 2026 / 30 November 2026") + "</table>")


@unseen("""
external_id|name|municipality|budget|status
KFW-2071|uMkhomazi Transfer Tunnel|KZN436|9600000000|design
""")
def funders_of_one_project() -> str:
    """Commitments of several funders: each is a part, and their own currencies tempt."""
    funders = trs("Funder|Instrument|Commitment|Share", "th") + trs("Treasury|Grant|R4 800 million|50%\nPension fund|Bond|R2 880 million|30%\nDevelopment bank|Loan|€ 86 million|18%\nWater board|Own funds|R192 million|2%\n<b>Total</b>||<b>R9 600 million</b>|<b>100%</b>")
    return page('<h1>uMkhomazi Transfer Tunnel</h1><table class="key">' + pairs("tr", "Project ID|KFW-2071", "Project Name|uMkhomazi Transfer Tunnel", "Municipality|Dr Nkosazana Dlamini Zuma (KZN436)", "Total project cost|R9.6 billion", "Status|Detailed design") + f'</table><h2>Sources of finance</h2><table class="funders">{funders}</table>')


@unseen("""
external_id|name|municipality|budget|progress_percentage|contractor
7/4/2/118|Piketberg Treatment Works|WC013|88250000|-|Vlakplaas Construction
""")
def percent_by_component() -> str:
    """The work that is done by component; no figure stands for the whole."""
    parts = trs("Component|Weight|% complete|Value", "th") + trs("Inlet works|15%|100%|R13 237 500\nFilters|40%|72%|R35 300 000\nClear water tank|30%|35%|R26 475 000\nElectrical|15%|0%|R13 237 500")
    return page('<h1>Piketberg Treatment Works</h1><table>' + pairs("td", "File reference|7/4/2/118", "Project Name|Piketberg Treatment Works", "Municipality|Bergrivier (WC013)", "Project Budget|R88 250 000", "Contractor|Vlakplaas Construction") + f"</table><h3>Progress by component</h3><table>{parts}</table>")


@unseen("""
external_id|name|municipality|start_date|completion_date|status
LP/RB/20|Glen Alpine Dam Raising|LIM351|2024-01-15|2027-07-30|construction
""")
def milestones_planned_and_revised() -> str:
    """Milestones of one project with planned, revised and actual dates of their own."""
    stones = trs("Milestone|Planned|Revised|Actual|Status", "th") + trs("Feasibility report|2022-03-31|2022-06-30|2022-06-24|Completed\nEnvironmental authorisation|2022-11-30|2023-04-28|2023-05-09|Completed\nWall raised to RL 812|2025-12-12|2026-08-28||In progress\nFirst impoundment|2026-03-31|2027-02-26||Not started")
    return page('<h1>Glen Alpine Dam Raising</h1><dl class="row">' + pairs("dl", "Project code|LP/RB/20", "Project name|Glen Alpine Dam Raising", "Municipality|Blouberg (LIM351)", "Commencement date|2024-01-15", "Estimated completion date|2027-07-30", "Current status|Under construction") + f'</dl><h2>Milestones</h2><table class="milestones">{stones}</table>')


@unseen("""
external_id|name|municipality|budget|contractor|start_date
TR-556|Mokopane Ring Feed|LIM367|34815000|Tshepo ya Rona
""".replace("Rona\n", "Rona|2025-05-05\n"))
def contact_cards_below_the_facts() -> str:
    """Cards of people: the engineer's firm, numbers of telephones and of registration."""
    def card(role: str, name: str, firm: str, phone: str) -> str:
        return f'<div class="vcard contact"><div class="role">{role}</div><div class="fn">{name}</div><div class="org">{firm}</div><div class="tel">Tel: {phone}</div><div class="id">Registration No: 2009/0{phone[-4:]}/07</div></div>'

    return page('<h1>Mokopane Ring Feed</h1><ul class="details">' + "".join(f"<li><strong>{label}:</strong> {text}</li>" for label, text in (("Project No", "TR-556"), ("Project Name", "Mokopane Ring Feed"), ("Municipality", "Mogalakwena (LIM367)"), ("Budget", "R34 815 000,00"), ("Contractor", "Tshepo ya Rona"), ("Start date", "05/05/2025"))) + '</ul><h2>Contacts</h2><div class="cards">' + card("Project manager", "L. Maake", "Mogalakwena Municipality", "015 555 0142") + card("Consulting engineer", "P. Steyn", "Kaap Consult", "015 555 0177") + card("Community liaison", "R. Ledwaba", "", "082 555 0119") + "</div>")


@unseen("""
external_id|name|municipality|budget|status|progress_percentage
HS-00921|Mdantsane Tunnel Sewer|BUF|417300000|construction|-
""")
def gallery_of_progress() -> str:
    """Photographs with captions that tell a day and a percentage; the facts tell none."""
    shots = "".join(f'<figure><img src="{n}.jpg" alt="Progress: {done}"><figcaption>Progress: {done}<br>{day}</figcaption></figure>' for n, (done, day) in enumerate((("12% complete", "May 2024"), ("45% complete", "March 2025"), ("78% complete", "November 2025"))))
    return page('<h1>Mdantsane Tunnel Sewer</h1><table>' + pairs("tr", "Project reference|HS-00921", "Project name|Mdantsane Tunnel Sewer", "Municipality|Buffalo City (BUF)", "Approved budget|R417.3 million", "Project status|Construction") + f'</table><h2>Progress in pictures</h2><div class="gallery">{shots}</div>')


@unseen("""
external_id|name|municipality|budget|status
UU-14|Umdloti Basin Scheme|KZN292|540000000|-
""")
def phases_of_one_project() -> str:
    """Phases with states, sums and firms of their own; only number, name, place and cost are the whole's."""
    def phase(name: str, *facts: str) -> str:
        return f'<div class="panel panel-default"><div class="panel-heading"><h4 class="panel-title">{name}</h4></div><div class="panel-body"><dl class="dl-horizontal">{pairs("dl", *facts)}</dl></div></div>'

    return page('<h1>Umdloti Basin Scheme</h1><table class="head">' + pairs("tr", "Project No|UU-14", "Project Name|Umdloti Basin Scheme", "Municipality|KwaDukuza (KZN292)", "Total project cost|R540 000 000") + '</table><h2>Phases</h2><div class="panel-group">' + phase("Phase 1: abstraction", "Status|Completed", "Cost|R210 000 000", "Contractor|Stefanutti Demo") + phase("Phase 2: pipelines", "Status|Construction", "Cost|R195 000 000", "Contractor|Umbilo Civils") + phase("Phase 3: reservoirs", "Status|Planning", "Cost|R135 000 000", "Contractor|Not appointed") + "</div>")


@unseen("""
external_id|name|municipality|budget|expenditure|start_date|completion_date|status|progress_percentage
2023/MP/0417|Boschfontein Scheme|MP324|248600000|91075400.25|2023-09-04|2027-05-31|construction|37
""")
def saved_form_of_four_columns() -> str:
    """A sheet saved as a page: label and value twice a row, a month's figures and a signature below."""
    rows = (("Project Number", "2023/MP/0417", "Project Name", "Boschfontein Scheme"), ("Municipality", "Nkomazi (MP324)", "Project Status", "Construction"), ("Total Budget (R)", "248 600 000.00", "Expenditure to date (R)", "91 075 400.25"), ("Start Date", "04-Sep-23", "Completion Date", "31-May-27"), ("Physical progress", "37%", "Financial progress", "36.6%"), ("Expenditure this month (R)", "2 118 000.00", "Planned expenditure this month (R)", "5 000 000.00"), ("Jobs created", "118", "Households to benefit", "6 430"))
    body = "".join("<tr height=20>" + "".join(f"<td class=xl{65 + n % 2}>{cell}</td>" for n, cell in enumerate(row)) + "</tr>" for row in rows)
    return f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=Generator content="Microsoft Excel 15"></head><body><table border=0 cellpadding=0 style="border-collapse:collapse"><tr><td colspan=4 class=xl70>MONTHLY PROJECT REPORT: JANUARY 2026</td></tr>{body}<tr><td colspan=4></td></tr><tr><td class=xl65>Compiled by</td><td>N. Shongwe</td><td class=xl65>Date</td><td>06-Feb-26</td></tr></table></body></html>'
