"""The 21 cubes of the service, with descriptions in our words."""

from __future__ import annotations

from replica.money import dimensions as d
from replica.money.shape import Cube, Dimension, Measure

_V2 = "From the financial year 2019-20 on (mSCOA); takes the place of the cube without v2."
_CAPITAL_V1 = tuple(
    Measure(name, label)
    for name, label in (
        ("new_assets", "New Assets"),
        ("renewal_of_existing", "Renewal of Existing"),
        ("total_assets", "Total Assets"),
        ("repairs_maintenance", "Repairs and Maintenance"),
        ("asset_register_summary", "Asset Register Summary"),
    )
)


def _v1(
    name: str,
    label: str,
    words: str,
    forms: str,
    *own: Dimension,
    measures: tuple[Measure, ...] = d.AMOUNT,
    table: str = "",
) -> Cube:
    """A cube of the years up to 2018-19. `forms`: the return forms that it comes from."""
    parts = (d.DEMARCATION, *own, *d.periods(1))
    return Cube(
        name, label, words, table or f"{name}_facts", parts, measures, return_forms=tuple(forms.split())
    )


def _v2(
    name: str,
    label: str,
    words: str,
    tables: str,
    *own: Dimension,
    measures: tuple[Measure, ...] = d.AMOUNT,
) -> Cube:
    """A cube of the years from 2019-20 on. `tables`: that of the facts, that of its updates."""
    facts, updates = tables.split()
    parts = (d.DEMARCATION, *own, *d.periods(2))
    return Cube(name, f"{label} (v2)", f"{words} {_V2}", facts, parts, measures, updates_table=updates)


def _debtors(version: int) -> tuple[Dimension, ...]:
    if version == 1:
        return (d.CUSTOMERS, d.item("aged_debtor_items", "no_items", 1))
    return (d.CUSTOMERS, d.item("aged_debtor_items_v2", "no_items"))


def _grant(table: str, reference: str, join: d.Join) -> Dimension:
    return d.codes("grant", "Grant", table, reference, join)


_DEBTORS = "What is owed to municipalities, by age; single debtors are not told."
_CREDITORS = "What municipalities owe, by age; single creditors are not told."
_INCEXP = "What municipalities earned and spent (statement of financial performance)."
_CASH = "Cash that came in and went out."
_POSITION = "Assets, liabilities and capital at one moment (statement of financial position)."
_REPAIRS = "What was spent on repairs and maintenance of assets."
_CAPITAL = "What was spent on buying, renewing and repairing capital assets."

_V1_CUBES = (
    _v1("aged_creditor", "Aged Creditor Analysis", _CREDITORS, "AC",
        d.item("aged_creditor_items", "no_items", 1), measures=d.AGES),
    _v1("aged_debtor", "Aged Debtor Analysis", _DEBTORS, "AD", *_debtors(1), measures=d.AGES + d.BAD),
    _v1("bsheet", "Balance Sheet", _POSITION, "BSAC", d.item("bsheet_items", "no_items", 1)),
    _v1("capital", "Capital Acquisition", _CAPITAL, "CA CAR CAA CAAA",
        d.function(1), d.item("capital_items", "capital_items_v1", 1, fixed=True), measures=_CAPITAL_V1),
    _v1("cflow", "Cash Flow", _CASH, "CFA CFB", d.item("cflow_items", "no_items", 1)),
    _v1("conditional_grants", "Conditional Grants", "Grants received from national government.", "Grants",
        _grant("conditional_grant_types", "grants_v1", "grant_code"), table="conditional_grant_facts"),
    _v1("incexp", "Income and Expenditure", _INCEXP, "OSA OSB",
        d.function(1, classes=True, label="Government Function"), d.item("incexp_items", "no_items", 1)),
    _v1("repmaint", "Repairs and Maintenance", _REPAIRS, "RM", d.item("repmaint_items", "no_items", 1)),
)  # fmt: skip
_V2_CUBES = (
    _v2("aged_creditor_v2", "Aged Creditor Analysis", _CREDITORS,
        "aged_creditor_facts_v2 aged_creditor_facts_v2_update",
        d.item("aged_creditor_items_v2", "no_items"), measures=d.AGES),
    _v2("aged_debtor_v2", "Aged Debtor Analysis", _DEBTORS,
        "aged_debtor_facts_v2 aged_debtors_facts_v2_update", *_debtors(2), measures=d.AGES + d.BAD),
    _v2("capital_v2", "Capital Acquisition", _CAPITAL, "capital_facts_v2 capital_facts_v2_update",
        d.function(2), d.item("capital_items_v2", "capital_items_v2", form=False),
        d.codes("capital_type", "Capital Type", "capital_type_v2", "capital_types_v2",
                ["capital_type_id", "id"], fixed=True)),
    _v2("cflow_v2", "Cash Flow", _CASH, "cflow_facts_v2 cash_flow_v2_update",
        d.item("cflow_items_v2", "cflow_items_v2")),
    _v2("financial_position_v2", "Financial Position", _POSITION,
        "financial_position_facts_v2 financial_position_facts_v2_update",
        d.item("financial_position_items_v2", "financial_position_items_v2")),
    _v2("grants_v2", "Grants", "Grants from national and provincial government, equitable share too.",
        "grant_facts_v2 grant_facts_v2_update",
        _grant("grant_types_v2", "grants_v2", ["grant_type_id", "id"])),
    _v2("incexp_v2", "Income and Expenditure", _INCEXP, "incexp_facts_v2 income_expenditure_v2_update",
        d.function(2, classes=True, label="Government Function"),
        d.item("incexp_items_v2", "incexp_items_v2")),
    _v2("repmaint_v2", "Repairs and Maintenance", _REPAIRS,
        "repairs_maintenance_facts_v2 repairs_maintenance_v2_update",
        d.item("repairs_maintenance_items_v2", "repmaint_items_v2")),
)  # fmt: skip
_OTHER_CUBES = (
    Cube("audit_opinions", "Audit Opinions", "What the Auditor-General said of financial statements.",
         "audit_opinion_facts", (d.DEMARCATION, d.YEAR, d.OPINION),
         cycle="year", updates_table="audit_opinion_facts_update"),
    Cube("demarcation_changes", "Demarcation Changes", "What became of municipalities that ended.",
         "municipal_finance_demarcationchanges", d.CHANGES, last_updated="2016-12"),
    Cube("municipalities", "Municipalities", "Where municipalities are and of what kind.",
         "scorecard_geography", (d.MUNICIPALITY,),
         (Measure("area", "Population", "population", "integer", whole=True),),
         updates_table="scorecard_geography_update"),
    Cube("officials", "Municipal Officials", "Who holds which office; empty here, always.",
         "municipal_staff_contacts", d.OFFICIALS, updates_table="municipal_staff_contacts_update"),
    Cube("uifwexp", "Unauthorised, Irregular, Fruitless and Wasteful Expenditure",
         "From the notes to audited annual financial statements.",
         "uifwexp_facts", (d.DEMARCATION, d.UIFW, d.YEAR), d.AMOUNT,
         cycle="year", updates_table="uifw_expense_facts_update", last_updated="2020-07"),
)  # fmt: skip
CUBES = {cube.name: cube for cube in (*_V1_CUBES, *_V2_CUBES, *_OTHER_CUBES)}
