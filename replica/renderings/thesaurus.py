"""What columns are called: labels that a reader may have been taught (`KNOWN`), and others (`HELD_OUT`).

No label of `HELD_OUT` stands in the tables of what reads: whoever reads it right has read more than a list of
words. `TRAPS` head columns that are none of our fields, though they sound like one.
"""

from __future__ import annotations

# field: labels that a page of the department may well have
_KNOWN = {
    "external_id": "Project No | Project Number | Project ID | Reference No | Project Code | Ref No",
    "name": "Project Name | Project | Name of Project | Project Title | Scheme Name",
    "description": "Project Description | Description | Scope of Work",
    "municipality": "Municipality | Local Municipality | Municipality Name | WSA",
    "district": "District | District Municipality",
    "province": "Province | Province Name",
    "programme": "Programme | Funding Programme | Grant | Funding Source",
    "project_type": "Project Type | Infrastructure Type | Type of Project",
    "status": "Status | Project Status | Current Status | Project Stage",
    "progress_percentage": "Progress | % Complete | Physical Progress | Percentage Complete",
    "budget": "Budget | Total Project Cost | Project Cost | Approved Budget | Total Budget",
    "expenditure": "Expenditure | Expenditure to Date | Total Expenditure | Actual Expenditure",
    "start_date": "Start Date | Project Start Date | Commencement Date",
    "completion_date": "Completion Date | Expected Completion Date | End Date | Planned Completion Date",
    "contractor": "Contractor | Main Contractor | Name of Contractor",
    "implementing_agent": "Implementing Agent | Implementing Agency",
    "latitude": "Latitude | GPS Latitude",
    "longitude": "Longitude | GPS Longitude",
    "coordinates": "GPS Coordinates | Coordinates | Lat/Long",
}
_HELD_OUT = {
    "external_id": "Proj. Num. | Ref. Nr | Unique Number | Proj Nr | Project Unique Ref | File No.",
    "name": "Scheme / Works | Proj. Title | Project / Intervention | Proj. Nm | Intervention",
    "description": "Nature of Works | Works Description | What is being built | Descr.",
    "municipality": "Mun. | Municipality (LM) | Munic. | Local Mun. | Muni Name | Local Govt Area",
    "district": "Distr. | District Mun. | DM Area",
    "province": "Region (Province) | Prov Name | Prov. Code/Name",
    "programme": "Fin. Source | Prog. | Funded By | Grant Fund | Funding Stream",
    "project_type": "Works Category | Category of Infrastructure | Asset Type | Kind of Project",
    "status": "Proj. Status | State of Project | Project State | Progress Stage | Curr. Status",
    "progress_percentage": (
        "Perc | Complt. Perc. | Phys. Prog. | Perc. Compl. | Works Completed % | Site Progress"
    ),
    "budget": (
        "Tot. Budget | Proj. Cost | Est. Total Cost | Approved Amt | Total Proj. Budget | Amount Approved"
        " | Budg. Amount"
    ),
    "expenditure": ("Exp. to date | Expend. | Exp to Date | Spending to Date | Cum. Exp. | Money Spent"),
    "start_date": "Start Dt | Planned Start | Works Started On | Comm. Date | Date Commenced | Begin Date",
    "completion_date": (
        "Planned Finish | Compl. Date | Est. Compl. | Finish Dt | Due Date | Exp. Compl. Date"
    ),
    "contractor": "Contr. | Appointed Builder | Contractor Appointed | Construction Firm",
    "implementing_agent": "Impl. Agent | Implem. Agency | Agent (Implementing) | Executing Agency",
    "latitude": "Y (Lat) | GPS South | Lat. (S)",
    "longitude": "X (Long) | GPS East | Long. (E)",
    "coordinates": "GPS Co-ords | Geo-location | GPS Point | Lat, Lon (WGS84)",
}
_AFRIKAANS = {
    "external_id": "Projeknommer | Projek No. | Verwysingsnommer",
    "name": "Projeknaam | Naam van Projek | Projek",
    "description": "Beskrywing | Projekbeskrywing | Omvang van Werk",
    "municipality": "Munisipaliteit | Plaaslike Munisipaliteit",
    "district": "Distrik | Distriksmunisipaliteit",
    "province": "Provinsie",
    "programme": "Befondsingsprogram | Befondsing | Toelae",
    "project_type": "Projektipe | Tipe Projek",
    "status": "Projekstatus | Huidige Status | Stand",
    "progress_percentage": "Vordering | % Voltooi | Fisiese Vordering",
    "budget": "Begroting | Totale Projekkoste | Goedgekeurde Begroting",
    "expenditure": "Uitgawes tot Datum | Besteding tot op Datum | Totale Uitgawe",
    "start_date": "Begindatum | Aanvangsdatum",
    "completion_date": "Voltooiingsdatum | Verwagte Voltooiing | Einddatum",
    "contractor": "Kontrakteur | Aangestelde Kontrakteur",
    "implementing_agent": "Implementeringsagent | Uitvoerende Agent",
    "latitude": "Breedtegraad",
    "longitude": "Lengtegraad",
    "coordinates": "GPS-koördinate | Koördinate",
}


