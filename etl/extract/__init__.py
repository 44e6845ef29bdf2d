"""From a page's bytes to what it publishes: tables, lines, links, form, controls. Pure.

`read_page` asks the readers below one after another, best evidence first: what one reader has taken, the
next leaves alone. A new rendering is one more reader in the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from etl.extract.addresspager import address_pager
from etl.extract.asking import set_aside_questions
from etl.extract.blocks import read_blocks
from etl.extract.callback import read_callback
from etl.extract.cellextras import hide_extras
from etl.extract.choices import read_choices
from etl.extract.clean import clean
from etl.extract.context import read_context
from etl.extract.continued import join_headless, join_pages
from etl.extract.controls import read_controls
from etl.extract.damage import pieces_of
from etl.extract.dataaddress import read_data_addresses
from etl.extract.divtables import name_tables
from etl.extract.document import Document, PlacedTable
from etl.extract.fields import read_cards, read_fields
from etl.extract.fixedwidth import name_fixed_width
from etl.extract.footnotes import drop_footnote_marks
from etl.extract.form import read_form
from etl.extract.grid import read_grids
from etl.extract.html import Parsed, squash, words_of
from etl.extract.inlinefields import break_lines
from etl.extract.innerlabels import drop_counts, part_columns, part_numbers, part_pairs
from etl.extract.jsonanswer import page_of_json
from etl.extract.jsontable import read_json_tables
from etl.extract.lines import read_lines
from etl.extract.links import Links
from etl.extract.markup import Markup
from etl.extract.mht import looks_like_mht, read_mht
from etl.extract.morecolumns import add_opened_columns
from etl.extract.navigation import read_alphabet, read_links
from etl.extract.notdata import other_tables
from etl.extract.ownheadings import drop_own_headings
from etl.extract.pager import link_pager, settle_pagers
from etl.extract.panelcounts import panel_counts
from etl.extract.parts import read_parts
from etl.extract.positioned import name_positioned
from etl.extract.readings import read_twice
from etl.extract.remarks import read_remarks
from etl.extract.sidebyside import join_halves
from etl.extract.stackedcolumns import part_stacked_columns
from etl.extract.stackedrows import part_stacked_rows
from etl.extract.stated import note_stated, projects_in_all
from etl.extract.steps import hidden_rows, step_pager, unread_pages, unread_steps, unread_viewer
from etl.extract.styles import hide, read_styles
from etl.extract.table import read_tables
from etl.extract.types import CallbackAnswer, Control, PageContent, Table
from etl.extract.valuefirst import turn_pairs, turn_tables
from etl.extract.views import read_views
from etl.values.vocabulary import NOTHING_TAUGHT

__all__ = ["READERS", "CallbackAnswer", "PageContent", "clean", "read_callback", "read_page"]

Reader = Callable[[Document], list[PlacedTable]]
READERS: tuple[Reader, ...] = (
    read_grids,
    read_views,
    read_tables,
    read_json_tables,
    read_cards,
    read_blocks,
    read_fields,
)
_LONGEST_HEADING = 200  # characters
_GRID_ID = re.compile(
    r"id=[\"']?([^\"'\s>]{1,200}?)_(?:DX(?:MainTable|HeadersRow0|DataRow0|DataCard0|EmptyRow|Title)|ICell)\b"
)


def read_page(
    body: bytes | str | Markup,
    *,
    url: str = "",
    content_type: str = "",
    labels: Mapping[str, str] | None = None,
) -> PageContent:
    """All that the page (or callback answer, JSON answer, or page saved as MHT) offers.

    `url`: the page's own address, for absolute links; `labels`: normalised label → field name, as a steward
    taught them. Raises PageChanged where there is no markup at all, where an answer of data breaks off or
    says that it is an error, and nothing else.
    """
    markup = body if isinstance(body, Markup) else Markup(body, content_type)
    if isinstance(markup.body, bytes) and looks_like_mht(markup.body):
        saved, content_type, saved_from = read_mht(markup.body)
        markup, url = Markup(saved, content_type), url or saved_from
    text, controls = markup.html, _answered(markup.answer)
    if markup.answer is None and (data := page_of_json(text, content_type)):
        text = data
    known = NOTHING_TAUGHT if labels is None else labels
    read = partial(_content, url=url, labels=known, controls=controls)
    return read_twice(text, read, markup.taken)


def _content(
    text: str, parsed: Parsed, *, url: str, labels: Mapping[str, str], controls: list[Control]
) -> PageContent:
    """What one tree of the page offers. `controls`: those that speak for an answer's grid."""
    said = "<".join(["", *pieces_of(text)]).lower()
    document = Document(parsed.root, text.lower(), said, labels)
    styles = read_styles(parsed.root) if document.mentions("<style") else {}
    hide(parsed.root, styles)
    drop_footnote_marks(parsed.root, document.said)
    name_fixed_width(parsed.root, document.source)
    break_lines(parsed.root, document.said)
    name_positioned(parsed.root, document.source)
    name_tables(document, styles)
    join_halves(document)
    turn_pairs(document)
    turn_tables(document)
    hide_extras(document)
    add_opened_columns(document)
    drop_own_headings(document)
    part_stacked_columns(document)
    part_stacked_rows(document)
    scripts = [script.text for script in document.all("script") if script.text]
    document.links = Links(_base(document, url))
    document.controls = controls + read_controls(scripts)
    set_aside_questions(document)
    tables = _tables(document, url)
    listings = read_lines(document, tables)
    content = PageContent(
        title=squash(next((title.text for title in document.all("title")), "")),
        heading=_heading(document),
        tables=tables,
        not_data=other_tables(document, tables, listings) + document.blocks,
        listings=listings,
        in_all=projects_in_all(document),
        panel_counts=document.panel_counts,
        remarks=read_remarks(document),
        links=read_links(document),
        parts=read_parts(document),
        form=read_form(document, url),
        choices=read_choices(document, tables),
        controls=document.controls,
        alphabet=read_alphabet(document, scripts),
        data_addresses=read_data_addresses(document, scripts),
    )
    if all(table.pager is None for table in tables):
        content.unread_steps = unread_steps(document) or unread_pages(document) or hidden_rows(tables)
        content.unread_viewer = unread_viewer(document, any(table.kind != "fields" for table in tables))
    content.is_whole = parsed.is_whole and not document.is_clipped and not document.breaks_off()
    if not content.is_whole:
        content.notes.append("The page breaks off before its end, or is nested too deeply.")
    return content


