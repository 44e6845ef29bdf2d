"""The families of layouts, by name. Each draws the body of one page, or the pages of a small site."""

from __future__ import annotations

from replica.renderings.layouts import blocks, grids, groups, pages, scripts, tables
from replica.renderings.layouts.family import Family

FAMILIES: dict[str, Family] = {
    family.name: family
    for module in (tables, groups, grids, blocks, scripts, pages)
    for family in module.FAMILIES
}