def _labels(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(label.strip() for label in text.split(" | ")) for field, text in table.items()}


KNOWN = _labels(_KNOWN)
AFRIKAANS = _labels(_AFRIKAANS)
HELD_OUT = _labels(_HELD_OUT)
# field: (the band above, the label under it). The band says what the label leaves out.
BANDS = {
    "municipality": ("Location", "Local Municipality"), "district": ("Location", "District"),
    "province": ("Location", "Province"), "status": ("Implementation", "Status"),
    "progress_percentage": ("Implementation", "% Complete"), "budget": ("Budget", "Approved"),
    "expenditure": ("Budget", "Spent"), "start_date": ("Dates", "Start"),
    "completion_date": ("Dates", "Finish"), "latitude": ("GPS", "Lat"), "longitude": ("GPS", "Long"),
}  # fmt: skip

# label: what kind of values stand under it
TRAPS = {
    "Ward": "ward", "Phase": "phase", "Beneficiaries": "count", "Jobs created": "count",
    "Vote": "vote", "Approved date": "date", "Date of last site visit": "date", "Budget adjustment": "money",
    "Previous budget": "money", "Allocation 2024/25": "money", "Retention": "money",
    "Budget shortfall": "money", "Variation orders": "money", "Consultant": "firm", "Remarks": "remark",
    "% of budget spent": "percent", "Time elapsed (%)": "percent", "Engineer": "firm",
}  # fmt: skip
TRAPS_HELD_OUT = {
    "Prev. FY Exp.": "money", "Households served": "count", "Mun. Ward No.": "ward",
    "Orig. budget (before VO)": "money", "Cost per household": "small", "Budget balance": "money",
    "Exp. this month": "money", "EOT granted until": "date", "Consulting Eng.": "firm", "SMME %": "percent",
}  # fmt: skip
TRAPS_AFRIKAANS = {
    "Wyk": "ward", "Fase": "phase", "Begunstigdes": "count", "Vorige begroting": "money",
    "Begroting 2024/25": "money", "Goedkeuringsdatum": "date", "Werkgeleenthede": "count",
    "Retensie": "money", "Raadgewende ingenieur": "firm", "% van begroting bestee": "percent",
}  # fmt: skip
ALL_TRAPS = {**TRAPS, **TRAPS_HELD_OUT, **TRAPS_AFRIKAANS}
# label: what stands under it, which is the page's and not the project's
NOISE = {"#": "row", "No": "row", "Days remaining": "clock", "": "view", "Last refreshed": "clock"}

STATUS_WORDS = {
    "known": {
        "identification": "Project Initiation", "planning": "Feasibility", "design": "Design",
        "tender": "Tender", "construction": "Construction", "completed": "Completed",
        "on_hold": "On Hold", "cancelled": "Terminated",
    },
    "known_too": {
        "identification": "Pre - Feasibility", "planning": "Planning", "design": "Detailed Design",
        "tender": "Procurement", "construction": "Under construction", "completed": "Practical Completion",
        "on_hold": "Suspended", "cancelled": "Cancelled",
    },
    "held_out": {
        "identification": "Project being identified", "planning": "Feasib. study under way",
        "design": "In design", "tender": "Out to tender", "construction": "Contractor is on site, building",
        "completed": "Works completed", "on_hold": "Put on hold", "cancelled": "Project was cancelled",
    },
    "afrikaans": {
        "identification": "Identifisering", "planning": "Beplanning", "design": "Ontwerp",
        "tender": "Tender", "construction": "In aanbou", "completed": "Voltooi",
        "on_hold": "Opgeskort", "cancelled": "Gekanselleer",
    },
}  # fmt: skip
PROGRAMME_WORDS = {
    "RBIG": "Regional Bulk Infrastructure Grant", "WSIG": "Water Services Infrastructure Grant",
    "MIG": "Municipal Infrastructure Grant", "ACIP": "Accelerated Community Infrastructure Programme",
    "MWIG": "Municipal Water Infrastructure Grant",
}  # fmt: skip
TYPE_WORDS = {
    "known": {
        "bulk_water_supply": "Bulk Water Supply", "water_treatment_works": "Water Treatment Works",
        "wastewater_treatment_works": "Wastewater Treatment Works",
        "water_reticulation": "Water Reticulation",
        "reservoir": "Reservoir", "pump_station": "Pump Station", "borehole": "Boreholes",
        "sanitation": "Sanitation",
    },
    "afrikaans": {
        "bulk_water_supply": "Grootmaat watervoorsiening", "water_treatment_works": "Watersuiweringswerke",
        "wastewater_treatment_works": "Rioolwerke", "water_reticulation": "Waternetwerk",
        "reservoir": "Reservoir", "pump_station": "Pompstasie", "borehole": "Boorgate",
        "sanitation": "Sanitasie",
    },
}  # fmt: skip
BLANKS = ("", "", "-", "N/A", "n/a", "\u00a0", "TBC", "Not available")
