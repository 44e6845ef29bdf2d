"""Which tables list projects, and which page is a project's own: by what their columns mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from etl.extract.columns import HEADING, published, published_rows
from etl.extract.groups import SECTION, is_total
from etl.extract.lines import listing_rows
from etl.extract.types import LeftOut, PublishedProject, Table, TableKind
from etl.understand.context import NamedUnit, column_unit, names_foreign_money, table_units, units_in
from etl.understand.evidence import ColumnValues
from etl.understand.judge import Column, judge
from etl.understand.plan import Choice
from etl.understand.sameprojects import (
    data_columns,
    each_once,
    is_of_several_lines,
    join_sections,
    put_together,
)
from etl.values.identifiers import number_of
from etl.values.places import is_a_municipality
from etl.values.units import label_unit
from etl.values.vocabulary import field_of, normal_label
from etl.values.words import meanings as meanings_of
from projects.fields import BY_NAME, Kind

IDENTIFYING = ("external_id", "name")
_OWN_PAGE = re.compile(r"proj|scheme", re.IGNORECASE)
# Labels that identify something, but not for certain a project; they need more evidence beside them
_VAGUE = frozenset(
    {"id", "name", "title", "ref", "ref no", "ref number", "reference", "reference no", "reference number"}
)
_CERTAIN = 0.8
_NAMED = 0.6  # a name that the heading says, and not its words alone
_SAMPLES = 50  # texts of a column by which one page's tables are judged; the whole reading is judged by more
_UNTOLD = ("json", "cards", "list")  # tables whose sums no reader has told apart
# Fields that only a project has: tenders and posts have a name, a description and an amount too
_SPECIFIC = frozenset(
    {"progress_percentage", "contractor", "implementing_agent", "programme", "project_type",
     "completion_date"}
)  # fmt: skip
_SAYS_PROJECT = re.compile(r"project|scheme|projek|skema", re.IGNORECASE)
# What the rows of a plan of works, of payments or of risks are, or of a budget by what it is for
_OF_ANOTHER = re.compile(
    r"^(?:tasks?|milestones?|activit(?:y|ies)|deliverables?|risks?|invoices?|payments?|employees?|bidders?"
    r"|functions?|sub-?functions?|votes?|departments?|directorates?|divisions?|clusters?|sectors?|line items?"
    r"|items?|outcomes?|objectives?|indicators?|kpis?|economic classification|asset class)"
    r"(?:\s+(?:id|name|no|number|title|description)\b\.?)?$",
    re.IGNORECASE,
)
# What is published of works that run, and of no project; what else a list of projects has
_OF_WORKS = re.compile(
    r"\b(?:blue|green|no) drop\b|\bcompliance\b|\be\.? ?coli\b|\bwater quality\b|\brisk rating\b|% full",
    re.IGNORECASE,
)
# … and of schemes that supply water
_OF_SUPPLY = re.compile(r"\bcapacity\b|\bpopulation\b|\byield\b|\babstraction\b", re.IGNORECASE)
# What is published of what happens or is asked for, beside a number and a description
_OF_CASES = re.compile(
    r"\b(?:logged|lodged|complaints?|incidents?|applicants?|applications?|licen[cs]es?|permits?|payees?|penalt(?:y|ies)"
    r"|customers?|queries|query)\b",
    re.IGNORECASE,
)
# … and of people
_OF_PEOPLE = re.compile(
    r"\b(?:participants?|wages?|gender|surname|id number|learners?|salary)\b", re.IGNORECASE
)
_OF_PROJECTS = _SPECIFIC | {"budget", "expenditure", "start_date"}
_COUNTED = re.compile(r"(\S.*?)\s*[(\[:-]?\s?\b(\d{1,5})[)\]]?")
_OF_OWN_PAGE = "It stands on a project's own page, and nothing says that it is another project."
_Shown = tuple[TableKind, list[PublishedProject]]  # a list and its projects
_MOST_LABELS = 300  # of one page; a page with more is no project's


class Meanings:
    """What the headings of one page mean, asked for each once. `labels`: those that a steward taught."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels
        self._fields: dict[str, str | None] = {}
        self.doubts: dict[str, str] = {}  # label → why its figures are not read

    def field_of(self, label: str) -> str | None:
        if label not in self._fields:
            self._fields[label] = field_of(label, self.labels)
        return self._fields[label]

    def of_rows(self, rows: Sequence[dict[str, str]], doubts: Mapping[str, str]) -> dict[str, Choice]:
        """Label → what its column means, of the rows of one table."""
        labels = dict.fromkeys(chain.from_iterable(rows[:_MOST_LABELS]))
        columns = []
        for label in labels:
            values = ColumnValues(_SAMPLES)
            values.add([row.get(label, "") for row in rows])
            columns.append(Column(label, values))
        choices = judge(columns, (), self.labels)
        for at, choice in enumerate(choices):
            if choice.label in doubts:
                choices[at] = replace(choice, field=None)
        for choice in choices:  # what else asks for a label of this page hears the same
            self._fields[choice.label] = choice.field
        return {choice.label: choice for choice in choices}


