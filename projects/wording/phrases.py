"""What changed, in plain words: one phrase for each field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.fields import FIELDS, Kind, of
from projects.languages import MARKED, Words, gettext, ngettext
from projects.wording import figures
from projects.wording.codes import WORDS as WORDS
from projects.wording.recorded import in_words

# What the fields of a question are called.
_QUESTION_LABELS = {
    "question": "Question",
    "reason": "Reason",
    "state": "State",
    "severity": "Importance",
    "contested": "The amount asked about",
    "dws_value": "DWS’s figure",
    "treasury_value": "The municipality’s figure",
    "dws_label": "What DWS’s figure is",
    "treasury_label": "What the municipality’s figure is",
    "first_year": "First financial year",
    "last_year": "Last financial year",
    "compared": "What is compared",
    "explanations": "What may explain it",
}

_CODES = """
    identification planning design tender construction completed on_hold cancelled present missing withdrawn
    bulk_water_supply
"""
PUBLISHED = "published."  # the key of a column that has no field: "published.Remarks"
_LONGEST = 80  # characters of a quoted text

LABELS = Words({
    **{field.name: field.label for field in FIELDS},
    "url": "Web address",
    "presence": "Presence",
    "projects": "Published number of projects",
    "value": "Published total value",
    "external_id": "Project number",
    "issues": "Reading issues",
    "flags": "Flags",
    "merged_into": "Merged into",
    "split_off": "Split off",
    "split_from": "Split off from",
    # Of a municipal figure.
    "amount": "Amount",
    "through_month": "Actual up to",
    "over_90": "Over 90 days",
    "over_90_of": "Ages over 90 days that are given",
    "opinion": "Audit opinion",
    "report_url": "Auditor’s report",
    **_QUESTION_LABELS,
    # Of what somebody who is concerned answers.
    "reply": "Answer number",
    "reply.who": "Who answers",
    "reply.role": "In which role",
    "reply.date": "Date of the answer",
    "reply.source": "How it came",
    "reply.link": "Document",
    "reply.text": "Answer",
    "reply.answers": "What it answers",
    "reply.reason": "Why it was taken back",
})  # fmt: skip
# Fields of a question whose values are codes: the table of what they are called.
_BY_CODE = {"severity": "severity", "state": "kind"}
# What is counted of a run, and what pages are asked for.
_OF_RUN = Words(
    {
        name: name.replace("_", " ").capitalize()
        for name in (
            "pages requests retries not_modified seen listings invalid created updated same missing withdrawn"
            " returned since until near topic kind ordering measure from to q field rule run category about"
            " fragment page contractor before after"
        ).split()
    }
)
# What codes of a status, of a kind of project and of its presence are called.
CODES_SAID = Words({code: code.replace("_", " ").capitalize() for code in _CODES.split()})
PROVINCES = Words(
    {
        "EC": "Eastern Cape",
        "FS": "Free State",
        "GT": "Gauteng",
        "KZN": "KwaZulu-Natal",
        "LIM": "Limpopo",
        "MP": "Mpumalanga",
        "NC": "Northern Cape",
        "NW": "North West",
        "WC": "Western Cape",
    }
)
# What the choices of forms are called, by what they are called in English.
_CHOICES = Words(
    {
        name: name
        for name in (
            *(
                "Project",
                "municipality listing",
                "municipal figure",
                "Discrepancy",
                "municipal financial year",
            ),
            *(
                "Created",
                "Updated",
                "Missing",
                "Withdrawn",
                "Returned",
                "Merged",
                "Split",
                "Opened",
                "Closed",
            ),
            *(
                "Replied",
                "Source",
                "Parser",
                "Steward",
                "Merge",
                "Correction",
                "Info",
                "Minor",
                "Major",
                "Open",
            ),
            *("metropolitan municipality", "local municipality", "district municipality"),
            *("at once", "once a day", "once a week"),
        )
    }
)
# {a thing in English: how many of it are said}
_COUNTED = {
    "project": ("{count} project", "{count} projects"),
    "municipality": ("{count} municipality", "{count} municipalities"),
    "municipal figure": ("{count} municipal figure", "{count} municipal figures"),
    "municipal year": ("{count} municipal year", "{count} municipal years"),
    "question": ("{count} question", "{count} questions"),
    "record": ("{count} record", "{count} records"),
    "change": ("{count} change", "{count} changes"),
    "measured change": ("{count} measured change", "{count} measured changes"),
    "correction": ("{count} correction", "{count} corrections"),
    "age": ("{count} age", "{count} ages"),
    "other age": ("{count} other age", "{count} other ages"),
    "row": ("{count} row", "{count} rows"),
    "column": ("{count} column", "{count} columns"),
    "more column": ("{count} more column", "{count} more columns"),
    "more table": ("{count} more table", "{count} more tables"),
    "more note": ("{count} more note", "{count} more notes"),
    "page": ("{count} page", "{count} pages"),
    "place": ("{count} place", "{count} places"),
    "area": ("{count} area", "{count} areas"),
    "difference": ("{count} difference", "{count} differences"),
    "month": ("{count} month", "{count} months"),
    "minute": ("{count} minute", "{count} minutes"),
    "published budget": ("{count} published budget", "{count} published budgets"),
    "published figure": ("{count} published figure", "{count} published figures"),
    "line": ("{count} line", "{count} lines"),
    "figure": ("{count} figure", "{count} figures"),
    "report": ("{count} report", "{count} reports"),
}
MARKED.update(_COUNTED.values())

# Months of the municipal financial year, July to June: `month_01` … `month_12`.
FINANCIAL_MONTHS = {f"month_{month:02d}": month for month in range(1, 13)}
# One age of what was owed at the end of a month, or of the year.
_AGED = {
    f"{when}_{age}": (when, age) for when in (*FINANCIAL_MONTHS, finance.WHOLE_YEAR) for age in finance.AGES
}
# All ages of a month's balance as one text, where the whole month came or went.
_AGES = {f"ages_{month:02d}": month for month in FINANCIAL_MONTHS.values()}
OF_MONTHS = frozenset({*FINANCIAL_MONTHS, *_AGED, *_AGES, f"ages_{finance.WHOLE_YEAR}", "through_month"})
MONEY = frozenset(
    {
        *of(Kind.MONEY),
        "value",
        "amount",
        "contested",
        "dws_value",
        "treasury_value",
        "over_90",
        *FINANCIAL_MONTHS,
        *_AGED,
    }
)
PERCENTS = frozenset(of(Kind.PERCENT))
COUNTS = frozenset({*of(Kind.COUNT), "projects"})
DATES = frozenset({*of(Kind.DATE), "reply.date"})
CODES = frozenset({*of(Kind.STATUS, Kind.PROJECT_TYPE), "presence"})
_MONTH_NUMBERS = {str(month) for month in FINANCIAL_MONTHS.values()}


# Of a question: sentences, kept as they were made.
RECORDED = frozenset(("question", "compared", "dws_label", "treasury_label", "explanations", "reason"))


def label(field: str) -> str:
    """The field's name for people: `Completion date`; a column without a field keeps its own label."""
    if field.startswith(PUBLISHED):
        return field.removeprefix(PUBLISHED) or field
    if field in FINANCIAL_MONTHS:
        return financial_month(FINANCIAL_MONTHS[field])
    if field in _AGED:
        when, age = _AGED[field]
        words = finance.AGES[age]
        return f"{label(when)}: {words}" if when in FINANCIAL_MONTHS else words.capitalize()
    if field in _AGES:
        return gettext("{month}, by age").format(month=financial_month(_AGES[field]))
    return LABELS.get(field) or _OF_RUN.get(field) or field.replace("_", " ").strip().capitalize() or field


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[Any, str]]:
    """The choices of a form, for a page: (value, what it is called)."""
    return [
        (value, PROVINCES.get(str(value)) or _CHOICES.get(str(words), str(words))) for value, words in pairs
    ]


