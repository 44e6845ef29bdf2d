"""A project's own page: pairs of label and value, with more columns than the line has. [inference]"""

from __future__ import annotations

from replica.fields import FIELDS, STYLES, printed
from replica.view import View, text
from replica.world import Project

Pair = tuple[str, str]


def content(view: View) -> str:
    """The content area for the view's project; the caller has made sure that it exists."""
    project = view.site.world.by_id[view.target.key]
    pairs = _pairs(view, project)
    renderers = {"form": _form, "inputs": _inputs, "plain": _plain}
    body = renderers[view.layout.details](view, pairs)
    return (
        f'<div class="x-path"><span>Sitemap</span><span>Projects</span></div><h2>Project Details</h2>{body}'
    )


def _pairs(view: View, project: Project) -> list[Pair]:
    style, lies = STYLES["page"], view.lies
    return [
        (
            lies.caption(field.attribute, field.label, own_page=True),
            printed(field, lies.value(field, project), style),
        )
        for field in lies.reordered(FIELDS)
    ]


def _form(view: View, pairs: list[Pair]) -> str:
    """ASPxFormLayout; every third value stands in a read-only input, the others in spans."""
    return _form_layout(
        view, [_input(view, i, v) if i % 3 == 2 else _span(view, i, v) for i, v in _values(pairs)], pairs
    )


def _inputs(view: View, pairs: list[Pair]) -> str:
    """ASPxFormLayout with all values in read-only inputs."""
    return _form_layout(view, [_input(view, i, value) for i, value in _values(pairs)], pairs)


def _values(pairs: list[Pair]) -> list[tuple[int, str]]:
    return [(i, value) for i, (_, value) in enumerate(pairs)]


def _form_layout(view: View, values: list[str], pairs: list[Pair]) -> str:
    theme, items = view.theme, []
    for i, ((label, _), value) in enumerate(zip(pairs, values, strict=True)):
        cid = f"ctl00_PageContent_ASPxFormLayout1_{i}"
        items.append(
            f'<tr><td class="dxflHALSys dxflVATSys" id="{cid}"><table class="dxflItem{theme}"><tr>'
            f'<td class="dxflCaptionCell{theme} dxflCaptionCellSys"><label class="dxflCaption{theme}" '
            f'for="ctl00_PageContent_ASPxFormLayout1_E{i}">{text(label)}:</label></td>'
            f'<td class="dxflNestedControlCell{theme}">{value}</td></tr></table></td></tr>'
        )
    return (
        f'<table class="dxflFormLayout{theme} dxflFormLayoutSys" id="ctl00_PageContent_ASPxFormLayout1"><tr>'
        f'<td class="dxflGroupCell{theme}"><div class="dxflGroupBox{theme}"><span '
        f'class="dxflGroupBoxCaption{theme}">General</span><table class="dxflGroup{theme}">{"".join(items)}'
        f"</table></div></td></tr></table>"
    )


def _span(view: View, index: int, value: str) -> str:
    cid = f"ctl00_PageContent_ASPxFormLayout1_E{index}"
    return f'<span class="dxeBase{view.theme}" id="{cid}">{text(value)}</span>'


def _input(view: View, index: int, value: str) -> str:
    theme, name = view.theme, f"ctl00$PageContent$ASPxFormLayout1$E{index}"
    cid = name.replace("$", "_")
    return (
        f'<table class="dxeTextBoxSys dxeTextBox{theme} dxeReadOnly{theme}" id="{cid}"><tr><td class="dxic">'
        f'<input class="dxeEditArea{theme} dxeEditAreaSys" id="{cid}_I" name="{name}" readonly="readonly" '
        f'type="text" value="{text(value)}"/></td></tr></table>'
    )


def _plain(view: View, pairs: list[Pair]) -> str:
    rows = "".join(
        f'<tr><td><b>{text(label)}</b></td><td><span id="ctl00_PageContent_lbl{i}">'
        f"{text(value) or '&nbsp;'}</span></td></tr>"
        for i, (label, value) in enumerate(pairs)
    )
    return f'<table id="ctl00_PageContent_tblProject" cellpadding="3" border="0">{rows}</table>'
