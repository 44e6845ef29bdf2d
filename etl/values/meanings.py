"""Which published word means which status, programme, project type or province: the built-in tables.

The words come from National Treasury's Infrastructure Reporting Model, the Budget Review's list of major
projects, MIG and RBIG papers and Treasury's codes of grants. A word that is not here has no meaning here:
the record keeps it as published, with an issue. Nothing is guessed from a project's name.

Words are written as `vocabulary.normal_word` gives them.
"""

from __future__ import annotations

_STATUSES = {
    "identification": """
project initiation | initiation | inception | project inception | identification | identified
project identification | site identification | pre-feasibility | prefeasibility | pre-feasibility study
identifisering | geïdentifiseer | aanvang
""",
    "planning": """
feasibility | feasibility study | planning | infrastructure planning | project planning
planned | business plan
implementation readiness | implementation readiness study | irs | concept | concept and viability
preparation and briefing | package planning | package preparation | technical report
beplanning | beplan | in beplanning | beplanningsfase | haalbaarheid | haalbaarheidstudie
""",
    "design": """
design | designs | preliminary design | preliminary designs | detail design | detailed design
detailed designs
design development | design documentation | final design | design and documentation | concept design
in design | design stage | design phase | ontwerp | in ontwerp | ontwerpfase
""",
    "tender": """
tender | tendering | tender stage | tender advertised | tender evaluation | tender adjudication | tender award
on tender | out on tender | procurement | bid | bid evaluation | bid adjudication | adjudication
contract award | contract awarded | awarded | out to tender | op tender | tenderfase | verkryging
""",
    "construction": """
construction | under construction | in construction | construction stage | construction phase
site handed-over to contractor | site handed over to contractor | site handed over | site handover
contractor on site
site establishment | implementation | under implementation | works | commissioning
konstruksie | onder konstruksie | in konstruksie | konstruksiefase | in aanbou | onder aanbou | aanbou
""",
    "completed": """
completed | complete | completion | project completed | practical completion | physical completion
practically completed | practically complete | final completion | works completion | hand over | handed over
handover | handed-over | hand-over | close-out | close out | closed out | package completion | retention
defects liability | defects liability period | voltooi | voltooid | voltooiing | praktiese voltooiing
""",
    "on_hold": """
on hold | on-hold | hold | suspended | stalled | deferred | postponed | halted
op hou | opgeskort | uitgestel
""",
    "cancelled": """
cancelled | canceled | terminated | project terminated | project cancelled | withdrawn | discontinued
gekanselleer | beëindig
""",
}

_PROGRAMMES = {
    "RBIG": "rbig | regional bulk infrastructure grant | regional bulk infrastructure | rb7g"
    "| regional bulk infrastructure programme",
    "WSIG": "wsig | water services infrastructure grant | water service infrastructure grant | ws6g",
    "MIG": "mig | municipal infrastructure grant | mig6",
    "ACIP": "acip | accelerated community infrastructure programme"
    "| accelerated community infrastructure program",
    "MWIG": "mwig | municipal water infrastructure grant | mw7g",
    "NTP": "ntp",
    "IUDG": "iudg | integrated urban development grant",
    "USDG": "usdg | urban settlements development grant | urban settlement development grant",
    "WSOG": "wsog | water services operating and transfer subsidy grant | water services operating subsidy"
    "| water services operating and transfer subsidy | water services operating subsidy grant | ws7g",
    "BEP": "bep | bucket eradication programme | bucket eradication programme grant | be7g",
    "RHIG": "rhig | rural households infrastructure grant | rh7g",
    "MDRG": "mdrg | municipal drought relief grant",
    "BWSG": "bwsg | backlogs in water and sanitation at clinics and schools grant",
    "ESG": "esg | equitable share | local government equitable share",
}

_PROJECT_TYPES = {
    "bulk_water_supply": """
bulk water supply | bulk water | bulk supply | bulk water scheme | bulk water supply scheme
regional bulk water
regional bulk water supply | bulk water infrastructure | bulk water services | bulk water pipeline
bulk mains | grootmaat watervoorsiening | grootmaatwatervoorsiening
""",
    "water_supply": "water supply | water supply scheme | water | water scheme | rural water supply"
    "| water services",
    "water_supply_and_sanitation": """
water supply and sanitation | water and sanitation | water & sanitation | water supply & sanitation
water/sanitation
""",
    "water_treatment_works": """
water treatment | water treatment works | water treatment plant | wtw | wtp | water purification
water purification works | watersuiweringswerke
""",
    "wastewater_treatment_works": """
wastewater treatment works | waste water treatment works | wastewater treatment | waste water treatment
wastewater treatment plant | waste water treatment plant | wwtw | wwtp | sewage treatment works
rioolwerke | rioolsuiweringswerke
""",
    "wastewater": """
wastewater | waste water | wastewater services | waste water services | sewerage | sewer | sewers | bulk sewer
bulk sewerage | outfall sewer | outfall sewers | regional sewerage | bulk wastewater | bulk waste water
""",
    "water_reticulation": """
water reticulation | reticulation | water distribution | distribution | water network | distribution points
waternetwerk | waterretikulasie
""",
    "sewer_reticulation": "sewer reticulation | sanitation reticulation | sewerage reticulation",
    "reservoir": "reservoir | reservoirs | water storage | storage | storage reservoir",
    "pipeline": "pipeline | pipelines | pipeline replacement | water pipeline",
    "pump_station": "pump station | pump stations | pumpstation | booster pump station | pompstasie",
    "groundwater_development": "groundwater development | groundwater | ground water | wellfield",
    "borehole": "borehole | boreholes | borehole development | boorgat | boorgate",
    "sanitation": "sanitation | vip toilets | toilet facilities | rural sanitation | on-site sanitation"
    "| household sanitation | sanitation services | bucket eradication | sanitasie",
    "dam": "dam | dams | dams and weirs | weir | weirs",
    "desalination": "desalination | desalination plant | water desalination",
    "water_conservation": """
wcdm | wcwdm | wc/wdm | wc & wdm | water conservation and demand management
water conservation and water demand management | water conservation
""",
    "refurbishment": "refurbishment | rehabilitation | refurbishment and rehabilitation"
    "| refurbishment and repairs",
}

_PROVINCES = {
    "EC": "eastern cape | ec | za-ec | oos-kaap",
    "FS": "free state | fs | za-fs | freestate | vrystaat",
    "GT": "gauteng | gt | gp | za-gp | za-gt",
    "KZN": "kwazulu-natal | kwazulu natal | kwa-zulu natal | kwa-zulu-natal | kwa zulu natal | kzn"
    "| za-kzn | za-nl",
    "LIM": "limpopo | lim | lp | za-lp",
    "MP": "mpumalanga | mp | za-mp",
    "NC": "northern cape | nc | za-nc | noord-kaap",
    "NW": "north west | north-west | northwest | nw | za-nw | noordwes | noord-wes",
    "WC": "western cape | wc | za-wc | wes-kaap",
}


def _words(table: dict[str, str]) -> dict[str, str]:
    """Word → meaning, from meaning → block of words."""
    return {
        word.strip(): meaning
        for meaning, block in table.items()
        for line in block.splitlines()
        for word in line.split("|")
        if word.strip()
    }


STATUS_WORDS: dict[str, str] = _words(_STATUSES)
PROGRAMMES: dict[str, str] = _words(_PROGRAMMES)
PROJECT_TYPES: dict[str, str] = _words(_PROJECT_TYPES)
PROVINCES: dict[str, str] = _words(_PROVINCES)
STATUSES: tuple[str, ...] = tuple(_STATUSES)
