"""How the pages write a municipal figure: with the way to the answer it was read from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from projects.finances import comparison, sums
from projects.finances.comparison import Column, Entry, Row
from projects.finances.comparison_table import Head
from projects.finances.owed import Balance
from projects.finances.tables import TableCell, TableRow
from projects.languages import Words, gettext
from projects.wording import figures, phrases

register = template.Library()

_FLAGS = Words({sums.NEGATIVE: "negative", sums.OVER_ALLOCATED: "spent more than allocated"})


def _tag(flag: str) -> SafeString | str:
    return format_html(' <span class="tag minor flag">{}</span>', _FLAGS[flag]) if flag in _FLAGS else ""


def _unknown(words: str) -> SafeString:
    return format_html('<span class="unknown">{}</span>', words)


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
        return _unknown(gettext("no figure"))
    tags = mark_safe("".join(map(_tag, cell.flags)))
    note = _note(cell.figure) if cell.dated else ""
    said = (_published(cell.figure), tags, note, _report(cell.figure), answer_links(cell.figure))
    return mark_safe("".join(said))


def answer_links(figure: Any) -> str:
    """To what somebody who is concerned says of the figure, further down on the page."""
    found = getattr(figure, "answers", ())
    return render_to_string("projects/_answer_links.html", {"replies": found}).strip() if found else ""


def _rate(rate: sums.Rate) -> SafeString:
    note = (
        format_html('<span class="note" title="{}">{}</span>', rate.basis, rate.short) if rate.short else ""
    )
    return format_html("{}{}", figures.percent(rate.percent), note)


def _report(row: Any) -> SafeString | str:
    """Of an audit opinion. The source can write any address: only one of the web becomes a link."""
    if not row.report_url.lower().startswith(("http://", "https://")):
        return ""
    link = '<span class="note"><a href="{}" rel="noopener nofollow">{}</a></span>'
    return format_html(link, row.report_url, gettext("the auditor’s report"))


def _published(row: Any) -> SafeString:
    known: Any = _unknown(gettext("given as null")) if row.amount is None else _rand(row.amount)
    if row.measure == "opinion":
        known = phrases.shown("opinion", row.opinion) if row.opinion else _unknown(gettext("given as null"))
    if row.presence != "present":
        gone = gettext("no longer published, at last")
        return format_html('<span class="unknown note">{}</span> <s>{}</s>', gone, proof(row, known))
    return proof(row, known)


def proof(row: Any, text: Any) -> SafeString:
    """What is said of a figure, as a link to the archived answer that says so."""
    if row.snapshot is None:
        return format_html("{}", text)
    title = gettext("from the answer of {moment}").format(moment=figures.moment(row.snapshot.fetched_at))
    return format_html(
        '<a class="proof" href="/snapshots/{}/?figure={}" title="{}">{}</a>',
        row.snapshot_id,
        row.pk,
        title,
        text,
    )


@register.filter
def balance(found: Balance) -> SafeString:
    """What was owed, as a link to its proof."""
    known: Any = _unknown(gettext("given as null")) if found.amount is None else _rand(found.amount)
    if found.is_gone:
        return format_html(
            '<span class="unknown note">{}</span> <s>{}</s>',
            gettext("no longer published"),
            proof(found.figure, known),
        )
    tag = _tag(sums.NEGATIVE) if found.amount is not None and found.amount < 0 else ""
    return format_html("{}{}", proof(found.figure, known), tag)


def _note(row: Any) -> SafeString | str:
    through = sums.through([row.through_month] if row.through_month else [])
    return format_html('<span class="note">{}</span>', through) if through else ""


def _sum(found: sums.Sum, noun: str, dated: bool, kind: str) -> SafeString:
    told = gettext("sum of {lines}")
    if found.count < found.lines:
        told = gettext("sum of {count} of {lines}")
    over = told.format(count=found.count, lines=phrases.plural(found.lines, noun)) if found.lines > 1 else ""
    through = sums.through(found.months) if dated else ""
    note = ", ".join(filter(None, [kind, over, through]))
    return format_html('{}<span class="note">{}</span>', _rand(found.amount), note)


@register.simple_tag
def compared_row(row: Row, heads: list[Head]) -> SafeString:
    """The `<tr>` of a municipality among others."""
    place = row.municipality
    name = format_html(
        '<th scope="row"><a href="{}#debt">{}</a> <span class="note">{} {}</span></th>',
        place.get_absolute_url(), place.name, place.pk, place.province,
    )  # fmt: skip
    entries = [(head, head.column.entry(row)) for head in heads]
    reasons = {entry.said if entry.value is None else "" for _, entry in entries}
    if reasons == {comparison.NOTHING}:
        nothing = format_html(
            '<td colspan="{}"><span class="unknown">{}</span></td>',
            len(heads),
            comparison.reason(comparison.NOTHING),
        )
        return format_html("<tr>{}{}</tr>", name, nothing)
    tds = (_compared(head, entry) for head, entry in entries)
    return format_html("<tr>{}{}</tr>", name, mark_safe("".join(tds)))


def _compared(head: Head, entry: Entry) -> SafeString:
    column = head.column
    kind = mark_safe(' class="num"') if column.is_number else ""
    if entry.value is None:
        return format_html('<td{}><span class="unknown">{}</span></td>', kind, comparison.reason(entry.said))
    known = shown(column, entry)
    if len(entry.snapshots) == 1:
        figure = f"?figure={entry.proofs[0][1]}" if len(entry.proofs) == 1 else ""
        link = '<a class="proof" href="/snapshots/{}/{}">{}</a>'
        known = format_html(link, entry.snapshots[0], figure, known)
    note = entry.over if column.ours else head.beside(entry)
    beside = format_html('<span class="note">{}</span>', note) if note else ""
    title = format_html(' title="{}"', entry.said) if column.ours else ""
    return format_html("<td{}{}>{}{}</td>", kind, title, known, beside)


@register.simple_tag
def shown(column: Column, entry: Entry) -> str:
    """A figure of a comparison in words; why there is none where there is none."""
    if entry.value is None:
        return comparison.reason(entry.said)
    if isinstance(entry.value, str):
        return phrases.shown("opinion", entry.value)
    return figures.percent(entry.value) if column.kind == "percent" else _rand(entry.value)


@register.simple_tag(takes_context=True)
def sort_options(context: template.Context, column: Column) -> SafeString:
    """The `<option>`s of a column for the choice of an order."""
    ways = (gettext("least first"), gettext("most first"))
    if not column.is_number:
        ways = (gettext("best first"), gettext("worst first"))
    now = context["request"].GET.get("ordering", "")
    options = [
        (name, mark_safe(" selected") if name == now else "", f"{column.title}, {way}")
        for name, way in zip((column.name, f"-{column.name}"), ways, strict=True)
    ]
    return format_html_join("", '<option value="{}"{}>{}</option>', options)


def _rand(amount: Decimal) -> str:
    return figures.unbroken(figures.rand(amount))
