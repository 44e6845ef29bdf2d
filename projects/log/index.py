"""The triggers that index the log: facets, steps of projects, events. One piece of SQL for each database.

PostgreSQL runs each once a statement, over all rows that it wrote; SQLite once a row. `fill` writes the same
for rows that are older than the triggers. An index row has room for 250 characters: a longer name is cut
(nobody can ask for one so long), and a step's ends in the change's id then: two names never count as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_COLUMNS = (
    "id", "at", "entity_type", "entity_id", "municipality", "municipalities", "source_id", "change_type",
    "cause", "severity", "rules", "field_changes", "evidence", "overridden", "kind", "run_id",
)  # fmt: skip
_LOG = "projects_datachangelog"
TABLES = {"projects_changefacet", "projects_projectstep", "projects_changeevent"}

_FACETS = """
INSERT INTO projects_changefacet (facet, change_id)
SELECT substr('field:' || {name}, 1, 250), entry.id FROM {rows} entry, {fields} WHERE {name} IS NOT NULL
UNION SELECT substr('rule:' || {item}, 1, 250), entry.id FROM {rows} entry, {rules} WHERE {item} IS NOT NULL
UNION SELECT 'place:' || {item}, entry.id FROM {rows} entry, {places} WHERE {item} IS NOT NULL
UNION SELECT 'place:' || entry.municipality, entry.id FROM {rows} entry WHERE entry.municipality IS NOT NULL
ON CONFLICT DO NOTHING"""

_KEY = "CASE WHEN length({0}) > 200 THEN substr({0}, 1, 200) || '#' || entry.id ELSE {0} END"
_OF_FIELDS = f"""
SELECT entry.entity_id, {_KEY.format("{name}")}, entry.at, entry.id{{was}} FROM {{rows}} entry, {{fields}}
 WHERE entry.entity_type = 'project' AND entry.change_type <> 'created' AND NOT {{overridden}}"""
_OF_PRESENCE = """
SELECT entry.entity_id, '#presence', entry.at, entry.id{was_there} FROM {rows} entry
 WHERE entry.entity_type = 'project' AND entry.change_type IN ('missing', 'withdrawn', 'returned')"""
# A label can be told of twice in one change; the field's own step is the one that is kept.
_STEPS = f"""
INSERT INTO projects_projectstep (project_id, key, at, change_id{{was_column}}){_OF_FIELDS}
UNION ALL{_OF_PRESENCE}
UNION ALL SELECT entry.entity_id, {_KEY.format("'published.' || {name}")}, entry.at, entry.id{{nothing}}
 FROM {{rows}} entry, {{labels}} WHERE entry.entity_type = 'project' AND entry.change_type <> 'created'
UNION ALL SELECT entry.entity_id, '#created', entry.at, entry.id{{nothing}} FROM {{rows}} entry
 WHERE entry.entity_type = 'project' AND entry.change_type = 'created'
ON CONFLICT DO NOTHING"""
_VALUES = f"""
INSERT INTO projects_projectstep (project_id, key, at, change_id{{was_column}}){_OF_FIELDS}
 AND {{name}} NOT LIKE 'published.%'
UNION ALL{_OF_PRESENCE}
ON CONFLICT (project_id, key, at, change_id) DO UPDATE SET was = excluded.was"""
# What a step has beside its place: blank what is too long for an index, nothing of columns that no field has
# (nobody sorts or filters by them).
_WAS = {
    "was_column": ", was",
    "was": """, CASE WHEN {name} LIKE 'published.%' THEN NULL
 WHEN length({old}) > 200 THEN '' ELSE {old} END""",
    "was_there": """, COALESCE({was_present},
 CASE entry.change_type WHEN 'missing' THEN '"present"' ELSE '"missing"' END)""",
    "nothing": ", NULL",
}

_EVENTS = """
INSERT INTO projects_changeevent (run_id, kind, cause, source_id, entity_type, change_type, count, first,
 last, majors, minors, place, is_spread)
SELECT entry.run_id, entry.kind, entry.cause, min(entry.source_id), min(entry.entity_type),
 min(entry.change_type), count(*), min(entry.id), max(entry.id),
 count(CASE entry.severity WHEN 'major' THEN 1 END), count(CASE entry.severity WHEN 'minor' THEN 1 END),
 min(entry.municipality), count(DISTINCT entry.municipality) > 1
FROM {rows} entry WHERE entry.run_id IS NOT NULL AND entry.kind <> ''
GROUP BY entry.run_id, entry.kind, entry.cause
ON CONFLICT (run_id, kind, cause) DO UPDATE SET"""
_ADDED = """
 count = projects_changeevent.count + excluded.count, last = excluded.last,
 majors = projects_changeevent.majors + excluded.majors,
 minors = projects_changeevent.minors + excluded.minors,
 place = coalesce(projects_changeevent.place, excluded.place),
 is_spread = projects_changeevent.is_spread OR excluded.is_spread
  OR coalesce(projects_changeevent.place <> excluded.place, {no})"""
_COUNTED_ANEW = """
 count = excluded.count, first = excluded.first, last = excluded.last, majors = excluded.majors,
 minors = excluded.minors, place = excluded.place, is_spread = excluded.is_spread"""

_POSTGRES = {
    "no": "false",
    "name": "each_name",
    "item": "each_item",
    "fields": "jsonb_object_keys(entry.field_changes) each_name",
    "labels": "jsonb_object_keys(entry.evidence) each_name",
    "rules": "jsonb_array_elements_text(entry.rules) each_item",
    "places": "jsonb_array_elements_text(entry.municipalities) each_item",
    "overridden": "entry.overridden ? each_name",
    "was_present": "CAST(entry.field_changes -> 'presence' -> 0 AS text)",
    "old": "CAST(entry.field_changes -> each_name -> 0 AS text)",
}
_SQLITE_EACH = "json_each(entry.{0}) each"
_SQLITE = {
    "no": "0",
    "name": "each.key",
    "item": "each.value",
    "fields": _SQLITE_EACH.format("field_changes"),
    "labels": _SQLITE_EACH.format("evidence"),
    "rules": _SQLITE_EACH.format("rules"),
    "places": _SQLITE_EACH.format("municipalities"),
    "overridden": "EXISTS (SELECT 1 FROM json_each(entry.overridden) o WHERE o.value = each.key)",
    "was_present": """'"' || json_extract(entry.field_changes, '$.presence[0]') || '"'""",
    "old": "json_quote(json_extract(each.value, '$[0]'))",
}

# Nobody rewrites a row, but a hand that does must not be answered from what the row said before.
_FORGET = {
    "postgresql": """
