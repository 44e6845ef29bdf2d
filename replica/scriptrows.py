"""All rows of a list as JSON in an inline script; the page itself has an empty element. [inference]

Escapes are those of .NET's JavaScriptSerializer: `<`, `>`, `&` and `'` as `\\u003c` and so on.
"""

from __future__ import annotations

import json
from typing import Any

from replica.fields import Field, printed
from replica.view import View
from replica.webforms import Target
from replica.world import Project

_ESCAPES = {char: f"\\u{ord(char):04x}" for char in "<>&'"}


def script_rows(view: View, projects: list[Project], fields: list[Field], total: int) -> str:
    """A municipality's rows are `var projects = […];`; all projects are in an object with a total."""
    rows = [_row(view, project, fields) for project in projects]
    if view.target.kind == "projects":
        code = f"var projectList = {_json({'total': total, 'rows': rows})};"
    else:
        code = f"var projects = {_json(rows)};"
    variable = code.split()[1]
    return (
        '<div id="projectsPlaceholder" class="x-client-list"></div><script type="text/javascript">\r\n'
        f"{code}\r\n$(function () {{ DrawProjects('#projectsPlaceholder', {variable}); }});\r\n</script>"
    )


def _json(content: Any) -> str:
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return "".join(_ESCAPES.get(char, char) for char in written)


def _row(view: View, project: Project, fields: list[Field]) -> dict[str, Any]:
    row = {view.lies.column(field): _value(view, field, project) for field in fields}
    return row | {"DetailUrl": view.link(Target("project", project.external_id))}


def _value(view: View, field: Field, project: Project) -> Any:
    """Money and percentages are numbers, dates `2018-03-01T00:00:00`, blanks null, the rest text."""
    value = view.lies.value(field, project)
    if value is None:
        return None
    if field.kind in ("money", "percent"):
        return value // 100 if value % 100 == 0 else value / 100
    return f"{value.isoformat()}T00:00:00" if field.kind == "date" else printed(field, value, view.style)
