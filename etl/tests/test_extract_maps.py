"""Records that only a script holds: markers of maps with their popups, lists of lists, GeoJSON."""

from __future__ import annotations

import pytest

from buka.dev.testing import soon_done
from etl.extract import read_page
from etl.extract.types import Table
from etl.tests.hostile import hostile
from etl.understand import read_page as understood

URL = "https://ws.dws.gov.za/pmd/map.aspx"


def tables(script: str) -> list[Table]:
    return read_page(f"<div id=map></div><script>{script}</script>", url=URL).tables


PLACES = (("Giyani", "-23.3", "30.7", "R5"), ("Nandoni", "-24.15", "30.1", "R6"))
MARKERS = {
    "Leaflet": """L.marker([{lat},{lng}]).bindPopup("<b>{name}</b><br>Budget: {money}");""",
    "Leaflet with options": """L.marker([{lat},{lng}], {{icon: red, title: "{name}"}}).addTo(map)
      .on('click', function (e) {{ go(e); }}).bindPopup('Budget: {money}', {{maxWidth: 9}}).openTooltip();""",
    "Leaflet in two statements": """var m = L.marker([{lat}, {lng}]).addTo(map);
      m.bindPopup("<h4>{name}</h4>" + "<p>Budget: " + "{money}</p>");""",
    "Leaflet circles": """L.circleMarker(L.latLng({lat}, {lng}), {{radius: 5}})
      .bindTooltip("{name}").bindPopup("<div>Budget: <b>{money}</b></div>").addTo(map);""",
    "Google Maps": """var i = new google.maps.InfoWindow({{content: "Budget: {money}"}});
      var m = new google.maps.Marker({{position: {{lat: {lat}, lng: {lng}}}, map, title: "{name}"}});""",
    "Google Maps, popup behind": """var m = new google.maps.Marker({{map: map,
      position: new google.maps.LatLng({lat}, {lng})}}); m.addListener('click', function () {{
      info.setContent('<strong>{name}</strong><br/>Budget: {money}'); info.open(map, m); }});""",
    "Mapbox": """new mapboxgl.Marker().setLngLat([{lng}, {lat}])
      .setPopup(new mapboxgl.Popup({{offset: 25}}).setHTML("<h3>{name}</h3>Budget: {money}")).addTo(map);""",
}


def marked(pattern: str) -> str:
    return "var map = L.map('map').setView([-29, 24], 5);\n" + "\n".join(
        pattern.format(name=name, lat=lat, lng=lng, money=money) for name, lat, lng, money in PLACES
    )


@pytest.mark.parametrize("pattern", MARKERS.values(), ids=MARKERS)
def test_markers_are_a_table_with_their_popups_values(pattern: str) -> None:
    (table,) = tables(marked(pattern))
    assert table.kind == "json"
    assert table.headers == ["Title", "Latitude", "Longitude", "Budget"]
    assert table.rows == [list(place) for place in PLACES]


def test_labels_that_nobody_knows_and_the_popup_s_link_are_read() -> None:
    pattern = (
        'L.marker([{lat}, {lng}]).bindPopup("<b>{name}</b><br>Beneficiaries: <i>12 000</i><br>'
        "<a href='p.aspx?n={name}'>More</a>\");"
    )
    (table,) = tables(marked(pattern))
    assert table.headers == ["Title", "Latitude", "Longitude", "Beneficiaries"]
    assert [row[3] for row in table.rows] == ["12 000", "12 000"]
    assert table.links == [f"https://ws.dws.gov.za/pmd/p.aspx?n={place[0]}" for place in PLACES]


def test_a_popup_without_labels_is_kept_as_it_is() -> None:
    (table,) = tables(marked('L.marker([{lat}, {lng}]).bindPopup("<b>{name}</b><br>Work goes on.");'))
    assert table.headers == ["Title", "Latitude", "Longitude", "Popup"]
    assert table.rows[0] == ["Giyani", "-23.3", "30.7", "Giyani Work goes on."]


