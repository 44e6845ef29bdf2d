"""Projects in scripts: arrays of objects, maps with markers."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from replica.renderings.layouts.family import one
from replica.renderings.sheet import Sheet
from replica.renderings.style import Wants


def _records(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {column.label: cell.text for column, cell in zip(sheet.columns, sheet.row(n), strict=True)}
        for n in range(len(sheet))
    ]


def _closed(code: str) -> str:
    """Code as it may stand in a script element."""
    return code.replace("</", "<\\/")


def _array(sheet: Sheet) -> str:
    rows = json.dumps(_records(sheet), ensure_ascii=sheet.style.layout_rng.random() < 0.5)
    return (
        f"<div id='grid'></div><script>var projects = {_closed(rows)};\n$('#grid').show(projects);</script>"
    )


def _object(sheet: Sheet) -> str:
    """The rows in an object that says how many there are."""
    rows = json.dumps({"recordsTotal": len(sheet), "data": _records(sheet)}, ensure_ascii=False)
    return f"<script type='application/json' id='rows'>{_closed(rows)}</script>"


def _leaflet(sheet: Sheet) -> str:
    """A map: where a project is stands in the code, what is known of it in its popup."""
    rest = sheet.without("latitude", "longitude", "coordinates")
    lines = []
    for number, project in enumerate(sheet.projects):
        inner = "".join(
            f"<b>{column.head.rstrip(':')}:</b> {escape(cell.text, quote=False)}<br/>"
            for column, cell in zip(rest.columns, rest.row(number), strict=True)
        )
        latitude, longitude = project.point or (None, None)
        sheet.truth[project.key] |= {"latitude": latitude, "longitude": longitude}
        if project.point is None:
            lines.append(f"L.popup().setContent({json.dumps(inner)});")
            continue
        where = f"[{latitude:.5f}, {longitude:.5f}]"
        lines.append(f"L.marker({where}).bindPopup({json.dumps(inner)}).addTo(map);")
    code = _closed("\n".join(lines))
    return f"<div id='map'></div><script>var map = L.map('map').setView([-29, 24], 5);\n{code}\n</script>"


_CODE = Wants(units=("none", "cell"), cases=("camel", "camel", "snake", "as is"), bars=False)
_MAP = Wants(shows=("latitude", "longitude"), units=("none", "cell"), cases=("as is",), bars=False, at_most=9)
FAMILIES = (
    one("script array", _array, _CODE),
    one("script object", _object, _CODE),
    one("leaflet", _leaflet, _MAP),
)
