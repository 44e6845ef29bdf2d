"""The clock keeps to each source's circuit (`projects.circuit`), and says so when it leaves one alone."""

from __future__ import annotations

from etl.sources import minutes_between
from projects.circuit import CLOSED, OPENS_AFTER, Circuit, Failure, derive, states


def state(source: str) -> Circuit:
    """The circuit of a source that the registry knows."""
    return states({source: minutes_between(source)}).get(source, CLOSED)


def sentence(source: str, circuit: Circuit) -> str:
    """What the clock says when it leaves a source alone."""
    until = f"{circuit.next_probe:%Y-%m-%d %H:%M} UTC" if circuit.next_probe else "now"
    return f"{source} failed {circuit.failures} times in a row; it is not tried again before {until}."


__all__ = ["CLOSED", "OPENS_AFTER", "Circuit", "Failure", "derive", "sentence", "state"]
