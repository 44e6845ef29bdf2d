"""The country on paper: the shape that the table has, and what lies in it."""

from __future__ import annotations

import io
import struct

import pytest

from buka.dev import outline
from projects.drawing import country
from projects.facts import municipalities
from projects.facts.towns import towns


def test_every_town_of_the_country_is_in_it():
    places = [(town.name, town.latitude, town.longitude) for town in towns()]
    places += [(f.code, f.latitude, f.longitude) for f in municipalities() if f.latitude is not None]
    assert [name for name, *point in places if not country.is_in(*point)] == []


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0.0, 0.0), (-29.61, 28.23), (-26.52, 31.4), (-36.0, 20.0), (-22.56, 17.08), (30.7, -23.3)],
    ids=["nowhere", "inside Lesotho", "Eswatini", "the sea", "Windhoek", "the wrong way round"],
)
def test_what_is_elsewhere_is_not_in_it(latitude, longitude):
    assert not country.is_in(latitude, longitude)


def test_every_town_stands_on_the_paper():
    for town in towns():
        x, y = country.place(town.latitude, town.longitude)
        assert 0 < x < country.WIDTH, town
        assert 0 < y < country.HEIGHT, town


def test_the_outline_is_small():
    assert len(country.outline()) + len(country.borders()) < 4_500
    assert country.outline().count("z") == 2  # the country, and Lesotho in it


def test_what_is_around_some_places_has_them_with_a_margin_and_the_shape_of_the_whole():
    box = country.around([(100, 100), (300, 200)])
    assert box.x < 100 < 300 < box.x + box.width
    assert box.y < 100 < 200 < box.y + box.height
    assert box.width / box.height == pytest.approx(country.WIDTH / country.HEIGHT, rel=0.02)
    assert country.around([(100, 100)]).height > 50


def _shapefile(*lines: list[tuple[float, float]]) -> bytes:
    records = b""
    for line in lines:
        points = b"".join(struct.pack("<2d", *point) for point in line)
        record = struct.pack("<i", 3) + bytes(32) + struct.pack("<3i", 1, len(line), 0) + points
        records += struct.pack(">2i", 1, len(record) // 2) + record
    return bytes(100) + records


def test_the_table_is_made_of_the_ring_and_of_the_lines_within_it():
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [20, -30]},
        "arcs": [[[0, 0], [8, 0], [0, 8]], [[0, 0], [0, 8], [4, 0], [4, 0]]],
        "objects": {"countries": {"geometries": [
            {"properties": {"name": "Elsewhere"}, "arcs": [[[0]]]},
            {"properties": {"name": outline.COUNTRY}, "arcs": [[[0, ~1]]]},
        ]}},
    }  # fmt: skip
    lines = [[(22.0, -30.0), (22.0, -29.0)], [(22.0, -28.0), (22.0, -29.0)], [(40.0, 1.0), (41.0, 1.0)]]
    out = io.StringIO()
    outline.write(topology, _shapefile(*lines), out)
    assert out.getvalue().splitlines() == [
        "kind,points",
        "country,20.00 -30.00;24.00 -30.00;24.00 -26.00;20.00 -26.00;20.00 -30.00",
        "border,22.00 -28.00;22.00 -30.00",
    ]