def _heading(document: Document) -> str:
    """What the page is headed, where it has one heading of the first rank; "" else."""
    said = [text for text in map(words_of, document.all("h1")) if text]
    return said[0] if len(said) == 1 and len(said[0]) <= _LONGEST_HEADING else ""


def _answered(answer: CallbackAnswer | None) -> list[Control]:
    """The grid that an answer speaks for: its id stands in the rows, its state beside them."""
    match = _GRID_ID.search(answer.html or "") if answer else None
    if answer is None or answer.state is None or match is None:
        return []
    return [Control("ASPxClientGridView", match[1], "", "", {"stateObject": answer.state})]


def _base(document: Document, url: str) -> str:
    base = next((element.get("href") for element in document.all("base") if element.get("href")), None)
    return (Links(url).absolute(base) or url) if base else url


def _tables(document: Document, url: str) -> list[Table]:
    found = [item for read in READERS for item in read(document)]
    if len(found) > 1:
        places = {item.element for item in found}
        walk = enumerate(document.root.iter())
        order = {element: place for place, element in walk if element in places}
        found.sort(key=lambda item: order.get(item.element, 0))
    others = {item.element for item in found if item.element.tag == "table"}
    for item in found:
        if item.table.kind in ("grid", "table"):
            item.table.context = read_context(item.element, others, item.table.context)
            part_columns(item.table, document.field_of)
            part_pairs(item.table, document.field_of)
        if item.table.kind in ("grid", "table", "cards"):
            drop_counts(item.table, document.field_of)
            part_numbers(item.table, document.field_of)
    tables = join_headless([item.table for item in found])
    join_pages(tables)
    listed = [table for table in tables if table.kind != "fields"]
    if listed and all(table.pager is None for table in listed):
        marked = link_pager(document) or step_pager(document)
        listed[-1].pager = marked or address_pager(document, url, len(listed[-1].rows))
    note_stated(document, listed)
    if len(listed) > 1:
        settle_pagers(document.field_of, listed)
        document.panel_counts = panel_counts(document, found) if len(tables) == len(found) else []
    return tables
