"""A block of labels and values for each project: cards, definition lists, items, small tables, forms."""

from __future__ import annotations

from html import escape

from replica.renderings.layouts.family import one, text
from replica.renderings.sheet import Cell, Column, Sheet
from replica.renderings.style import OF_BLOCKS, Wants

Pair = tuple[Column, Cell]


def _pairs(sheet: Sheet, number: int) -> list[Pair]:
    return list(zip(sheet.columns, sheet.row(number), strict=True))


def _colon(column: Column) -> str:
    return column.head if column.label.endswith(":") else f"{column.head}:"


def _parts(sheet: Sheet, number: int) -> tuple[str, list[Pair]]:
    """The name, and the other labels with their values."""
    pairs = _pairs(sheet, number)
    name = next(cell.html for column, cell in pairs if column.key == "name")
    return name, [pair for pair in pairs if pair[0].key != "name"]


def _cards(sheet: Sheet) -> str:
    cards = []
    for number in range(len(sheet)):
        name, rest = _parts(sheet, number)
        lines = "".join(f"<p><strong>{_colon(column)}</strong> {cell.html}</p>" for column, cell in rest)
        cards.append(
            f'<div class="col-md-4"><div class="card"><h5 class="card-title">{name}</h5>{lines}</div></div>\n'
        )
    return f'<div class="row">{"".join(cards)}</div>'


def _labelled_cards(sheet: Sheet) -> str:
    """The name is a line like the others."""
    cards = []
    for number in range(len(sheet)):
        lines = "".join(
            f'<div class="row"><div class="col-4 lbl">{_colon(column)}</div>'
            f'<div class="col-8">{cell.html}</div></div>'
            for column, cell in _pairs(sheet, number)
        )
        cards.append(f'<div class="card"><div class="card-body">{lines}</div></div>\n')
    return "".join(cards)


def _dl(sheet: Sheet) -> str:
    blocks = []
    for number in range(len(sheet)):
        inner = "".join(f"<dt>{c.head}</dt><dd>{cell.html}</dd>" for c, cell in _pairs(sheet, number))
        blocks.append(f"<dl>{inner}</dl>\n")
    return "".join(blocks)


def _dl_headed(sheet: Sheet) -> str:
    blocks = []
    for number in range(len(sheet)):
        name, rest = _parts(sheet, number)
        inner = "".join(f"<dt>{column.head}</dt><dd>{cell.html}</dd>" for column, cell in rest)
        blocks.append(f"<section><h3>{name}</h3><dl>{inner}</dl></section>\n")
    return "".join(blocks)


def _items(sheet: Sheet) -> str:
    """One item a project, all of it in one line of labels and values."""
    mark = sheet.style.layout_rng.choice((" | ", "; ", "<br>"))
    items = []
    for number in range(len(sheet)):
        name, rest = _parts(sheet, number)
        line = mark.join(f"{_colon(column)} {cell.html}" for column, cell in rest)
        items.append(f"<li><b>{name}</b><br>{line}</li>\n")
    return f'<ul class="projects">{"".join(items)}</ul>'


def _label_tables(sheet: Sheet) -> str:
    tables = []
    for number in range(len(sheet)):
        rows = "".join(
            f"<tr><td><b>{_colon(c)}</b></td><td>{cell.html}</td></tr>\n" for c, cell in _pairs(sheet, number)
        )
        tables.append(f'<table class="project">{rows}</table><br>\n')
    return "".join(tables)


def _label_tables_th(sheet: Sheet) -> str:
    """The name heads the small table, over its full width."""
    tables = []
    for number in range(len(sheet)):
        name, rest = _parts(sheet, number)
        rows = "".join(f"<tr><th>{column.head}</th><td>{cell.html}</td></tr>\n" for column, cell in rest)
        tables.append(f'<table><tr><th colspan="2">{name}</th></tr>\n{rows}</table>\n')
    return "".join(tables)