def in_sentence(field: str) -> str:
    """The field within a sentence: `the completion date`."""
    return gettext("the {field}").format(field=label(field).lower())


def financial_month(month: int) -> str:
    """`September (month 3)` of a municipal financial year."""
    return gettext("{name} (month {number})").format(name=finance.month_name(month), number=month)


def shown(field: str, value: Any) -> str:
    """One value of a field as people read it, `not published` for null."""
    if value is None:
        return gettext("not published")
    if field in MONEY and (amount := figures.number(value)) is not None:
        return figures.rand(amount)
    if field in PERCENTS and (amount := figures.number(value)) is not None:
        return figures.percent(amount)
    if field in COUNTS and (amount := figures.number(value)) is not None:
        return figures.grouped(amount)
    if field in DATES and (day := figures.day(value)) is not None:
        return figures.long_date(day)
    if field == "through_month" and str(value) in _MONTH_NUMBERS:
        return financial_month(int(value))
    if field.startswith("ages_") and (ages := finance.ages_of(value)):
        return _by_age(ages)
    if field == "over_90_of" and isinstance(value, str):
        return listed([finance.AGES.get(age, age) for age in value.split()])
    if field == "opinion" and isinstance(value, str):
        return finance.OPINIONS.get(value, value)
    if field in _BY_CODE and isinstance(value, str):
        return WORDS[_BY_CODE[field]].get(value, value)
    if field in CODES and isinstance(value, str):
        return CODES_SAID.get(value) or value.replace("_", " ").capitalize()
    if isinstance(value, list):
        told = [in_words(str(part)) for part in value] if field in RECORDED else map(str, value)
        return listed(list(told)) or gettext("none")
    return in_words(str(value)) if field in RECORDED else str(value)


