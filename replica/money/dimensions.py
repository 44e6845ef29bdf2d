"""The dimensions and measures that cubes are made of: columns as the service has them, words of ours."""

from __future__ import annotations

from replica.money.shape import Attribute, Dimension, Measure

Join = str | list[str]
_CODE = "The code that Treasury uses"


def codes(
    name: str,
    label: str,
    table: str,
    reference: str,
    join: Join,
    *,
    extra: tuple[Attribute, ...] = (),
    fixed: bool = False,
) -> Dimension:
    """A dimension of codes and labels in a table of its own."""
    column = "name" if name == "grant" else "label"
    attributes = (
        Attribute("code", f"{table}.code", "Code", description=_CODE),
        Attribute("label", f"{table}.{column}", "Label"),
    )
    return Dimension(name, label, attributes + extra, "label", "", reference, join, fixed)


def _form(table: str) -> tuple[Attribute, ...]:
    """What most tables of items say on the place of an item in the return form."""
    return (
        Attribute(
            "position_in_return_form",
            f"{table}.position_in_return_form",
            "Position in Return Form",
            "integer",
            "Where the item stands in the return form; sort by it to get the form's order",
        ),
        Attribute(
            "return_form_structure",
            f"{table}.return_form_structure",
            "Return Form Structure",
            description="Heading, line item or subtotal",
        ),
        Attribute(
            "composition",
            f"{table}.composition",
            "Composition",
            description="The items that a subtotal adds up, by code",
        ),
    )


DEMARCATION = Dimension(
    "demarcation",
    "Municipality",
    (
        Attribute(
            "code",
            "scorecard_geography.geo_code",
            "Demarcation Code",
            description="The municipality's code of the Municipal Demarcation Board",
        ),
        Attribute("label", "scorecard_geography.name", "Name"),
    ),
    "label",
    "The municipality",
    "demarcation",
    "demarcation_code",
)
YEAR = Dimension(
    "financial_year_end",
    "Financial Year",
    (Attribute("year", "financial_year", "Year End", "integer"),),
    "year",
    "The calendar year in which the financial year ends",
    fixed=True,
)
LENGTH = Dimension(
    "period_length",
    "Period Length",
    (Attribute("length", "period_length", "Length"),),
    "length",
    "Whether the figure is of a month or of a year",
    fixed=True,
)
PERIOD = Dimension(
    "financial_period",
    "Financial Period",
    (Attribute("period", "financial_period", "Period", "integer"),),
    "period",
    "The month's number in the financial year, or the year itself",
)


def _amount_type(version: int) -> Dimension:
    table = "amount_type_v2" if version == 2 else "amount_type"
    join: Join = ["amount_type_id", "id"] if version == 2 else "amount_type_code"
    attributes = (Attribute("code", f"{table}.code", "Code"), Attribute("label", f"{table}.label", "Label"))
    words = "Budget, actual, audited and so on"
    return Dimension(
        "amount_type", "Amount Type", attributes, "label", words, f"amount_types_v{version}", join, True
    )


def function(version: int, *, classes: bool = False, label: str = "Function") -> Dimension:
    table = "government_functions_v2" if version == 2 else "government_functions"
    join: Join = ["function_id", "id"] if version == 2 else "function_code"
    extra = (
        Attribute("category_label", f"{table}.category_label", "Category Label"),
        Attribute("subcategory_label", f"{table}.subcategory_label", "Subcategory Label"),
    )
    return codes("function", label, table, f"functions_v{version}", join, extra=extra if classes else ())


def item(
    table: str, reference: str, version: int = 2, *, form: bool = True, fixed: bool = False
) -> Dimension:
    join: Join = ["item_id", "id"] if version == 2 else "item_code"
    return codes("item", "Item", table, reference, join, extra=_form(table) if form else (), fixed=fixed)


def periods(version: int) -> tuple[Dimension, ...]:
    return (YEAR, LENGTH, PERIOD, _amount_type(version))