def _label_pairs(sheet: Sheet) -> str:
    """Two labels and their values in each row."""
    tables = []
    for number in range(len(sheet)):
        cells = [f"<td><b>{_colon(c)}</b></td><td>{cell.html}</td>" for c, cell in _pairs(sheet, number)]
        rows = "".join(f"<tr>{''.join(cells[n : n + 2])}</tr>\n" for n in range(0, len(cells), 2))
        tables.append(f'<table class="project">{rows}</table>\n')
    return "".join(tables)


def _dx_cards(sheet: Sheet) -> str:
    view = "ctl00_PageContent_ASPxCardView1"
    cards = []
    for number in range(len(sheet)):
        lines = "".join(
            f'<tr><td class="dxflItem_Moderno"><table><tr><td class="dxflCaptionCell_Moderno"><label class='
            f'"dxflCaption_Moderno">{_colon(column)}</label></td><td class="dxflNestedControlCell_Moderno" '
            f'id="{view}_DXCardLayout{number}_{at}">{cell.html}</td></tr></table></td></tr>'
            for at, (column, cell) in enumerate(_pairs(sheet, number))
        )
        cards.append(
            f'<td class="dxcvCard_Moderno dxcvCard" id="{view}_DXDataCard{number}">'
            f'<table id="{view}_DXCardLayout{number}">'
            f"{lines}</table></td>"
        )
    rows = "".join(f"<tr>{''.join(cards[n : n + 3])}</tr>\n" for n in range(0, len(cards), 3))
    main = f'<table id="{view}_DXMainTable">{rows}</table>'
    return f'<table class="dxcvControl_Moderno" id="{view}"><tr><td>{main}</td></tr></table>'


def _inputs(sheet: Sheet) -> str:
    """Values stand in boxes that cannot be written in."""
    forms = []
    for number in range(len(sheet)):
        rows = "".join(
            f"<tr><td>{_colon(column)}</td>"
            f'<td><input type="text" readonly value="{escape(cell.text)}"></td></tr>\n'
            for column, cell in _pairs(sheet, number)
        )
        forms.append(f"<fieldset><table>{rows}</table></fieldset>\n")
    return "".join(forms)


def _lines(sheet: Sheet) -> str:
    """Lines of text in paragraphs, the next project after a rule."""
    blocks = []
    for number in range(len(sheet)):
        lines = "<br>\n".join(f"{_colon(column)} {cell.html}" for column, cell in _pairs(sheet, number))
        blocks.append(f"<p>{lines}</p>\n<hr>\n")
    return "".join(blocks)


def _preformatted(sheet: Sheet) -> str:
    """Columns of text in a fixed pitch."""
    columns = [[c.label, *(cell.text for cell in c.cells)] for c in sheet.columns]
    widths = [max(map(len, column)) + 2 for column in columns]
    lines = [
        "".join(t.ljust(w) for t, w in zip(row, widths, strict=True)) for row in zip(*columns, strict=True)
    ]
    lines.insert(1, "-" * sum(widths))
    return f"<pre>{text(chr(10).join(line.rstrip() for line in lines))}</pre>"


_BLOCK = Wants(units=OF_BLOCKS, cases=("as is", "as is", "UPPER", "colon"))
_SMALL = Wants(units=OF_BLOCKS, bars=False)
FAMILIES = (
    one("cards", _cards, _BLOCK),
    one("cards labelled", _labelled_cards, _BLOCK),
    one("definition lists", _dl, _BLOCK),
    one("definition lists headed", _dl_headed, _BLOCK),
    one("list items", _items, _SMALL),
    one("label tables", _label_tables, _BLOCK),
    one("label tables headed", _label_tables_th, _BLOCK),
    one("label tables in pairs", _label_pairs, _BLOCK),
    one("dx cards", _dx_cards, _BLOCK),
    one("inputs", _inputs, _SMALL),
    one("lines", _lines, _SMALL),
    one("preformatted", _preformatted, _SMALL),
)