def test_popups_that_may_be_another_marker_s_are_nobody_s() -> None:
    pattern = """new google.maps.Marker({{position: {{lat: {lat}, lng: {lng}}}, title: "{name}"}});"""
    (table,) = tables(marked(pattern) + "info.setContent('Budget: R9');")
    assert table.headers == ["Title", "Latitude", "Longitude"]


@pytest.mark.parametrize(
    "script",
    [
        'L.marker([-23.3, 30.7]).bindPopup("<b>Head office</b>");',
        'L.marker([lat, lng]).bindPopup("<b>A</b>"); L.marker([lat, lng]).bindPopup("<b>B</b>");',
        'L.marker([-23.1, 30.1]).bindPopup("<b>" + n + "</b>"); L.marker([-23.1, 30.2]).bindPopup(n);',
        "L.marker([-23.1, 30.1]).addTo(map); L.marker([-23.1, 30.2]).addTo(map);",
        'L.marker([-230.1, 30.1]).bindPopup("A"); L.marker([-23.1, 300.2]).bindPopup("B");',
    ],
)
def test_markers_without_place_or_name_are_no_table(script: str) -> None:
    assert tables(script) == []


ROWS = [["WP1", "Alpha", "R5"], ["WP2", "Beta", "R6"]]
HEADS = ["Project No", "Project Name", "Budget"]


@pytest.mark.parametrize(
    "script",
    [
        "p = [['Project No', 'Project Name', 'Budget'], ['WP1', 'Alpha', 'R5'], ['WP2', 'Beta', 'R6']];",
        "$('#t').DataTable({data: [['WP1', 'Alpha', 'R5'], ['WP2', 'Beta', 'R6']], paging: true,"
        " columns: [{title: 'Project No'}, {title: 'Project Name', width: 9}, {title: 'Budget'}]});",
        'x = {"columns": ["Project No", "Project Name", "Budget"], "rows": [["WP1", "Alpha", "R5"],'
        '["WP2", "Beta", "R6"]]}',
        "var t = {headers: ['Project No', 'Project Name', 'Budget'], rows: [\n['WP1', \"Alpha\", 'R5',],\n"
        "['WP2', 'Beta', 'R6']]}",
        "load([ ['Project No', 'Project Name', 'Budget'], ['WP1', 'Alpha', 'R5'], ['WP2', 'Beta', 'R6'] ])",
    ],
)  # fmt: skip
def test_lists_of_lists_with_headings_are_tables(script: str) -> None:
    (table,) = tables(script)
    assert (table.kind, table.headers, table.rows) == ("json", HEADS, ROWS)


@pytest.mark.parametrize(
    ("script", "headers"),
    [
        ('var sites = [["Giyani", -23.1, 30.2, "R5"], ["Nandoni", -24.15, 30.25, "R6"]];',
         ["Title", "Latitude", "Longitude", "Column 4"]),
        ('var sites = [["R5", 30.2, -23.1, "Giyani"], ["R6", 30.25, -24.15, "Nandoni"]];',
         ["Column 1", "Longitude", "Latitude", "Title"]),
        ("var l = [\n [1, 'Giyani', -23.1, 30.2, icon],\n [2, 'Nandoni', -24.15, 30.25, icon],\n];",
         ["Column 1", "Title", "Latitude", "Longitude", "Column 5"]),
    ],
)  # fmt: skip
def test_lists_of_lists_without_headings_are_tables_where_they_have_a_name_and_a_place(
    script: str, headers: list[str]
) -> None:
    (table,) = tables(script)
    assert table.headers == headers
    assert [row[headers.index("Latitude")] for row in table.rows] == ["-23.1", "-24.15"]


@pytest.mark.parametrize(
    "rows",
    [
        '[["Jan", 5], ["Feb", 6], ["Mar", 7]]',
        "[[30.1, -23.1], [30.2, -23.2], [30.3, -23.3]]",
        '[["a", "b"], ["c", "d"]]',
        '[["Year", "Water", "Roads"], ["2019", 5, 6], ["2020", 7, 8]]',
        '[["Giyani", 51.5, 0.12], ["Nandoni", 52.5, 0.13]]',
        '[["Giyani", -23.1, 30.2], ["Giyani", -24.1, 30.3]]',
        '[["a", -23.1, 30.2], ["b", -24.1]]',
        '[["WP1", ["Alpha"]], ["WP2", ["Beta"]]]',
    ],
)
def test_charts_and_outlines_are_no_table(rows: str) -> None:
    assert tables(f"var x = {rows}; draw({rows});") == []


