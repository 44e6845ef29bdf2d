"""The replica of the Municipal Money API against the recorded answers of the real code, and its traps."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from buka.dev.testing import soon_done
from replica.money.cubes import CUBES
from replica.money.lies import MONEY_FAULTS, TIMEOUT
from replica.server import ReplicaServer
from replica.site import Site

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = (ROOT / os.environ.get("REFERENCE_DATA", "../shared/data") / "treasury_examples").resolve()
HOST = "https://municipaldata.treasury.gov.za"
INDEX = json.loads((EXAMPLES / "INDEX.json").read_text()) if (EXAMPLES / "INDEX.json").exists() else []
# Those of the recorded requests that the replica serves: its cubes, or one that nobody has; no CSV.
SERVED = re.compile(rf"/cubes/({'|'.join(CUBES)}|nope)/(model|aggregate|facts)\b(?!.*format=csv)")
RECORDED = [entry for entry in INDEX if SERVED.search(entry["url"])]
_LABEL = re.compile(r"(%7C|[|,]|%2C)(?!opinion)\w+\.label")
# Tables that the replica has in full.
SAME_ROWS = {"ex3_municipalities_facts.json", "ex3b_demarcation_changes.json"}
MODEL = "/cubes/grants_v2/model"
WATER = 'function.code:"4201";"4202";"4203";"4301";"4302";"4303";"4304"'
BUILT = 'capital_type.code:"NEW";"RENEWAL";"UPGRADING"'


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(projects=80, seed=7, provinces=("NW",)) as server:
        yield server


@pytest.fixture
def fresh() -> Iterator[ReplicaServer]:
    """One to change or to break."""
    with ReplicaServer(projects=20, seed=7, provinces=("NW",), finance_years=2) as server:
        yield server


def get(replica: ReplicaServer, path: str, **parameters: Any) -> requests.Response:
    return requests.get(replica.api_url + path, parameters, timeout=60)


def aggregate(replica: ReplicaServer, cube: str, **parameters: Any) -> dict[str, Any]:
    answer = get(replica, f"/cubes/{cube}/aggregate", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def facts(replica: ReplicaServer, cube: str, **parameters: Any) -> dict[str, Any]:
    answer = get(replica, f"/cubes/{cube}/facts", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(replica: ReplicaServer, path: str, **parameters: Any) -> tuple[int, str]:
    answer = get(replica, path, **parameters)
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body["status"] == "error"
    assert set(body) == {"status", "message"}
    return answer.status_code, body["message"]


# The recorded answers


def rows_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    return content["cells"] if "cells" in content else content["data"]


def kinds(rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Ref → the JSON types that were seen, null apart."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for ref, value in row.items():
            found.setdefault(ref, set()).update({type(value).__name__} if value is not None else set())
    return found


def shape(value: Any) -> Any:
    """Keys and types all the way down, lists by what their first thing is; texts are all alike."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def in_order(rows: list[dict[str, Any]], order: list[list[str]]) -> bool:
    """Are the rows sorted by this, or by all columns, nulls last?"""
    by = [ref for ref, _ in order] or list(rows[0] if rows else ())
    keys = [[(row[ref] is None, row[ref]) for ref in by] for row in rows]
    return keys == sorted(keys)


@pytest.mark.skipif(not RECORDED, reason="no reference data here")
@pytest.mark.parametrize("entry", RECORDED, ids=[entry["file"] for entry in RECORDED])
def test_a_recorded_request_is_answered_in_the_recorded_shape(
    replica: ReplicaServer, entry: dict[str, Any]
) -> None:
    url = _LABEL.sub("", entry["url"].replace(HOST, replica.root))
    answer = requests.get(url, timeout=60)
    assert answer.status_code == entry["status"]
    assert answer.headers["Content-Type"].partition(";")[0] == entry["content_type"]
    expected, found = _without_labels(json.loads((EXAMPLES / entry["file"]).read_text())), answer.json()
    if "model" not in found:
        assert list(found) == list(expected)
    if entry["status"] != 200:
        assert found == expected
    elif "model" in found:
        same_model(found["model"], expected["model"])
    else:
        same_answer(found, expected, same_rows=entry["file"] in SAME_ROWS)


