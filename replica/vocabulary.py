"""Words that the replica's projects are made of.

Programmes and stages are the field's real ones (the stages are those of the Infrastructure Reporting Model);
that the dashboard uses just these is an [inference]. Names of firms, agents and schemes are made up and
say so, because nobody may mistake them for real ones.
"""

from __future__ import annotations

PROGRAMMES = ("RBIG", "WSIG", "MIG", "ACIP", "MWIG", "USDG", "IUDG", "RHIG")

PROJECT_TYPES = {
    "Bulk Water Supply": "bulk_water_supply",
    "Water Treatment Works": "water_treatment_works",
    "Wastewater Treatment Works": "wastewater_treatment_works",
    "Water Reticulation": "water_reticulation",
    "Sanitation": "sanitation",
    "Groundwater Development": "groundwater_development",
    "Refurbishment": "refurbishment",
}

# What is published → the contract's status word. "Pre - Feasibility" is left out: sources disagree on it.
STATUSES = {
    "Project Initiation": "identification",
    "Feasibility": "planning",
    "Design": "design",
    "Tender": "tender",
    "Construction": "construction",
    "Construction 1% - 25%": "construction",
    "Construction 26% - 50%": "construction",
    "Construction 76% - 99%": "construction",
    "Practical Completion (100%)": "completed",
    "Final Completion": "completed",
    "On Hold": "on_hold",
    "Terminated": "cancelled",
}

AGENTS = (
    "Water board (replica)",
    "District as water services authority (replica)",
    "Local municipality (replica)",
    "Department, own construction unit (replica)",
    "Programme manager (replica)",
)

WORKS = (
    "bulk pipeline",
    "reservoir",
    "water treatment works",
    "wastewater treatment works",
    "pump station",
    "borehole field",
    "reticulation",
    "rising main",
)

# Texts that break careless parsers: quotes, ampersands, angle brackets, accents, a backslash.
AWKWARD = (
    'the "old" line & its valves',
    "<phase 3> of pump & pipe",
    "Kaalrivier d'Orée, çà et là",
    "Smit's half-built dam; 50% < 60%",
    "weir C:\\north & 'south'",
    "Môreson–Vlakte, “stage two”",
    "pipe Ø 600 mm, tariff block ≥ 2",
)

REMARKS = (
    "Site meeting held",
    "Awaiting environmental authorisation",
    "Community liaison officer appointed",
    "Delayed by rain; recovery plan submitted",
    "Pipes delivered & stacked",
    "Progress certificate no. 4 < no. 5",
    'Contractor says "on track"',
    "Eskom connection outstanding",
    "Servituut nog nie geregistreer nie – môre",
)

RISKS = ("A1", "A2", "B1", "B2", "B3", "C1")
