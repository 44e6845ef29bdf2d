"""What the extractor hands on: published strings and where they stood. Pure data, no Django, no HTTP.

Every string here is what the page shows a person: script and style left out, `<br>`, NBSP and runs of
white space as one space, trimmed; a blank cell is `""`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

TableKind = Literal["grid", "table", "json", "cards", "list", "fields"]
# How certain a rendering is to be read right, the surest first: named columns, labelled blocks, lines of text
CERTAINTY: dict[TableKind, int] = {"grid": 3, "table": 3, "json": 3, "cards": 2, "fields": 2, "list": 1}


@dataclass(slots=True)
class Control:
    """One client control announced by a script (`ASPx.createControl(…)` or `new ASPxClient…`)."""

    kind: str  # client class: "ASPxClientGridView", "ASPxClientCallbackPanel", …
    client_id: str  # "ctl00_PageContent_grid"
    unique_id: str  # "ctl00$PageContent$grid"; "" where the script does not say
    name: str  # ClientInstanceName, often ""
    props: dict[str, Any]  # the script's literal, functions as None


@dataclass(slots=True)
class Pager:
    """What a pager says and how its next page is asked for."""

    page: int  # 1-based
    pages: int | None  # None where the pager does not tell
    items: int | None
    how: Literal["callback", "postback", "gridview", "link", "more"]
    target: str  # unique id of the control to address ("" for how == "link")
    # "gridview": page label → event argument ("Page$2"); "link": page label → absolute URL; data views:
    # page label → whole argument ("p0:12:PN1"); "more": "postback" → event argument, or "submit" → its
    # button's value. Else empty: a grid's arguments follow from the page number.
    arguments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowPostback:
    """How a row without a link of its own is opened: `__doPostBack(target, argument)`."""

    target: str
    argument: str


RowKind = Literal["total", "group", "heading", "note", "pager", "filter", "hidden"]


@dataclass(slots=True)
class LeftOut:
    """A row of a data table that is no data. A total's strings stand under the table's headers."""

    row: list[str]
    kind: RowKind
    reason: str  # a plain sentence


@dataclass(slots=True)
class NotData:
    """A table that was judged to be no data, and why."""

    id: str
    rows: int
    reason: str


@dataclass(slots=True)
class Table:
    """One data table as a person reads it: headers, and rows of exactly as many strings."""

    kind: TableKind
    id: str
    headers: list[str]
    rows: list[list[str]]
    # per row, the absolute URL of the row's own page (the most likely link in it), or None
    links: list[str | None] = field(default_factory=list)
    pager: Pager | None = None
    field_names: list[str] = field(default_factory=list)  # a script's FieldName per column, "" where none
    linked: set[int] = field(default_factory=set)  # positions of the columns with a link in every row
    continued: set[int] = field(default_factory=set)  # rows that share most of their cells with the row above
    left_out: list[LeftOut] = field(default_factory=list)
    # what the page says of the whole table, from top to bottom: the heading of its panel or section, notes
    # right above it, caption, title rows, notes right below it
    context: list[str] = field(default_factory=list)
    # a unit row's text per column, or [] where there is none
    column_notes: list[str] = field(default_factory=list)
    # what understanding adds: its headings with the units that the page names beside them, and what its rows
    # were used as, "" where they were not
    labels: list[str] = field(default_factory=list)
    role: Literal["", "projects", "lines"] = ""
    # per row, what opens it where it has no link; [] where no row has any
    postbacks: list[RowPostback | None] = field(default_factory=list)


@dataclass(slots=True)
class ListingLine:
    """`Name - [CODE] N Projects with a Total value: R…`, in strings as published."""

    code: str
    name: str
    projects: str
    value: str
    url: str | None = None  # absolute URL that the line links to


@dataclass(slots=True)
class PublishedProject:
    """One project as one page shows it: `part` says whether a line of a list or a page of its own."""

    external_id: str  # "" where the page gives no identifying column
    published: dict[str, str]  # label as published → string as published, in the page's order
    url: str | None  # the project's own page, absolute
    part: Literal["line", "page"]
    # label → why its figures are not read all the same: one for all rows of a table
    doubts: dict[str, str] = field(default_factory=dict)
    postback: RowPostback | None = None  # what opens its own page where it has no address


@dataclass(slots=True)
class Link:
    text: str
    url: str  # absolute, fragment removed; only http(s)


@dataclass(frozen=True, slots=True)
class DataAddress:
    """Where a script of the page asks for data. `is_call`: a web method without arguments, called by POST."""

    url: str  # absolute
    is_call: bool = False


@dataclass(slots=True)
class Form:
    """A WebForms form as a browser would post it: action (absolute) and its successful controls."""

    action: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A `<select>` by which the page shows a part of its list, and how a browser asks for another part; or
    without a name and options, a form that asks for words."""

    name: str
    options: tuple[tuple[str, str], ...]  # value and text of each
    chosen: str  # the value of the one that is shown
    whole: str | None  # the value of the one that narrows nothing; None where there is none
    action: str  # absolute; "" for the page's own address
    is_get: bool
    target: str  # of the postback that a change of it makes; "" where a button, or the form alone, asks
    button: tuple[str, str] | None  # its name and text
    fields: dict[str, str]  # the form's, as it stands

    def text(self, value: str) -> str:
        return next((text for known, text in self.options if known == value), value)


@dataclass(frozen=True, slots=True)
class PanelCount:
    """What a tab or a heading says of the rows of its list, and how many stand there."""

    text: str
    claimed: int
    found: int


@dataclass(slots=True)
class PageContent:
    """All that one page offers. `notes` are plain sentences about what was seen and could not be used."""

    title: str = ""
    heading: str = ""  # its only heading of the first rank
    tables: list[Table] = field(default_factory=list)
    not_data: list[NotData] = field(default_factory=list)
    listings: list[ListingLine] = field(default_factory=list)
    projects: list[PublishedProject] = field(default_factory=list)
    in_all: int | None = (
        None  # projects that the page says there are in all, in a card or a sentence of its own
    )
    panel_counts: list[PanelCount] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # sentences outside of tables that may name a unit
    links: list[Link] = field(default_factory=list)
    # frames, panels and the page that a refresh leads to: what belongs to this page at other addresses
    parts: list[Link] = field(default_factory=list)
    form: Form | None = None
    choices: list[Choice] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    # callback panel that filters by letter ("" in an answer without scripts), with the letters that the page
    # offers, which may be none: (unique id, ["All", "A", …])
    alphabet: tuple[str, list[str]] | None = None
    data_addresses: list[DataAddress] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # What the page keeps behind its script, a sentence each: more of a list that it shows; a report viewer's
    unread_steps: str = ""
    unread_viewer: str = ""
    # False where the page breaks off (no end tag) or is nested too deeply: what is missing may only be unread
    is_whole: bool = True
    parsed_by: Literal["lxml", "html5lib"] = "lxml"
    other: PageContent | None = None  # of a damaged page: what the other reading of it says
    damage: str = ""  # … what is wrong with it, and who read it, in a sentence


@dataclass(slots=True)
class CallbackAnswer:
    """An ASP.NET client-callback answer, taken apart (`<n>|<validation>/*DX*/({…})`)."""

    event_validation: str | None  # new `__EVENTVALIDATION`, None where the answer brings none
    html: str | None  # the HTML it carries: a grid's `html`, or a callback panel's whole result
    state: dict[str, Any] | None  # a grid's new stateObject
    redirect: str | None
    error: str | None  # generalError, error.message or the text after a leading "e"
    cp: dict[str, Any] = field(default_factory=dict)