def _without_labels(value: Any) -> Any:
    """A recorded answer without what the replica does not have: the labels of codes, but for opinions."""
    if isinstance(value, dict):
        return {key: _without_labels(part) for key, part in value.items() if not _is_label(key)}
    return (
        [_without_labels(part) for part in value if not _is_label(part)] if isinstance(value, list) else value
    )


def _is_label(ref: Any) -> bool:
    return isinstance(ref, str) and ref.endswith(".label") and not ref.startswith("opinion.")


def same_model(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The replica says less, and nothing else."""
    assert set(found) <= set(expected)
    assert ("updates_table" in found) == ("updates_table" in expected)
    assert list(found["dimensions"]) == list(expected["dimensions"])
    for name, dimension in expected["dimensions"].items():
        mine = found["dimensions"][name]
        assert mine.get("non_aggregatable") == dimension.get("non_aggregatable")
        assert mine["attributes"].keys() <= dimension["attributes"].keys()
        for attribute, said in mine["attributes"].items():
            assert said["ref"] == dimension["attributes"][attribute]["ref"]
    for part in ("measures", "aggregates"):
        known = {name: said["ref"] for name, said in expected[part].items() if name != "_count"}
        assert {name: said["ref"] for name, said in found[part].items()} == known


def same_answer(found: dict[str, Any], expected: dict[str, Any], *, same_rows: bool) -> None:
    rows, told = rows_of(found), rows_of(expected)
    echoes = set(expected) - {"cells", "data", "summary", "total_cell_count", "total_fact_count"}
    assert {key: found[key] for key in echoes} == {key: expected[key] for key in echoes}
    assert shape(found) == shape(expected)
    if same_rows:
        assert rows == told
        return
    assert bool(rows) == bool(told)
    assert {tuple(row) for row in rows} <= {tuple(row) for row in told}
    types = kinds(told)
    assert all(seen <= types[ref] or not types[ref] for ref, seen in kinds(rows).items())
    assert in_order(rows, found["order"])


# The table of municipalities


def test_292_municipalities_less_the_disestablished_are_257(replica: ReplicaServer) -> None:
    rows = facts(replica, "municipalities")["data"]
    changes = facts(replica, "demarcation_changes")["data"]
    gone = {c["old_demarcation.code"] for c in changes if c["old_code_transition.code"] == "disestablished"}
    codes = {row["municipality.demarcation_code"] for row in rows}
    assert (len(codes), len(codes - gone)) == (292, 257)
    assert not any("phone" in ref or "address" in ref for row in rows for ref in row)


# Addresses


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cubes/capital_v2/model", 200),
        ("/cubes/capital_v2/model/", 404),
        ("/cubes/capital_v2/facts/", 404),
        ("/cubes/capital_v2/aggregate/", 404),
        ("/cubes//capital_v2/model", 404),
        ("/cubes/capital_v2", 404),
        ("/cubes/capital_v2/members/item", 404),
        ("/cubes", 404),
        ("", 404),
    ],
)
def test_slashes_matter_as_they_do_there(replica: ReplicaServer, path: str, status: int) -> None:
    answer = get(replica, path)
    assert answer.status_code == status
    assert answer.headers["X-Demo-Data"] == "1"
    kind = "text/html" if status == 404 else "application/json"
    assert answer.headers["Content-Type"].startswith(kind)


def test_answers_are_compressed_for_who_takes_it(replica: ReplicaServer) -> None:
    answer = get(replica, MODEL)
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = requests.get(replica.api_url + MODEL, headers={"Accept-Encoding": "identity"}, timeout=60)
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == answer.json()


def test_robots_ask_for_a_delay_only_where_a_test_says_so(fresh: ReplicaServer) -> None:
    def robots() -> str:
        return requests.get(f"{fresh.root}/robots.txt", timeout=60).text

    assert "delay" not in robots()
    fresh.site.crawl_delay = 120
    assert robots().splitlines()[-1] == "Crawl-delay: 120"


# Parameters


ASKED = {"drilldown": "item.code", "aggregates": "amount.sum"}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "message"),
    [
        ("facts", {"cut": 'foo.bar:"1"'}, 400, "Invalid cut: 'foo.bar'"),
        ("facts", {"cut": "amount_type.code"}, 400, "expecting ':'"),
        ("facts", {"fields": "foo"}, 400, "Invalid field: 'foo'"),
        ("facts", {"order": "foo"}, 400, "Invalid sorting criterion: 'foo'"),
        ("aggregate", {**ASKED, "drilldown": "foo"}, 400, "Invalid drilldown: 'foo'"),
        ("aggregate", {**ASKED, "aggregates": "amount.avg"}, 400, "Invalid aggregate: 'amount.avg'"),
        (
            "aggregate",
            {**ASKED, "cut": 'financial_year_end.year:"2019"'},
            400,
            "Invalid value '2019' parsed as type 'string' for cut financial_year_end.year of type 'integer'",
        ),
        ("aggregate", {**ASKED, "pagesize": "many"}, 500, "invalid literal for int() with base 10: 'many'"),
        ("aggregate", {**ASKED, "format": "csv"}, 500, ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_message(
    replica: ReplicaServer, path: str, parameters: dict[str, str], status: int, message: str
) -> None:
    assert refusal(replica, f"/cubes/capital_v2/{path}", **parameters) == (status, message)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("facts", {"cut": "item.code:0310"}),
        ("facts", {"cut": "capital_type.code:NEW"}),
        ("facts", {"cut": 'capital_type.code:"NEW'}),
        ("facts", {"cut": 'capital_type.code:"NEW"|'}),
        ("facts", {"cut": 'capital_type.code:""'}),
        ("facts", {"cut": 'capital_type:"NEW"'}),
        ("facts", {"cut": "amount:5"}),
        ("facts", {"cut": "financial_year_end.year:2026-"}),
        ("facts", {"order": "item.code:desc"}),
        ("facts", {"fields": "item.code", "order": "function.code:asc"}),
        ("facts", {"fields": "item"}),
        ("facts", {"drilldown": "item.code"}),
        ("facts", {"page": "0"}),
        ("facts", {"page_size": "5"}),
        ("facts", {"pagesize": "0"}),
        ("aggregate", {}),
        ("aggregate", {"drilldown": "item.code"}),
        ("aggregate", {"aggregates": "amount.sum"}),
        ("aggregate", {**ASKED, "drilldown": "function.code,item.code"}),
        ("aggregate", {**ASKED, "drilldown": "item"}),
        ("aggregate", {**ASKED, "order": "amount.sum:asc"}),
        ("aggregate", {**ASKED, "order": "function.code:asc"}),
        ("aggregate", {**ASKED, "fields": "item.code"}),
    ],
)
def test_what_the_service_reads_and_nobody_asks_is_refused_and_never_answered_with_something_else(
    replica: ReplicaServer, path: str, parameters: dict[str, str]
) -> None:
    status, message = refusal(replica, f"/cubes/capital_v2/{path}", **parameters)
    assert status == 400
    assert message


def test_an_unknown_cube_is_a_server_error_of_two_kinds(replica: ReplicaServer) -> None:
    assert refusal(replica, "/cubes/nope/facts") == (500, "No such cube: nope")
    assert refusal(replica, "/cubes/nope/model") == (500, "'nope'")


@pytest.mark.parametrize(("kind", "most"), [("facts", 10000), ("aggregate", 20000)])
def test_pages_are_clamped_without_a_word(replica: ReplicaServer, kind: str, most: int) -> None:
    asked = ASKED if kind == "aggregate" else {}
    answer = get(replica, f"/cubes/incexp_v2/{kind}", **asked, pagesize=1_000_000).json()
    assert (answer["page"], answer["page_size"]) == (1, most)
    beyond = get(replica, f"/cubes/incexp_v2/{kind}", **asked, page=9999).json()
    assert (beyond["page"], rows_of(beyond)) == (9999, [])


def test_pages_until_a_short_one_are_all_rows_once(replica: ReplicaServer) -> None:
    asked = {"drilldown": "demarcation.code|grant.code|financial_year_end.year", "aggregates": "amount.sum"}
    whole = aggregate(replica, "grants_v2", **asked)["cells"]
    pages: list[dict[str, Any]] = []
    for page in range(1, 100):
        cells = aggregate(replica, "grants_v2", **asked, page=page, pagesize=50)["cells"]
        pages += cells
        if len(cells) < 50:
            break
    assert pages == whole
    assert len(whole) > 100


def test_facts_are_integers_with_the_cut_as_it_was_sent_and_sums_are_floats(replica: ReplicaServer) -> None:
    cut = 'demarcation.code:"CPT"|financial_year_end.year:2019'
    found = facts(replica, "capital_v2", cut=cut, fields="amount,item.code")
    assert found["cell"] == cut
    assert all(type(row["amount"]) in (int, type(None)) for row in found["data"])
    total = aggregate(replica, "capital_v2", cut=cut, drilldown="item.code", aggregates="amount.sum")
    assert total["total_cell_count"] == len(total["cells"]) > 1
    assert type(total["summary"]["amount.sum"]) is float
    assert total["summary"]["amount.sum"] == sum(row["amount"] or 0 for row in found["data"])
    assert found["total_fact_count"] == len(found["data"])


# What the figures are like


def test_the_same_seed_draws_the_same_figures_whatever_is_asked_first() -> None:
    one, two = (Site(60, 3, provinces=("NC",)) for _ in range(2))
    two.books.rows("uifwexp")
    assert one.finances() == two.finances()
    assert one.finances() != Site(60, 4, provinces=("NC",)).finances()


def test_a_small_site_is_small_and_opens_at_once() -> None:
    with soon_done(2):
        site = Site(60, 7, provinces=("NW",), finance_years=8)
    assert 300 < len(site.finances()) < 1500
    assert {figure["financial_year"] for figure in site.finances()} == {2018, 2019, *range(2020, 2028)}
    with pytest.raises(ValueError, match="finance_years"):
        Site(60, 7, finance_years=9)


def test_the_country_stays_below_25000_figures_with_all_their_oddities() -> None:
    site = Site(300, 7)
    figures = site.finances()
    assert len(figures) < 25_000
    kinds = {(figure["cube"], figure["amount_type"]) for figure in figures}
    assert {("grants_v2", kind) for kind in ("SCHD", "TRFR", "ACT")} <= kinds
    assert any(figure.get("amount", "") is None for figure in figures)
    amounts = {
        (f["code"], f["financial_year"], f["line"], f["amount_type"]): float(f["amount"])
        for f in figures
        if f["measure"] == "grant" and f["amount"] is not None
    }
    assert any(amount < 0 for amount in amounts.values())
    assert any(
        amount > amounts.get((code, year, line, "SCHD"), float("inf"))
        for (code, year, line, kind), amount in amounts.items()
        if kind == "ACT"
    )
    assert {"RB7G", "WS6G", "MIG6", "RBIG", "WSIG", "MIG", "USDG", "IUDG"} <= {key[2] for key in amounts}
    in_kind = {(code, year) for code, year, line, _ in amounts if line == "RB7G"}
    own = {(code, year) for code, year, line, kind in amounts if (line, kind) == ("RBIG", "ACT")}
    assert in_kind & own
    rows = site.books.rows("capital_v2")
    assert {"REPAIR_MNT", "DEPRECIATION", "NEW", "RENEWAL", "UPGRADING"} == {row[3] for row in rows}
    assert {"TABB", "IBY1", "IBY2"} <= {row[7] for row in rows}
    assert any(row[1] == "2401" and row[2] == "0360" for row in rows)
    assert any(row[1] == "4303" for row in rows)
    assert {row[4] for row in site.books.rows("audit_opinions")} >= {None, ""}
    for cube in ("capital_v2", "incexp_v2", "grants_v2"):
        assert {(row[-4], row[-2]) for row in site.books.rows(cube) if row[-2] == "ACT"} == {("month", "ACT")}


def test_what_grants_spent_fits_the_projects_but_for_a_known_share() -> None:
    site = Site(2000, 7)
    spent: dict[tuple[str, str], float] = {}
    for figure in site.finances():
        if figure["measure"] == "grant" and figure["amount_type"] == "ACT":
            key = (figure["code"], figure["line"])
            spent[key] = spent.get(key, 0.0) + float(figure["amount"] or 0)
    needs = {key: need for key, need in site.books.plan.needs.items() if need.spent}
    silent = {key[0] for key in needs if key not in spent}
    short = {key[0] for key, need in needs.items() if 0 < spent.get(key, 0.0) < need.spent}
    places = {key[0] for key in needs}
    assert len(places) > 60
    assert 0.03 < len(silent) / len(places) < 0.2
    assert 0.04 < len(short) / len(places) < 0.25
    fitting = {key: need for key, need in needs.items() if key[0] not in silent | short}
    assert all(spent[key] > need.spent * 1.1 for key, need in fitting.items())


# Changes


def natural(replica: ReplicaServer, year: int) -> dict[tuple[str, str, str], float | None]:
    """(code, function, amount type) → capital of a year, as a client asks for it."""
    cut = f"{WATER}|{BUILT}|financial_year_end.year:{year}|amount_type.code:"
    refs = ("demarcation.code", "function.code", "amount_type.code")
    found = {}
    for types, length in (('"ORGB";"ADJB";"AUDA"', "year"), ('"ACT"', "month")):
        asked = f'{cut}{types}|period_length.length:"{length}"'
        answer = aggregate(
            replica, "capital_v2", drilldown="|".join(refs), aggregates="amount.sum", cut=asked
        )
        found |= {tuple(cell[ref] for ref in refs): cell["amount.sum"] for cell in answer["cells"]}
    return found


def test_the_truth_is_what_the_api_answers(fresh: ReplicaServer) -> None:
    fresh.site.mutate_finances(40)
    published = {
        (f["code"], f["line"], f["amount_type"]): f["amount"]
        for f in fresh.site.finances()
        if f["measure"] == "capital" and f["financial_year"] == 2026
    }
    asked = {
        key: None if value is None else f"{int(value)}.00" for key, value in natural(fresh, 2026).items()
    }
    assert asked == published


def test_changes_are_in_the_ledger_and_move_the_cubes_concerned(fresh: ReplicaServer) -> None:
    def moments() -> dict[str, str]:
        return {
            cube: get(fresh, f"/cubes/{cube}/model").json()["model"]["last_updated"]
            for cube in ("capital_v2", "grants_v2", "incexp_v2", "uifwexp", "audit_opinions", "cflow_v2")
        }

    for _ in range(12):
        before, known = moments(), figures_of(fresh.site)
        seq = fresh.site.finance_ledger.head
        entries = fresh.site.mutate_finances(2)
        assert entries == fresh.site.finance_ledger.entries[seq:]
        assert [entry["seq"] for entry in entries] == list(range(seq + 1, seq + len(entries) + 1))
        assert len(entries) >= 2
        after, now = moments(), figures_of(fresh.site)
        assert {cube for cube in after if after[cube] != before[cube]} == {e["cube"] for e in entries}
        assert all(after[cube] >= before[cube] for cube in after)
        differing = {key for key in known.keys() | now.keys() if known.get(key) != now.get(key)}
        assert differing == {key_of(entry) for entry in entries}
    kinds = {name for entry in fresh.site.finance_ledger for name in entry["changes"]}
    assert kinds <= {"amount", "opinion", "report_url"}
    assert len(fresh.site.ledger) == 0


def key_of(entry: dict[str, Any]) -> tuple[Any, ...]:
    names = ("measure", "code", "financial_year", "line", "amount_type")
    return tuple(entry[name] for name in names)


def figures_of(site: Site) -> dict[tuple[Any, ...], Any]:
    return {
        key_of(figure): (figure.get("amount"), figure.get("opinion"), figure.get("report_url"))
        for figure in site.finances()
    }


def test_all_kinds_of_change_come_up_and_the_net_of_them_is_the_difference() -> None:
    site = Site(20, 5, provinces=("NW",), finance_years=3)
    before = figures_of(site)
    for _ in range(150):
        site.mutate_finances(1)
    after = figures_of(site)
    net = site.finance_ledger.since()
    values = {key: value for key, value in after.items() if value != before.get(key)}
    for entry in net:
        new = {name: pair[1] for name, pair in entry["changes"].items()}
        held = after.get(key_of(entry), (None, None, None))
        assert entry["missing"] == (key_of(entry) not in after)
        assert new.get("amount", held[0]) == held[0]
        assert new.get("opinion", held[1]) == held[1]
    assert set(values) <= {key_of(entry) for entry in net}
    entries = list(site.finance_ledger)
    assert {"ORGB", "ADJB", "AUDA", "ACT", "SCHD", ""} <= {entry["amount_type"] for entry in entries}
    amounts = [entry["changes"]["amount"] for entry in entries if "amount" in entry["changes"]]
    assert any(new is None for _, new in amounts)
    assert any(old is None for old, _ in amounts)
    assert any(entry["missing"] for entry in entries)
    assert any("opinion" in entry["changes"] for entry in entries)
    months = {row[-3] for row in site.books.rows("grants_v2") if row[2:4] == [2027, "month"]}
    assert max(months) > 4


def test_one_figure_can_be_set_blanked_and_taken_away(fresh: ReplicaServer) -> None:
    site = fresh.site
    cell = ("capital_v2", "CPT", 2026, "4202", "ORGB")
    (one,) = (e for e in site.set_figure(*cell, 5) if e["measure"] == "capital")
    assert one["changes"] == {"amount": [None, "5.00"]}
    assert natural(fresh, 2026)[("CPT", "4202", "ORGB")] == 5.0
    assert site.set_figure(*cell, 5) == []
    site.set_figure(*cell, None)
    assert natural(fresh, 2026)[("CPT", "4202", "ORGB")] is None
    site.set_figure(*cell, 7)
    assert site.remove_figure(*cell)[0]["missing"] is True
    assert ("CPT", "4202", "ORGB") not in natural(fresh, 2026)
    moved = site.books.last_updated("capital_v2")
    assert site.set_figure(*cell, None) == []  # the ledger calls both null; the API does not
    assert natural(fresh, 2026)[("CPT", "4202", "ORGB")] is None
    assert site.books.last_updated("capital_v2") > moved
    site.remove_figure(*cell)
    with pytest.raises(KeyError):
        site.remove_figure(*cell)
    for wrong in (("nope", "CPT"), ("capital_v2", "XYZ")):
        with pytest.raises(ValueError, match="Unknown"):
            site.set_figure(*wrong, 2026, "4202", "ORGB", 1)
    with pytest.raises(ValueError, match="no figure"):
        site.set_figure("capital_v2", "CPT", 2026, "4202", "TABB", 1)


@pytest.mark.parametrize(
    ("cube", "line", "amount_type"),
    [("capital_v2", "4303", "ACT"), ("grants_v2", "WSIG", "ACT"), ("grants_v2", "RB7G", "SCHD")],
)
def test_a_figure_that_nobody_has_can_be_set(cube: str, line: str, amount_type: str) -> None:
    site = Site(5, 7, provinces=("NC",), finance_years=1)
    for amount in (123, 456):
        entries = site.set_figure(cube, "NC091", 2024, line, amount_type, amount)
        assert entries[0]["changes"]["amount"][1] == f"{amount}.00"


def test_control_urls_change_and_tell_the_figures(fresh: ReplicaServer) -> None:
    def post(path: str) -> requests.Response:
        return requests.post(f"{fresh.root}/_control/{path}", timeout=60)

    def told(path: str) -> Any:
        return requests.get(f"{fresh.root}/_control/{path}", timeout=60).json()

    entries = post("mutate_finances?n=3").json()["entries"]
    assert told("finance_ledger?since=0") == {"seq": len(entries), "entries": entries}
    assert told(f"finance_ledger?since={len(entries)}&net=1")["entries"] == []
    figure = "figure?cube=grants_v2&code=CPT&year=2026&line=MDRG&amount_type=SCHD"
    assert post(f"{figure}&amount=12").json()["entries"][0]["changes"] == {"amount": [None, "12.00"]}
    assert post(f"{figure}&amount=").json()["entries"][0]["changes"] == {"amount": ["12.00", None]}
    post(f"{figure}&amount=13")
    assert post(f"{figure}&remove=1").json()["entries"][0]["missing"] is True
    assert post(f"{figure}&remove=1").status_code == 400
    assert len(told("finances")["figures"]) == len(fresh.site.finances())
    assert told("money_faults") == MONEY_FAULTS
    assert told("state")["finance_seq"] == fresh.site.finance_ledger.head
    assert post("fault?name=status503&where=api").status_code == 200
    assert get(fresh, MODEL).status_code == 503


# Faults


def test_faults_of_the_wire_strike_the_dashboard_unless_the_api_is_named(fresh: ReplicaServer) -> None:
    fresh.site.set_fault("status500")
    assert get(fresh, MODEL).status_code == 200
    assert requests.get(fresh.url, timeout=60).status_code == 500
    fresh.site.set_fault("status429", after=1, times=1, where="api")
    assert requests.get(fresh.url, timeout=60).status_code == 200
    assert [get(fresh, MODEL).status_code for _ in range(3)] == [200, 429, 200]
    fresh.site.set_fault("truncate", where="api")
    with pytest.raises(requests.JSONDecodeError):
        get(fresh, MODEL).json()
    fresh.site.set_fault("cut", where="api")
    with pytest.raises(requests.RequestException):
        get(fresh, MODEL)
    with pytest.raises(ValueError, match="fault of api"):
        fresh.site.set_fault("drop_rows", where="api")
    with pytest.raises(ValueError, match="fault of pmd"):
        fresh.site.set_fault("money_html", where="pmd")


def test_a_time_out_of_the_database_is_a_500_that_says_so(fresh: ReplicaServer) -> None:
    fresh.site.set_fault("money_timeout", times=1)
    assert refusal(fresh, "/cubes/capital_v2/facts") == (500, TIMEOUT)
    assert get(fresh, "/cubes/capital_v2/facts").status_code == 200


def test_lies_of_the_api_are_told_to_the_reader_and_not_to_the_ledger(fresh: ReplicaServer) -> None:
    asked = {"drilldown": "demarcation.code|financial_year_end.year", "aggregates": "amount.sum"}
    truth, known = aggregate(fresh, "grants_v2", **asked), fresh.site.finances()
    fresh.site.set_fault("money_lie_count")
    lied = aggregate(fresh, "grants_v2", **asked)
    assert lied["total_cell_count"] > 2 * len(lied["cells"])
    fresh.site.set_fault("money_strings")
    texts = aggregate(fresh, "grants_v2", **asked)["cells"]
    assert {type(cell["amount.sum"]) for cell in texts} <= {str, type(None)}
    fresh.site.set_fault("money_drop_cells")
    fewer = aggregate(fresh, "grants_v2", **asked)["cells"]
    assert len(fewer) == len(truth["cells"]) - len(truth["cells"]) // 4
    fresh.site.set_fault("money_missing_municipality")
    there = {cell["demarcation.code"] for cell in aggregate(fresh, "grants_v2", **asked)["cells"]}
    assert len({cell["demarcation.code"] for cell in truth["cells"]} - there) == 1
    fresh.site.set_fault("money_html")
    page = get(fresh, "/cubes/grants_v2/model")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    fresh.site.set_fault("none")
    assert aggregate(fresh, "grants_v2", **asked) == truth
    assert fresh.site.finances() == known
    assert len(fresh.site.finance_ledger) == 0


def test_a_torn_cube_moves_while_it_is_read_and_that_is_in_the_ledger(fresh: ReplicaServer) -> None:
    def moment() -> str:
        return get(fresh, "/cubes/grants_v2/model").json()["model"]["last_updated"]

    before = moment()
    fresh.site.set_fault("money_torn")
    facts(fresh, "grants_v2")
    fresh.site.set_fault("none")
    assert moment() > before
    assert {entry["cube"] for entry in fresh.site.finance_ledger} == {"grants_v2"}


def test_the_site_changes_its_figures_by_itself_now_and_then() -> None:
    with ReplicaServer(projects=10, provinces=("NC",), finance_years=1, mutate_every=0.01) as server:
        deadline = time.monotonic() + 60
        while not server.site.finance_ledger.head and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.site.finance_ledger.head
        assert server.site.ledger.head
