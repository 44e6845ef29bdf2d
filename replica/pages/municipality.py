"""Pages that list projects: a municipality's, a province's lines, and the list of all projects.

That a district's page shows the lines of its local municipalities above its own projects, and that a
district's line counts only the latter, is an [inference].
"""

from __future__ import annotations

from collections.abc import Sequence

from replica.cardview import card_view, card_view_inner
from replica.dataview import data_view, data_view_inner
from replica.fields import LINE_FIELDS, Field, printed
from replica.grid import Column, Grid, Row, grid_control, grid_inner
from replica.gridview import gridview
from replica.pager import Paging
from replica.pages.frame import PANEL, callback_panel
from replica.pages.landing import pager_panel
from replica.pages.lists import municipality_lines, rendered
from replica.places import BY_CODE, PROVINCES
from replica.scriptrows import script_rows
from replica.view import View, text
from replica.webforms import Target
from replica.world import Project

PROJECTS_GRID = f"{PANEL}$sampleGrid"
ALL_PROJECTS_GRID = "ctl00$PageContent$gvProjects"
ROWS = 12
BY_CALLBACK = ("callback", "cards", "dataview")
_ALIGNED = {"money": "Right", "percent": "Center", "date": "Center"}


def content(view: View) -> str:
    """The content area of a municipality or province page, or of the list of all projects."""
    if view.target.kind == "projects":
        return f"{_path('Projects', 'Projects List')}<h2>Projects List</h2>{table(view)}"
    return callback_panel(inner(view))


def inner(view: View) -> str:
    places = view.site.world.places
    if view.target.kind == "province":
        code = view.target.key
        lines = municipality_lines(view, [place for place in places if place.province == code])
        return (
            pager_panel("") + _path(PROVINCES[code]) + rendered(view, f"Projects in {PROVINCES[code]}", lines)
        )
    place = BY_CODE[view.target.key]
    head = _path(PROVINCES[place.province], place.name)
    locals_ = [p for p in places if p.district == place.code]
    if locals_:
        lines = municipality_lines(view, locals_)
        head += rendered(view, "Local municipalities of this district", lines)
    return f"{pager_panel('')}{head}<h2>Projects: {text(place.label)}</h2>{table(view)}"


def _path(*steps: str) -> str:
    spans = "".join(f"<span>{text(step)}</span>" for step in ("Sitemap", *steps))
    return f'<div class="x-path">{spans}</div>'


def table(view: View) -> str:
    """This page's table of projects, in today's rendering."""
    if view.layout.projects == "json":
        paging = paging_of(view)
        return script_rows(view, _page_of_projects(view, paging), _visible_fields(view), paging.shown_total)
    controls = {
        "gridview": gridview,
        "cards": card_view,
        "dataview": data_view,
        "dataview_postback": data_view,
    }
    return controls.get(view.layout.projects, grid_control)(project_grid(view))


def table_inner(view: View, grid: Grid) -> str:
    """What a callback of this page's table sends."""
    inners = {"cards": card_view_inner, "dataview": data_view_inner}
    return inners.get(view.layout.projects, grid_inner)(grid)


def grid_uid(target: Target) -> str:
    return ALL_PROJECTS_GRID if target.kind == "projects" else PROJECTS_GRID


def projects_of(view: View) -> Sequence[Project]:
    world = view.site.world
    return view.lies.listed(world.order if view.target.kind == "projects" else world.listed[view.target.key])


def paging_of(view: View) -> Paging:
    """Where this page's table stands; a page beyond the end is the last."""
    items = len(projects_of(view))
    size = view.site.rows_of_all if view.target.kind == "projects" else ROWS
    if view.layout.projects == "json":
        size = max(1, items)
    return view.lies.paging(Paging(0, size, items).moved(f"PN{view.state.page}"))


def _grouping(view: View) -> str:
    """The list of all projects is never grouped."""
    return "" if view.target.kind == "projects" else view.layout.group_by


def project_grid(view: View, *, empty: bool = False) -> Grid:
    """The page of the grid that the view's state names; `empty` as a server does without its state."""
    fields = _visible_fields(view)
    paging = Paging(0, ROWS, 0) if empty else paging_of(view)
    projects = [] if empty else _page_of_projects(view, paging)
    grouping = _grouping(view)
    return Grid(
        uid=grid_uid(view.target),
        name="sampleGrid",
        columns=[_column(view, field) for field in fields],
        rows=_rows(view, projects, fields, grouping),
        paging=paging,
        theme=view.theme,
        callback_state=view.sealed("callbackState", 240, page=paging.page),
        callbacks=view.layout.projects in BY_CALLBACK,
        hidden=[Column(1, "", "ProjectID"), Column(40, "", "CaptureUserID")],
        grouped=_caption(view, grouping),
    )


def _visible_fields(view: View) -> list[Field]:
    only, grouping = view.layout.columns, _grouping(view)
    fields = [f for f in LINE_FIELDS if f.attribute != grouping and (not only or f.attribute in only)]
    return view.lies.reordered([fields[i] for i in view.permuted(len(fields), "column_order")])


def _caption(view: View, attribute: str) -> str:
    labels = {field.attribute: field.label for field in LINE_FIELDS} | view.style.labels
    return view.lies.caption(attribute, labels.get(attribute, ""))


def _column(view: View, field: Field) -> Column:
    index = 2 + LINE_FIELDS.index(field)
    name = view.lies.column(field)
    return Column(index, _caption(view, field.attribute), name, _ALIGNED.get(field.kind, ""))


def _page_of_projects(view: View, paging: Paging) -> list[Project]:
    projects = projects_of(view)
    if view.lies.on("shuffle_pages"):
        projects = view.lies.reordered(projects)
    order = view.permuted(len(projects), "row_order")
    grouping = _grouping(view)
    if grouping:
        projects = sorted((projects[i] for i in order), key=lambda p: getattr(p, grouping) or "")
        order = range(len(projects))
    page = [projects[order[i]] for i in range(paging.first, paging.last)]
    page = view.lies.shown(page, view.site.world.order)
    return sorted(page, key=lambda p: getattr(p, grouping) or "") if grouping else page


def _rows(view: View, projects: list[Project], fields: list[Field], grouping: str) -> list[Row]:
    rows, before = [], None
    for project in projects:
        value = getattr(project, grouping) if grouping else None
        group = text(value) if value is not None and value != before else ""
        before = value
        cells = [_cell(view, project, field) for field in fields]
        rows.append(Row(str(project.number), cells, group))
    return rows


def _cell(view: View, project: Project, field: Field) -> str:
    value = text(printed(field, view.lies.value(field, project), view.style))
    if field.attribute == "name":
        href = view.link(Target("project", project.external_id))
        return f'<a class="dxeHyperlink{view.theme}" href="{href}">{value}</a>'
    if field.attribute == "progress" and value and view.layout.name == "grid":
        return _progress_bar(value, view.theme)
    return value


def _progress_bar(value: str, theme: str) -> str:
    return (
        f'<table class="dxeProgressBar{theme} dxeProgressBarSys" cellspacing="0"><tr><td class="dxpbCC">'
        f'<div class="dxpbMainDiv"><div class="dxeProgressBarIndicator{theme}" style="width:{value}"></div>'
        f'<div class="dxpbVC">{value}</div></div></td></tr></table>'
    )