def _by_age(ages: dict[str, Decimal | None]) -> str:
    """`30 days and less R1 000; 31 to 60 days given as null; …`."""
    null = gettext("given as null")
    told = {age: null if amount is None else figures.rand(amount) for age, amount in ages.items()}
    return "; ".join(f"{finance.AGES[age]} {amount}" for age, amount in told.items())


def joined(change_type: str, changes: dict[str, Any]) -> str:
    """`Merged into WP10235: the department lists it twice`."""
    before, after = changes.get("merged_into", (None, None))
    off, of = (str(changes.get(name, (None, ""))[1] or "") for name in ("split_off", "split_from"))
    reason = str(changes.get("reason", (None, ""))[1] or "").strip().removesuffix(".")
    if off:
        said = gettext("{number} was split off: another project").format(number=off)
    elif of:
        said = gettext("Split off from {number}").format(number=of)
    elif change_type == "merged":
        said = gettext("Merged into {number}").format(number=after or gettext("another record"))
    elif change_type == "split" and before:
        said = gettext("Split off again from {number}").format(number=before)
    else:
        said = gettext("Split off again")
    return f"{said}: {reason}" if reason else said


def listed(parts: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("{some} and {last}").format(some=", ".join(parts[:-1]), last=parts[-1])


def phrase(field: str, old: Any, new: Any) -> str:
    """What happened to one field, without the full stop: `Progress fell from 78% to 62%`."""
    subject = label(field)
    if new is None:
        return gettext("{subject} removed (was {old})").format(subject=subject, old=_quoted(field, old))
    if old is None:
        return gettext("{subject} added: {new}").format(subject=subject, new=_quoted(field, new))
    special = _SPECIAL.get(field)
    worded = special(field, old, new) if special else None
    return worded or gettext("{subject} changed from {old} to {new}").format(
        subject=subject, old=_quoted(field, old), new=_quoted(field, new)
    )


def by_steward(field: str, old: Any, new: Any, step: str) -> str:
    """What a steward did to a field; `step`: "corrected", "undone", "expired" or unknown."""
    if step == "undone":
        told = gettext("A steward took back a correction: {subject} is {after} again (was {before})")
    elif step == "expired":
        told = gettext("A steward's correction ran out: {subject} is {after} again (was {before})")
    elif new is None:
        told = gettext("A steward marked {subject} as not known (was {before})")
    elif old is None:
        told = gettext("A steward gave {subject}, which was not known: {after}")
    else:
        told = gettext("A steward corrected {subject} from {before} to {after}")
    not_known = gettext("not known")
    return told.format(
        subject=in_sentence(field),
        before=not_known if old is None else _quoted(field, old),
        after=not_known if new is None else _quoted(field, new),
    )


def by_reading(field: str, old: Any, new: Any) -> str:
    """What was read better than before: on the source's page it may have stood all along."""
    if old is None:
        told = gettext("{subject} read for the first time: {after}")
    elif new is None:
        told = gettext("{subject} no longer read (was {before})")
    else:
        told = gettext("{subject} read anew as {after}, before as {before}")
    return told.format(subject=label(field), before=_quoted(field, old), after=_quoted(field, new))


def with_others(told: str, others: int) -> str:
    """`…, and 2 more fields with it`."""
    if others < 1:
        return told
    more = ngettext(
        "{sentence}, and {number} more field with it", "{sentence}, and {number} more fields with it", others
    )
    return more.format(sentence=told, number=others)


def covered(fields: Sequence[str]) -> str:
    """`a steward's correction covers the budget`."""
    names = listed([in_sentence(field) for field in fields])
    return gettext("a steward's correction covers {names}").format(names=names)


def _quoted(field: str, value: Any) -> str:
    text = shown(field, value)
    if not isinstance(value, str) or text != value or field in _BARE:
        return shortened(text)
    return f'"{shortened(text)}"'


def shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _money(field: str, old: Any, new: Any) -> str | None:
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None or before == after:
        return None
    return rose_or_fell(label(field), before, after, figures.rand, _share(before, after))


def rose_or_fell(
    subject: str, before: Decimal, after: Decimal, said: Callable[[Decimal], str], share: str = ""
) -> str:
    """`Budget rose by 12% from R1 000 to R1 120`; `share` may be blank, `said` says one of the two."""
    if share:
        told = (
            gettext("{subject} rose by {share} from {before} to {after}")
            if after > before
            else gettext("{subject} fell by {share} from {before} to {after}")
        )
    else:
        told = (
            gettext("{subject} rose from {before} to {after}")
            if after > before
            else gettext("{subject} fell from {before} to {after}")
        )
    return told.format(subject=subject, share=share, before=said(before), after=said(after))


def _share(before: Decimal, after: Decimal) -> str:
    """`12%`; nothing where a percentage would say nothing (from zero, or a thousandfold)."""
    if before <= 0 or after < 0:
        return ""
    change = abs(after - before) / before * 100
    if change < Decimal("0.1"):
        return gettext("less than {share}").format(share=figures.percent(Decimal("0.1")))
    if change > 100_000:
        return ""
    return figures.percent(change.quantize(Decimal("0.1") if change < 10 else Decimal(1)))


def up_or_down(before: Decimal, after: Decimal) -> str:
    """`, up 12%`; nothing where a percentage would say nothing."""
    share = _share(before, after)
    if not share:
        return ""
    return (gettext(", up {share}") if after > before else gettext(", down {share}")).format(share=share)


def _amount(field: str, old: Any, new: Any) -> str | None:
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None or before == after:
        return None
    return rose_or_fell(label(field), before, after, lambda value: shown(field, value))


def _count(field: str, old: Any, new: Any) -> str:
    return gettext("{subject} went from {old} to {new}").format(
        subject=label(field), old=shown(field, old), new=shown(field, new)
    )


def _date(field: str, old: Any, new: Any) -> str | None:
    before, after = figures.day(old), figures.day(new)
    if before is None or after is None or before == after:
        return None
    first, last = sorted((before, after))
    told = (
        gettext("{subject} moved from {before} to {after}, {gap} later")
        if after > before
        else gettext("{subject} moved from {before} to {after}, {gap} earlier")
    )
    return told.format(
        subject=label(field),
        before=figures.long_date(before),
        after=figures.long_date(after),
        gap=figures.duration(first, last),
    )


def plural(count: int | Decimal, noun: str) -> str:
    """`1 project`, `1 234 projects`; of a noun that is not in the table the English plural."""
    one, many = _COUNTED.get(noun) or (f"{{count}} {noun}", f"{{count}} {noun}s")
    # Of 1.5 there are many.
    number = int(count) if count == int(count) else 2
    return ngettext(one, many, number).format(count=figures.grouped(count))


def _name(field: str, old: Any, new: Any) -> str:
    return gettext("Renamed from {old} to {new}").format(old=_quoted(field, old), new=_quoted(field, new))


_BY_KIND = {Kind.PERCENT: _amount, Kind.COUNT: _amount, Kind.MONEY: _money, Kind.DATE: _date}
_SPECIAL: dict[str, Callable[[str, Any, Any], str | None]] = {
    **{field.name: _BY_KIND[field.kind] for field in FIELDS if field.kind in _BY_KIND},
    "value": _count,
    "contested": _money,
    "dws_value": _money,
    "treasury_value": _money,
    "projects": _count,
    "name": _name,
}
# Codes and numbers are not quoted; texts that a source wrote are.
_BARE = {field.name for field in FIELDS if field.kind is not Kind.TEXT} | {
    *("value", "projects", "presence", "contested", "dws_value", "treasury_value")
}


def listing(changes: dict[str, tuple[Any, Any]]) -> Iterator[str]:
    """A municipality's published line: number and value in one breath, then whatever else changed."""
    number, value = changes.get("projects"), changes.get("value")
    if number and value and None not in (*number, *value):
        worth = gettext("total value from {old} to {new}").format(
            old=shown("value", value[0]), new=shown("value", value[1])
        )
        yield f"{_count('projects', *number)}; {worth}"
        changes = {field: pair for field, pair in changes.items() if field not in ("projects", "value")}
    for field, pair in changes.items():
        yield phrase(field, *pair)


def first_listing(changes: dict[str, tuple[Any, Any]]) -> str:
    """`Listed with 2 projects, total value R1 136 772 249`, as far as it is published."""
    number = figures.number(changes.get("projects", (None, None))[1])
    value = figures.number(changes.get("value", (None, None))[1])
    if number is None and value is None:
        return gettext("First seen")
    counted = "" if number is None else plural(number, "project")
    worth = "" if value is None else figures.rand(value)
    if counted and worth:
        told = gettext("Listed with {projects}, total value {worth}")
    else:
        told = gettext("Listed with {projects}") if counted else gettext("Listed, total value {worth}")
    return told.format(projects=counted, worth=worth)
