"""Markers that a script sets on a map, with the popups bound to them: Leaflet, Google Maps, Mapbox. Pure.

Literals alone are read: a marker whose place or text is put together from variables is left alone, and a
popup of which it is not plain whose it is belongs to nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from etl.extract.jsliteral import NotALiteral, read_arguments, read_literal, unescape
from etl.extract.scriptdata import text_of_value

_MARKER = re.compile(
    r"(?:(?P<owner>\b[A-Za-z_$][\w$]{0,60})\s*=\s*)?"
    r"(?:\bL\s*\.\s*(?P<leaflet>marker|circleMarker|circle)\s*(?=\(\s*\[)"
    r"|\bnew\s+L\s*\.\s*(?P<leaflet2>Marker|CircleMarker)\s*(?=\(\s*\[)"
    r"|\bnew\s+google\.maps\.(?P<google>Marker|marker\.AdvancedMarkerElement)\s*(?=\(\s*\{)"
    r"|\bnew\s+(?:mapboxgl|maplibregl)\.(?P<mapbox>Marker)\s*(?=\())"
)
_CALL = re.compile(r"\s*\.\s*(\w{1,40})\s*(?=\()")
_POPUP = re.compile(
    r"(?:(?P<owner>\b[A-Za-z_$][\w$]{0,60})\s*\.\s*(?:bindPopup|bindTooltip)\s*\("
    r"|\bInfoWindow\s*\(\s*\{\s*content\s*:|\bsetContent\s*\()\s*(?=[\"'`])"
)
_LAT_LNG = re.compile(
    r"(?:new\s+)?(?:google\.maps\.LatLng|L\.latLng)"
    r"\(\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*\)"
)
_STRING = re.compile(
    r"'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\"|`[^`\\$]*(?:\\.[^`\\$]*)*`", re.DOTALL
)
_PLUS = re.compile(r"\s*\+\s*")
_TEXTS = ("bindPopup", "bindTooltip", "setHTML", "setText")
_MOST_CALLS = 12  # of one marker's chain
_MOST_MARKERS = 20_000
# What markers that are no literals may cost, in characters of script: keeps the time linear
_MOST_TRIED = 4_000_000


@dataclass(slots=True)
class Marker:
    """Degrees as the script writes them, "" for a popup that stands at no marker; `popup`: markup, or ""."""

    latitude: str
    longitude: str
    title: str = ""
    popup: str = ""
    owner: str = ""  # the variable that holds it
    at: int = 0  # where it begins in the script


def read_markers(script: str) -> list[Marker]:
    """All markers of the script whose place is written in it."""
    if "arker" not in script and "L.circle" not in script:
        return []
    script = _LAT_LNG.sub(r"[\1,\2]", script)
    found: list[Marker] = []
    at = tried = 0
    while len(found) < _MOST_MARKERS and tried < _MOST_TRIED and (match := _MARKER.search(script, at)):
        at = match.end()
        try:
            marker, at = _marker(script, match)
        except NotALiteral as problem:
            tried += max((len(script) if problem.at is None else problem.at) - at, 1_000)
            continue
        if marker is not None:
            found.append(marker)
    _bind(script, found)
    return found


def _marker(script: str, match: re.Match[str]) -> tuple[Marker | None, int]:
    arguments, at = read_arguments(script, match.end())
    options: Any = next((part for part in arguments if isinstance(part, dict)), {})
    place: Any = options.get("position") if match["google"] else arguments[0] if arguments else None
    title, popup = options.get("title"), ""
    for _ in range(_MOST_CALLS):
        call = _CALL.match(script, at)
        if call is None:
            break
        if call[1] in _TEXTS:
            text = _text(script, call.end() + 1)
            popup = popup if text is None or call[1] == "bindTooltip" else text
            title = text if text is not None and call[1] == "bindTooltip" and not title else title
        values, at = _arguments(script, call.end())
        if call[1] == "setLngLat" and values and isinstance(values[0], list):
            place = values[0][::-1]
        if call[1] == "setPopup":
            inner = re.compile(r"setHTML\s*\(\s*").search(script, call.end(), at)
            popup = (_text(script, inner.end()) if inner else None) or popup
    degrees = _degrees(place)
    if degrees is None:
        return None, at
    return Marker(
        *degrees, title if isinstance(title, str) else "", popup, match["owner"] or "", match.start()
    ), at


def _arguments(script: str, at: int) -> tuple[list[Any], int]:
    """A call's arguments, none where they are no literals, and the position behind it."""
    try:
        return read_arguments(script, at)
    except NotALiteral:
        return [], read_literal(f"x{script[at : at + 20_000]}", 0)[1] - 1 + at


def _degrees(place: Any) -> tuple[str, str] | None:
    """Latitude and longitude; None for what is no place."""
    if isinstance(place, dict):
        place = [place.get("lat"), place.get("lng", place.get("lon"))]
    if not isinstance(place, list) or len(place) < 2:
        return None
    numbers = [part for part in place[:2] if isinstance(part, (int, float)) and not isinstance(part, bool)]
    if len(numbers) < 2 or not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
        return None
    return text_of_value(numbers[0]), text_of_value(numbers[1])


def _text(script: str, at: int) -> str | None:
    """The string that begins there, put together with `+` or not; None where a part of it is no string."""
    parts: list[str] = []
    while match := _STRING.match(script, at):
        parts.append(unescape(match[0][1:-1]))
        plus = _PLUS.match(script, match.end())
        if plus is None:
            return "".join(parts)
        at = plus.end()
    return None


def _bind(script: str, markers: list[Marker]) -> None:
    """Give markers the popups that are bound to them in a statement of their own."""
    owners: dict[str, list[Marker]] = {}
    for marker in markers:
        owners.setdefault(marker.owner, []).append(marker)
    loose: list[tuple[int, str]] = []
    for match in _POPUP.finditer(script) if markers else ():
        text = _text(script, match.end())
        if text is None:
            continue
        if match["owner"] is None:
            loose.append((match.start(), text))
            continue
        held = owners.get(match["owner"], [])
        before = bisect_left(held, match.start(), key=lambda marker: marker.at)
        if before and not held[before - 1].popup:
            held[before - 1].popup = text
    bare = [marker for marker in markers if not marker.popup]
    _pair_off(bare, loose)
    if markers and not bare:
        markers += [Marker("", "", popup=text, at=at) for at, text in loose]


def _pair_off(markers: list[Marker], popups: list[tuple[int, str]]) -> None:
    """One popup for one marker, in turn: each stands behind its marker, or each before it."""
    if not markers or len(markers) != len(popups):
        return
    behind = [marker.at < at for marker, (at, _) in zip(markers, popups, strict=True)]
    ends = [marker.at for marker in markers[1:]] + [popups[-1][0] + 1]
    starts = [at for at, _ in popups[1:]] + [markers[-1].at + 1]
    if all(behind) and all(at < end for (at, _), end in zip(popups, ends, strict=True)):
        pass
    elif any(behind) or not all(marker.at < start for marker, start in zip(markers, starts, strict=True)):
        return
    for marker, (_, text) in zip(markers, popups, strict=True):
        marker.popup = text
