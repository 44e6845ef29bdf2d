"""The cubes that are served, with the columns that the service has."""

from __future__ import annotations

from replica.money.shape import Attribute, Cube, Dimension, Measure


def _coded(
    name: str, label: str, table: str, join: str, *more: Attribute, labels: str = "label", fixed: bool = False
) -> Dimension:
    """A dimension of codes and labels in a table of its own."""
    code = Attribute("code", f"{table}.code", "Code")
    attributes = (code, Attribute("label", f"{table}.{labels}", "Label"), *more)
    return Dimension(name, label, attributes, "label", table, [join, "id"], fixed)


def _single(name: str, label: str, *column: str, fixed: bool = False) -> Dimension:
    """A dimension of one attribute. `column`: as `Attribute` takes it."""
    return Dimension(name, label, (Attribute(*column),), column[0], fixed=fixed)


def _item(table: str) -> Dimension:
    """Items of a return form; of their place in it our tables know nothing."""
    return _coded(
        "item", "Item", table, "item_id",
        Attribute("position_in_return_form", f"{table}.position_in_return_form", "Position in Return Form",
                  "integer"),
        Attribute("return_form_structure", f"{table}.return_form_structure", "Return Form Structure"),
        Attribute("composition", f"{table}.composition", "Composition"),
    )  # fmt: skip


_FUNCTIONS = "government_functions_v2"
_CLASSES = (
    Attribute("category_label", f"{_FUNCTIONS}.category_label", "Category Label"),
    Attribute("subcategory_label", f"{_FUNCTIONS}.subcategory_label", "Subcategory Label"),
)
_GEOGRAPHY = "scorecard_geography"
_DEMARCATION = Dimension(
    "demarcation", "Municipality",
    (Attribute("code", f"{_GEOGRAPHY}.geo_code", "Demarcation Code"),
     Attribute("label", f"{_GEOGRAPHY}.name", "Name")),
    "label", _GEOGRAPHY, "demarcation_code",
)  # fmt: skip
_YEAR = _single(
    "financial_year_end", "Financial Year", "year", "financial_year", "Year End", "integer", fixed=True
)
_TIME = (
    _YEAR,
    _single("period_length", "Period Length", "length", "period_length", "Length", fixed=True),
    _single("financial_period", "Financial Period", "period", "financial_period", "Period", "integer"),
    _coded("amount_type", "Amount Type", "amount_type_v2", "amount_type_id", fixed=True),
)
_UIFW = Dimension(
    "item", "Item",
    (Attribute("code", "item_code", "Code"), Attribute("label", "item_label", "Label")),
    "label", fixed=True,
)  # fmt: skip
_OPINION = Dimension(
    "opinion", "Opinion",
    (Attribute("code", "opinion_code", "Code"), Attribute("label", "opinion_label", "Label"),
     Attribute("report_url", "report_url", "Auditor General's Report URL")),
    "label", described=False,
)  # fmt: skip
_ADDRESS = {
    f"{kind}_address_{part}": f"{kind.title()} Address part {part}"
    for kind, parts in (("postal", 3), ("street", 4))
    for part in range(1, parts + 1)
}
_PLACE = {
    "name": "Name", "long_name": "Long Name", "parent_code": "Parent Municipality Code",
    "province_name": "Province Name", "province_code": "Province Code",
    "category": "Category", "miif_category": "MIIF Category", **_ADDRESS,
    "phone_number": "Phone Number", "fax_number": "Fax Number", "url": "URL",
}  # fmt: skip
_MUNICIPALITY = Dimension(
    "municipality", "Municipality",
    (Attribute("demarcation_code", "geo_code", "Demarcation Code"),
     *(Attribute(name, name, label) for name, label in _PLACE.items())),
    "long_name", described=False,
)  # fmt: skip
_CHANGES = (
    _single("old_demarcation", "Old demarcation", "code", "old_code", "Demarcation Code"),
    _single("new_demarcation", "New demarcation", "code", "new_code", "Demarcation Code"),
    _single("old_code_transition", "Old demarcation",
            "code", "old_code_transition", "Old Demarcation Transition Code"),
    _single("new_code_transition", "", "code", "new_code_transition", "New Demarcation Transition Code"),
    _single("date", "Date", "date", "date", "Date", "date"),
)  # fmt: skip
_AMOUNT = Measure("amount", "amount", "Amount")


def _timed(name: str, label: str, facts: str, updates: str, *own: Dimension) -> Cube:
    """A cube with amount types and periods, from the financial year 2019-20 on (mSCOA)."""
    return Cube(name, f"{label} (v2)", facts, updates, (_DEMARCATION, *own, *_TIME), _AMOUNT)


_ALL = (
    _timed("capital_v2", "Capital Acquisition", "capital_facts_v2", "capital_facts_v2_update",
           _coded("function", "Function", _FUNCTIONS, "function_id"),
           _coded("item", "Item", "capital_items_v2", "item_id"),
           _coded("capital_type", "Capital Type", "capital_type_v2", "capital_type_id", fixed=True)),
    _timed("incexp_v2", "Income and Expenditure", "incexp_facts_v2", "income_expenditure_v2_update",
           _coded("function", "Government Function", _FUNCTIONS, "function_id", *_CLASSES),
           _item("incexp_items_v2")),
    _timed("cflow_v2", "Cash Flow", "cflow_facts_v2", "cash_flow_v2_update", _item("cflow_items_v2")),
    _timed("grants_v2", "Grants", "grant_facts_v2", "grant_facts_v2_update",
           _coded("grant", "Grant", "grant_types_v2", "grant_type_id", labels="name")),
    Cube("uifwexp", "Unauthorised, Irregular, Fruitless and Wasteful Expenditure",
         "uifwexp_facts", "uifw_expense_facts_update", (_DEMARCATION, _UIFW, _YEAR), _AMOUNT, "year"),
    Cube("audit_opinions", "Audit Opinions", "audit_opinion_facts", "audit_opinion_facts_update",
         (_DEMARCATION, _YEAR, _OPINION), cycle="year"),
    Cube("municipalities", "Municipalities", _GEOGRAPHY, f"{_GEOGRAPHY}_update", (_MUNICIPALITY,),
         Measure("area", "population", "Population", "integer")),
    Cube("demarcation_changes", "Demarcation Changes", "municipal_finance_demarcationchanges", "", _CHANGES),
)  # fmt: skip
CUBES = {cube.name: cube for cube in _ALL}