def read_projects(
    tables: list[Table], page_url: str, meanings: Meanings, remarks: Sequence[str], heading: str = ""
) -> list[PublishedProject]:
    """Lines of project tables, and the project whose own page this is. Tables learn labels and roles.

    `heading`: what the page is headed: on a project's own page it may be all that names the project.
    """
    for table in tables:
        _name_columns(table, meanings, table_units(table, remarks))
        _doubt_foreign(table, meanings, [*table.context, *remarks])
    sections = _sections(tables)
    lists = [table for table in tables if table.kind != "fields"]
    shown = [(one.kind, _lines(meanings, one, sections.get(id(one), ""), page_url)) for one in lists]
    fields = [table for table in tables if table.kind == "fields"]
    if heading and fields and any(projects for _, projects in shown):
        shown = _without_parts(meanings, fields, heading, lists, shown)
    alike = [[projects for projects in some if projects] for some in _by_headings(lists, shown, sections)]
    for some in alike:
        join_sections(meanings.field_of, some)
    lines = each_once(meanings.field_of, shown)
    is_list = any(kind == "cards" and projects for kind, projects in shown)
    return lines + _pages(meanings, fields, (page_url, heading), is_list)


def _without_parts(
    meanings: Meanings, fields: Sequence[Table], heading: str, lists: Sequence[Table], shown: Sequence[_Shown]
) -> list[_Shown]:
    """What the lists show, less what stands on a project's own page and may be its phases or its people.

    Such a page is headed by the name of the one project that its fields identify. A list on it is one of
    projects where its lines lead on, or its number or name stand under a label that says so.
    """
    read = [_fields_of(meanings, [table]) for table in fields]
    identified = [(texts, choices) for texts, choices in read if is_about_projects(choices.values(), 1)]
    if len({_identity(*one) for one in identified}) != 1:
        return list(shown)
    texts, choices = identified[0]
    own, name_label = _identifying(choices.values())
    if not own or normal_label(texts.get(name_label, "")) != normal_label(heading):
        return list(shown)
    kept: list[_Shown] = []
    for table, (kind, projects) in zip(lists, shown, strict=True):
        if projects and _may_be_parts(meanings, projects, own):
            table.role = ""
            table.left_out += [LeftOut(row, "note", _OF_OWN_PAGE) for row in table.rows]
            projects = []
        kept.append((kind, projects))
    return kept


def _may_be_parts(meanings: Meanings, projects: Sequence[PublishedProject], own: str) -> bool:
    """Whether lines lead nowhere, and nothing says that they are projects. `own`: the label of the number of
    the project whose page it is."""
    if any(one.url or one.postback for one in projects):
        return False
    labels = [label for label in projects[0].published if meanings.field_of(label) in IDENTIFYING]
    return not any(label == own or _SAYS_PROJECT.search(label) for label in labels)


def is_about_projects(choices: Iterable[Choice], others: int) -> bool:
    """Whether the columns identify a project and hold `others` more fields at least."""
    choices = list(choices)
    understood = [choice for choice in choices if choice.field]
    identifying = [choice for choice in understood if choice.field in IDENTIFYING]
    known = {choice.field for choice in understood}
    if not identifying or len(known) < 1 + others:
        return False
    if not known & _OF_PROJECTS and _speaks_of_works(choices):
        return False
    if not known & {"external_id", "budget"} and any(_OF_PEOPLE.search(choice.label) for choice in choices):
        return False
    if all(map(_is_vague, identifying)):
        says_project = any(_SAYS_PROJECT.search(choice.label) for choice in understood)
        if not says_project and any(_OF_CASES.search(choice.label) for choice in choices):
            return False
        is_named = any(choice.field == "name" and choice.certainty >= _NAMED for choice in understood)
        if not is_named and any(_OF_ANOTHER.search(choice.label) for choice in choices):
            return False
        return len(known) > 2 and (bool(known & _SPECIFIC) or says_project)
    return True