DELETE FROM projects_projectstep step USING stale
 WHERE stale.entity_type = 'project' AND step.project_id = stale.entity_id AND step.change_id = stale.id""",
    "sqlite": """
DELETE FROM projects_projectstep
 WHERE OLD.entity_type = 'project' AND project_id = OLD.entity_id AND change_id = OLD.id""",
}


def install(connection: Any, for_rewritten: bool = True) -> None:
    """Have the triggers on the log; twice is once. A table that SQLite makes anew loses them."""
    has_values = _has_values(connection)
    statements = _of_postgres(has_values) if connection.vendor == "postgresql" else _of_sqlite(has_values)
    with connection.cursor() as cursor:
        for name, statement in statements:
            if for_rewritten or name == "log_written":
                cursor.execute(statement)


def _has_values(connection: Any) -> bool:
    """Whether a step can say what stood there: while it is migrated the table is that of an earlier day."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "projects_projectstep")
    return any(column.name == "was" for column in columns)


def is_installed(connection: Any) -> bool:
    where = {
        "postgresql": "pg_trigger WHERE tgname",
        "sqlite": "sqlite_master WHERE type = 'trigger' AND name",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {where[connection.vendor]} IN ('log_written', 'log_rewritten')")
        return bool(cursor.fetchone()[0] == 2)


def fill(connection: Any, after: int, until: int) -> None:
    """Index the changes past `after` and not past `until`; twice is once."""
    _run(connection, (_FACETS, _STEPS), after, until)


def fill_values(connection: Any, after: int, until: int) -> None:
    """Have the steps of these changes say what stood there; twice is once."""
    _run(connection, (_VALUES,), after, until)


def _run(connection: Any, statements: Iterable[str], after: int, until: int) -> None:
    rows = f"(SELECT * FROM {_LOG} WHERE id > {after:d} AND id <= {until:d})"
    has_values = _has_values(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(_spelt(statement, connection.vendor, rows, has_values))


def count_events(connection: Any) -> None:
    """Count all events anew, in one statement; nothing may be appended meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_spelt(_EVENTS + _COUNTED_ANEW, connection.vendor, _LOG))


def _spelt(statement: str, vendor: str, rows: str, has_values: bool = True) -> str:
    terms = _POSTGRES if vendor == "postgresql" else _SQLITE
    values = {name: text.format(**terms) if has_values else "" for name, text in _WAS.items()}
    return statement.format(rows=rows, **terms, **values)


def _written(vendor: str, rows: str, has_values: bool) -> str:
    parts = (_FACETS, _STEPS, _EVENTS + _ADDED)
    return ";\n".join(_spelt(each, vendor, rows, has_values) for each in parts)


def _rewritten(vendor: str, rows: str, has_values: bool) -> str:
    anew = (_spelt(each, vendor, rows, has_values) for each in (_FACETS, _STEPS))
    return ";\n".join([_FORGET[vendor], *anew])


def _of_postgres(has_values: bool) -> list[tuple[str, str]]:
    made = []
    for name, event, tables, body in (
        ("log_written", "INSERT", "NEW TABLE AS fresh", _written("postgresql", "fresh", has_values)),
        (
            "log_rewritten",
            "UPDATE",
            "OLD TABLE AS stale NEW TABLE AS fresh",
            _rewritten("postgresql", "fresh", has_values),
        ),
    ):
        function = f"CREATE OR REPLACE FUNCTION projects_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        trigger = f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {_LOG} REFERENCING {tables}"
        made += [
            (name, f"{function} $$ BEGIN\n{body};\nRETURN NULL; END $$"),
            (name, f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION projects_{name}()"),
        ]
    return made


def _of_sqlite(has_values: bool) -> list[tuple[str, str]]:
    fresh = f"(SELECT {', '.join(f'NEW.{name} AS {name}' for name in _COLUMNS)})"
    made = []
    for name, event, body in (
        ("log_written", "INSERT", _written("sqlite", fresh, has_values)),
        (
            "log_rewritten",
            "UPDATE OF at, entity_type, entity_id, change_type, field_changes, evidence",
            _rewritten("sqlite", fresh, has_values),
        ),
    ):
        trigger = f"CREATE TRIGGER {name} AFTER {event} ON {_LOG} FOR EACH ROW BEGIN\n{body};\nEND"
        made += [(name, f"DROP TRIGGER IF EXISTS {name}"), (name, trigger)]
    return made