def test_points_of_geojson_have_their_place_in_two_columns() -> None:
    point = (
        '{{"type": "Feature", "geometry": {{"type": "Point", "coordinates": [{lng}, {lat}]}},'
        ' "properties": {{"Project No": "{name}", "Budget": "{money}"}}}}'
    )
    features = ",".join(point.format(name=n, lat=lat, lng=lng, money=m) for n, lat, lng, m in PLACES)
    content = understood(
        f'<script>var g = {{"type": "FeatureCollection", "features": [{features}]}};</script>'
    )
    assert [project.published for project in content.projects] == [
        {"Project No": n, "Budget": m, "Latitude": lat, "Longitude": lng} for n, lat, lng, m in PLACES
    ]


@hostile(
    "script",
    [
        "L.marker([" * 100_000,
        "L.marker([1,2])" + ".bindPopup('" * 100_000,
        "a=L.marker([1,2]).addTo(m);" * 20_000 + "a.bindPopup('x');" * 20_000,
        "a  " * 100_000 + "L.marker",
        "L.marker([-23.1, 30.2]).bindPopup('"
        + "<div>" * 20_000
        + "x');"
        + "L.marker([-23.1, 30.2]).bindPopup('y');",
        "var a = " + "[[" * 100_000,
        "var a = [" + '["a", 1],' * 50_000 + "]",
        "new google.maps.Marker({" * 50_000,
        "setContent('a" * 100_000 + " marker L.marker([1,2]);",
        "L.marker([1,2]).bindPopup('a' + " * 20_000,
    ],
)
def test_countless_markers_are_read_in_bounded_time(script: str) -> None:
    with soon_done(15):
        tables(script)


def test_a_popup_without_a_marker_is_a_row_without_a_place_where_it_has_the_labels_of_the_others() -> None:
    text = '"<b>Project No:</b> {0}<br><b>Stage of it:</b> {1}<br>"'
    script = "".join(
        (f"L.marker([-23.{at}, 30.{at}]).bindPopup(" if at % 2 else "L.popup().setContent(")
        + text.format(f"WP{at}", f"Stage {at}")
        + ");"
        for at in range(1, 7)
    )
    (table,) = tables(
        f'<script>{script} L.popup().setContent("<b>Project No:</b> click on a marker");</script>'
    )
    assert table.headers == ["Latitude", "Longitude", "Project No", "Stage of it"]
    assert [row[2] for row in table.rows] == [f"WP{at}" for at in range(1, 7)]
    assert [bool(row[0]) for row in table.rows] == [True, False] * 3


def features(properties: str) -> list[Table]:
    """The tables of an answer of GeoJSON. `properties`: of each feature, with “@” for its number."""
    point = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [30.@, -23.@]}, "properties": {'
    each = ",".join((point + properties + "}}").replace("@", str(at)) for at in range(1, 5))
    answer = f'{{"type": "FeatureCollection", "features": [{each}]}}'
    return read_page(answer, content_type="application/geo+json").tables


def test_features_whose_facts_stand_in_the_markup_of_their_popups_have_them_as_columns() -> None:
    popup = "<h4>Scheme @</h4><b>Project No:</b> WP@<br><b>Budget:</b> R@ 000 000"
    (table,) = features(f'"kind": "K@", "popup": "{popup}"')
    assert table.headers == ["Title", "Latitude", "Longitude", "Project No", "Budget", "kind"]
    assert table.rows[1] == ["Scheme 2", "-23.2", "30.2", "WP2", "R2 000 000", "K2"]


def test_features_with_markup_that_labels_nothing_stay_as_they_are() -> None:
    (table,) = features('"name": "Scheme @", "budget": @000000, "note": "<i>see map @</i>"')
    assert table.headers[:3] == ["name", "budget", "note"]