def _speaks_of_works(choices: Iterable[Choice]) -> bool:
    """Whether the headings are those of works that run: how well they do, or what schemes supply."""
    labels = [choice.label for choice in choices]
    are_schemes = not any("proj" in label.lower() for label in labels)
    return any(_OF_WORKS.search(one) or (are_schemes and _OF_SUPPLY.search(one)) for one in labels)


def _is_vague(choice: Choice) -> bool:
    return normal_label(choice.label) in _VAGUE or (
        not _SAYS_PROJECT.search(choice.label) and choice.certainty < _CERTAIN
    )


def _leads_on(choices: Iterable[Choice], table: Table, page_url: str) -> bool:
    """Whether each row of a list that shows little (or vague labels) has a link to a project's own page. One
    to the page itself with other parameters is none, unless these speak of a project."""
    fields = {choice.field for choice in choices if choice.field}
    if not fields.intersection(IDENTIFYING) or not (fields >= set(IDENTIFYING) or len(fields) > 2):
        return False
    here = page_url.partition("?")[0]
    own = {url for url in table.links if url and _OWN_PAGE.search(url.removeprefix(f"{here}?"))}
    return len(own) == len(table.links) == len(table.rows)


def _sections(tables: Iterable[Table]) -> dict[int, str]:
    """What stands above each of several tables with the same columns, and above it alone: by the table's id.
    Such a heading is what a group row is within one table."""
    alike: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        if table.kind != "fields":
            alike.setdefault(tuple(table.headers), []).append(table)
    found: dict[int, str] = {}
    for some in alike.values():
        counted = Counter(text for table in some for text in table.context)
        own = [[text for text in t.context if counted[text] == 1 and not units_in([text])] for t in some]
        if all(own) and (len(some) > 1 or is_a_municipality(own[0][0])):
            found |= {id(table): _uncounted(table, texts[0]) for table, texts in zip(some, own, strict=True)}
    return found


def _uncounted(table: Table, heading: str) -> str:
    """A heading without the number of the rows below it: "Construction 12"."""
    count = _COUNTED.fullmatch(heading)
    return count[1] if count and int(count[2]) == len(table.rows) else heading


def _by_headings(
    lists: Sequence[Table],
    shown: Sequence[tuple[TableKind, list[PublishedProject]]],
    sections: Mapping[int, str],
) -> Iterable[list[list[PublishedProject]]]:
    """The projects of tables with the same columns that sections tell apart, together."""
    alike: dict[tuple[str, ...], list[list[PublishedProject]]] = {}
    for table, (_, projects) in zip(lists, shown, strict=True):
        if id(table) in sections:
            alike.setdefault(tuple(table.headers), []).append(projects)
    return alike.values()


def _lines(meanings: Meanings, table: Table, section: str, page_url: str) -> list[PublishedProject]:
    if not table.rows:
        return []
    if listing_rows(table):
        table.role = "lines"
        return []
    headers, kept = table.labels, data_columns(meanings.field_of, table)
    shown = (
        table.rows if kept == list(range(len(headers))) else [[row[at] for at in kept] for row in table.rows]
    )
    rows = published_rows([headers[at] for at in kept], shown)
    if section and SECTION not in headers:
        rows = [{SECTION: section, **row} for row in rows]
    doubts = meanings.doubts
    choices = meanings.of_rows(rows, doubts)
    if not is_about_projects(choices.values(), 1) and not _leads_on(choices.values(), table, page_url):
        return []
    table.role = "projects"
    id_label, name_label = _identifying(choices.values())
    links = table.links or [None] * len(table.rows)
    postbacks = table.postbacks or [None] * len(table.rows)
    found: list[PublishedProject] = []
    same: dict[tuple[str, str], PublishedProject] = {}  # number and name → the project
    together = zip(table.rows, rows, links, postbacks, strict=True)
    for at, (row, texts, url, postback) in enumerate(together):
        if at in table.continued and found and _is_of(found[-1].published, texts, (id_label, name_label)):
            found[-1].published = put_together(found[-1].published, texts)
        elif table.kind in _UNTOLD and is_total(texts.get(id_label) or texts.get(name_label) or ""):
            table.left_out.append(LeftOut(row, "total", "It is called a total, and nothing else."))
        else:
            number, opens = number_of(texts.get(id_label, "")), None if url else postback
            one = (number, texts.get(name_label, ""))
            other = same.get(one) if all(one) else None
            if other and is_of_several_lines(meanings.field_of, other.published, texts):
                other.published = put_together(other.published, texts)
                continue
            same[one] = PublishedProject(number, texts, url, "line", doubts, opens)
            found.append(same[one])
    return found


