"""How the pages write a municipal figure: with the way to the answer it was read from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from projects.finances import sums
from projects.finances.tables import TableCell, TableRow
from projects.wording import figures, phrases

register = template.Library()

_NONE = mark_safe('<span class="unknown">no figure</span>')
_NULL = mark_safe('<span class="unknown">given as null</span>')
_FLAGS = {
    sums.NEGATIVE: "negative",
    sums.OVER_ALLOCATED: "spent more than allocated",
}
_TAGS = {
    flag: format_html(' <span class="tag minor flag">{}</span>', words) for flag, words in _FLAGS.items()
}


@register.filter
def cells(row: TableRow, rated: str) -> SafeString:
    """All `<td>` of a row, with the rate's where the table has one: a page has a thousand, and a loop of the
    template's takes three times as long.
    """
    tds = [format_html('<td class="num">{}</td>', figure(cell)) for cell in row.cells]
    if rated:
        tds.append(format_html('<td class="num rate">{}</td>', _rate(row.rate) if row.rate else ""))
    return mark_safe("".join(tds))


def figure(cell: TableCell) -> SafeString:
    """A cell of a table: the amount as a link to its proof, a sum, or "no figure"."""
    if cell.sum is not None:
        return _sum(cell.sum, cell.noun, cell.dated, cell.kind)
    if cell.rate is not None:
        return _rate(cell.rate)
    if cell.text:
        return format_html("{}", cell.text)
    if cell.figure is None:
        return _NONE
    tags = mark_safe("".join(_TAGS[flag] for flag in cell.flags if flag in _TAGS))
    note = _note(cell.figure) if cell.dated else ""
    return format_html("{}{}{}{}", _published(cell.figure), tags, note, _report(cell.figure))


def _rate(rate: sums.Rate) -> SafeString:
    note = (
        format_html('<span class="note" title="{}">{}</span>', rate.basis, rate.short) if rate.short else ""
    )
    return format_html("{}{}", figures.percent(rate.percent), note)


def _report(row: Any) -> SafeString | str:
    """Of an audit opinion. The source can write any address: only one of the web becomes a link."""
    if not row.report_url.lower().startswith(("http://", "https://")):
        return ""
    link = '<span class="note"><a href="{}" rel="noopener nofollow">the auditor’s report</a></span>'
    return format_html(link, row.report_url)


def _published(row: Any) -> SafeString:
    known: Any = _NULL if row.amount is None else _rand(row.amount)
    if row.measure == "opinion":
        known = phrases.shown("opinion", row.opinion) if row.opinion else _NULL
    if row.presence != "present":
        gone = "no longer published, at last"
        return format_html('<span class="unknown note">{}</span> <s>{}</s>', gone, proof(row, known))
    return proof(row, known)


def proof(row: Any, text: Any) -> SafeString:
    """What is said of a figure, as a link to the archived answer that says so."""
    if row.snapshot is None:
        return format_html("{}", text)
    title = f"from the answer of {figures.moment(row.snapshot.fetched_at)}"
    return format_html(
        '<a class="proof" href="/snapshots/{}/?figure={}" title="{}">{}</a>',
        row.snapshot_id,
        row.pk,
        title,
        text,
    )


def _note(row: Any) -> SafeString | str:
    through = sums.through([row.through_month] if row.through_month else [])
    return format_html('<span class="note">{}</span>', through) if through else ""


def _sum(found: sums.Sum, noun: str, dated: bool, kind: str) -> SafeString:
    of = f"{found.count} of " if found.count < found.lines else ""
    over = f"{of}{phrases.plural(found.lines, noun)}"
    through = sums.through(found.months) if dated else ""
    note = ", ".join(filter(None, [kind, f"sum of {over}" if found.lines > 1 else "", through]))
    return format_html('{}<span class="note">{}</span>', _rand(found.amount), note)


def _rand(amount: Decimal) -> str:
    return figures.unbroken(figures.rand(amount))