AMOUNT = (Measure("amount", "Amount"),)
_AGES = (
    ("l30", "30 Days And Below"),
    ("l60", "31 - 60 Days"),
    ("l90", "61 - 90 Days"),
    ("l120", "91 - 120 Days"),
    ("l150", "121 - 150 Days"),
    ("l180", "151 - 180 Days"),
    ("l1", "181 Days - 1 Year"),
    ("g1", "Over 1 Year"),
    ("total", "Total"),
)
AGES = tuple(Measure(f"{name}_amount", label) for name, label in _AGES)
BAD = (
    Measure("bad_amount", "Actual Bad Debts Written Off to Debtors"),
    Measure("badi_amount", "Impairment - Bad Debts i.t.o. Council Policy"),
)
CUSTOMERS = Dimension(
    "customer_group",
    "Customer Group",
    (Attribute("code", "customer_group_code", "Code", description=_CODE),),
    "code",
)


def _columns(*pairs: tuple[str, str, str]) -> tuple[Attribute, ...]:
    return tuple(Attribute(name, column, label, description=None) for name, column, label in pairs)


_ADDRESS = tuple(
    (f"{kind}_address_{part}", f"{kind}_address_{part}", f"{kind.title()} Address part {part}")
    for kind, parts in (("postal", 3), ("street", 4))
    for part in range(1, parts + 1)
)
MUNICIPALITY = Dimension(
    "municipality",
    "Municipality",
    _columns(
        ("demarcation_code", "geo_code", "Demarcation Code"),
        ("name", "name", "Name"),
        ("long_name", "long_name", "Long Name"),
        ("parent_code", "parent_code", "Parent Municipality Code"),
        ("province_name", "province_name", "Province Name"),
        ("province_code", "province_code", "Province Code"),
        ("category", "category", "Category"),
        ("miif_category", "miif_category", "MIIF Category"),
        *_ADDRESS,
        ("phone_number", "phone_number", "Phone Number"),
        ("fax_number", "fax_number", "Fax Number"),
        ("url", "url", "URL"),
    ),
    "long_name",
    None,
)
OFFICIALS = (
    Dimension(
        "municipality",
        "Municipality",
        _columns(("demarcation_code", "demarcation_code", "Demarcation Code")),
        "demarcation_code",
        None,
    ),
    Dimension("role", "Role", _columns(("role", "role", "Role")), "role", None),
    Dimension(
        "contact_details",
        "Contact Details",
        _columns(
            ("email_address", "email_address", "Email Address"),
            ("title", "title", "Title"),
            ("phone_number", "office_number", "Phone Number"),
            ("fax_number", "fax_number", "Fax Number"),
            ("name", "name", "Name"),
        ),
        "name",
        None,
    ),
)
OPINION = Dimension(
    "opinion",
    "Opinion",
    _columns(
        ("code", "opinion_code", "Code"),
        ("label", "opinion_label", "Label"),
        ("report_url", "report_url", "Auditor General's Report URL"),
    ),
    "label",
    None,
)
UIFW = Dimension(
    "item",
    "Item",
    (
        Attribute("code", "item_code", "Code", description="unauthorised, irregular or fruitless"),
        Attribute("label", "item_label", "Label"),
    ),
    "label",
    fixed=True,
)


def _change(name: str, column: str, label: str, of: str) -> Dimension:
    return Dimension(name, label, (Attribute("code", column, of),), "code")


CHANGES = (
    _change("old_demarcation", "old_code", "Old demarcation", "Demarcation Code"),
    _change("new_demarcation", "new_code", "New demarcation", "Demarcation Code"),
    _change(
        "old_code_transition", "old_code_transition", "Old demarcation", "Old Demarcation Transition Code"
    ),
    _change("new_code_transition", "new_code_transition", "", "New Demarcation Transition Code"),
    Dimension("date", "Date", (Attribute("date", "date", "Date", "date"),), "date"),
)