def _is_of(above: Mapping[str, str], texts: Mapping[str, str], identifying: Iterable[str]) -> bool:
    """Whether a line belongs to the project above it: its number and name are the same cells."""
    return all(above.get(label) == texts.get(label) for label in identifying if label)


def _name_columns(table: Table, meanings: Meanings, around: Sequence[NamedUnit]) -> None:
    """Write the unit that a column's surroundings name behind its heading: "Budget" under a caption "R'000"
    is "Budget (R'000)". Where they name several, no figure of the column is read."""
    notes = table.column_notes or [""] * len(table.headers)
    table.labels = list(table.headers)
    for at, (header, note) in enumerate(zip(table.headers, notes, strict=True)):
        if not header or not (note or around):
            continue
        named, is_doubtful = column_unit(header, note, around if _counts_money(header) else ())
        if named is not None and named.where != header:
            if named.unit.factor != 1 or named.unit.kind == "percent":
                table.labels[at] = f"{header.rstrip(' :')} ({named.unit.text})"
        elif is_doubtful:
            meanings.doubts[header] = "The page names several units: " + "; ".join(
                one.where for one in around
            )


def _doubt_foreign(table: Table, meanings: Meanings, around: Iterable[str]) -> None:
    """Where the page says that figures count another money than rand, none of a column is read that has no
    unit of its own."""
    if text := next(filter(names_foreign_money, around), ""):
        for header, label in zip(table.headers, table.labels, strict=True):
            if _counts_money(header) and label_unit(header) is None:
                meanings.doubts[label] = f"The page names another money than rand: “{text[:80]}”."


def _counts_money(header: str) -> bool:
    """Whether the words of a heading may speak of money."""
    likely = next(iter(meanings_of(header)), None)
    return likely is not None and likely[0] in BY_NAME and BY_NAME[likely[0]].kind is Kind.MONEY


def _identifying(choices: Iterable[Choice]) -> tuple[str, str]:
    """Labels of the identity and of the name, "" where there is none; of several, the surest."""
    order = sorted(
        choices, key=lambda choice: (normal_label(choice.label) in _VAGUE, choice.rank, choice.label)
    )
    wanted = [[choice.label for choice in order if choice.field == field] for field in IDENTIFYING]
    return next(iter(wanted[0]), ""), next(iter(wanted[1]), "")


def _pages(
    meanings: Meanings, tables: list[Table], page: tuple[str, str], is_list: bool
) -> list[PublishedProject]:
    """One project from all tables of fields that speak of it; several where each is one of its own.

    `page`: its address and heading. `is_list`: beside the tables stands a list of cards, so that these too
    are lines of a list.
    """
    all_read = [(*_fields_of(meanings, [table]), table) for table in tables]
    read = [part for part in all_read if _any(part[1])]
    identified = [part for part in read if is_about_projects(part[1].values(), 1)]
    ids = {_identity(texts, choices) for texts, choices, _ in identified}
    if len(ids) > 1 or is_list:
        return [_page(texts, choices, [table], None, "line") for texts, choices, table in identified]
    together = [table for _, _, table in read]
    texts, choices = read[0][:2] if len(read) == 1 else _fields_of(meanings, together)
    if not is_about_projects(choices.values(), 2):
        return []
    page_url, heading = page
    if heading and HEADING not in texts and not any(choice.field == "name" for choice in choices.values()):
        texts = {HEADING: heading, **texts}  # whether it is the name, all pages together will say
    return [_page(texts, choices, together, page_url or None, "page")]


def _any(choices: Mapping[str, Choice]) -> bool:
    return any(choice.field for choice in choices.values())


def _fields_of(meanings: Meanings, tables: Sequence[Table]) -> tuple[dict[str, str], dict[str, Choice]]:
    headers = [header for table in tables for header in table.labels]
    texts = published(headers, [value for table in tables for value in table.rows[0]])
    return texts, meanings.of_rows([texts], meanings.doubts)


def _identity(texts: Mapping[str, str], choices: Mapping[str, Choice]) -> str:
    id_label, name_label = _identifying(choices.values())
    return number_of(texts.get(id_label, "")) or texts.get(name_label, "")


def _page(
    texts: dict[str, str],
    choices: Mapping[str, Choice],
    tables: Iterable[Table],
    url: str | None,
    part: Literal["line", "page"],
) -> PublishedProject:
    for table in tables:
        table.role = "projects"
    number = number_of(texts.get(_identifying(choices.values())[0], ""))
    return PublishedProject(number, texts, url, part)
