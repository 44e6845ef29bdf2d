"""The rows of a DevExpress grid that are no data: what each of them is, from its class or its id."""

from __future__ import annotations

import re

from lxml import etree

from etl.extract.html import Element, has_class
from etl.extract.plainrows import is_unseen
from etl.extract.types import RowKind

BLANK: Element = etree.Element("td")  # what stands where a row has no cell

_SUMS = "It is the grid's own row of sums."
_CLASSES: tuple[tuple[tuple[str, ...], RowKind, str], ...] = (
    (("dxgvGroupFooter", "dxgvFooter", "dxtlGroupFooter", "dxtlFooter"), "total", _SUMS),
    (("dxgvFilterRow", "dxtlFilterRow"), "filter", "It holds boxes to search the columns with."),
    (("dxgvEditForm", "dxgvInlineEditRow", "dxtlEditForm", "dxtlInlineEdit"), "filter", "It is a form."),
    (("dxgvPager", "dxtlPager"), "pager", "It leads to other pages of the list."),
    (("dxgvPreviewRow", "dxtlPreview", "dxgvDetailRow"), "note", "It says more of the row above it."),
    (("dxgvEmptyDataRow",), "note", "It says that there are no rows."),
)
_IDS = re.compile(r"_DX(?:(GFRow|Footer)|(FilterRow)|(EFR|EditingRow)|(Pager)|(DRow|PRow)|(EmptyRow))")
UNKNOWN = "Neither its class nor its id says that it is a row of data."


def other_kind(row: Element, kind: str) -> tuple[RowKind, str]:
    """The kind of a row that is no data, and why. `kind`: "header", "group" or "" as its class or id says."""
    if kind == "group":
        return "group", "It heads the rows below it: its text is a column of theirs."
    if is_unseen(row):
        return "hidden", "It is hidden."
    if kind == "header":
        return "heading", "The heading is repeated."
    for names, found, reason in _CLASSES:
        if has_class(row, *names):
            return found, reason
    match = _IDS.search(row.get("id") or "")
    if match and match.lastindex:
        return _CLASSES[match.lastindex - 1][1:]
    return "note", UNKNOWN
