"""From published strings to a typed record. Pure: no Django, no HTTP, no clock.

Nothing is invented here: a blank is None, a text that cannot be read is None with an issue, a figure that
two labels give differently is read from the better label, with an issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.exceptions import InvalidRecord
from etl.extract.types import ListingLine
from etl.normalise.field_reader import FieldReader, plain
from etl.normalise.placing import Placed, place_project, places_under_any_words
from etl.normalise.records import Issue, ListingRecord, ProjectRecord, digest_of
from etl.understand.lookup import NOTHING, Lookup
from etl.values.addresses import without_session
from etl.values.amounts import parse_count, parse_money
from etl.values.identifiers import NAMED, folded, number_of
from etl.values.places import Places
from etl.values.text import is_blank
from etl.values.vocabulary import DEFAULT, PART_LABELS, Vocabulary, is_volatile, normal_label, province_of
from projects.fields import NAMES

_LONGEST_ID = 200
_LISTING_FIELDS = {"Code": "code", "Projects": "projects", "Total value": "value"}


def project_record(
    external_id: str,
    line: Mapping[str, str],
    page: Mapping[str, str] | None,
    *,
    listed_under: Sequence[str] = (),
    url: str | None = None,
    vocabulary: Vocabulary = DEFAULT,
    lookup: Lookup | None = None,
    places: Places,
) -> ProjectRecord:
    """The record of one project from its list line and, where there is one, its own page.

    `listed_under`: codes of the municipalities (or provinces) whose lists showed the line; they come after
    those that the project itself publishes. `external_id` "" is looked for among the labels, else it
    is made of the name (`_identity`). Raises InvalidRecord for a record with neither an id nor a name.
    """
    own = page or {}
    reader = FieldReader(line, own, vocabulary, lookup or Lookup(NOTHING, vocabulary.fields))
    values = dict.fromkeys(NAMES) | reader.read()
    placed = place_project(reader, listed_under, places)
    values |= placed.values
    return ProjectRecord(
        external_id=_identity(
            external_id or number_of(reader.text("external_id") or ""), values["name"], placed
        ),
        published={**line, **own},
        page_labels=tuple(sorted(own)),
        values=values,
        issues=reader.sorted_issues(),
        sources=reader.sources,
        url=url and without_session(url),
        line_digest=stable_digest(line),
        page_digest=None if page is None else stable_digest(own),
    )


@dataclass(frozen=True, slots=True)
class Identifying:
    """What one line says of which project it is. `number` and `name` as published, "" where there is none;
    `where`: its municipalities' codes, or the place as published; `phase`: what tells the parts of a scheme
    apart that share its number or its name."""

    number: str
    name: str
    where: tuple[str, ...]
    phase: str

    @property
    def named(self) -> str:
        """The id that name and place give, "" without a name."""
        return _of_name(self.name, list(self.where)) if self.name else ""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Name and place as they are compared."""
        return folded(self.name), self.where

    @property
    def own(self) -> tuple[str, str]:
        """What tells it from others of its number, as it is compared."""
        return folded(self.name), folded(self.phase)


def identifying(
    line: Mapping[str, str],
    listed_under: Sequence[str],
    vocabulary: Vocabulary,
    lookup: Lookup,
    places: Places,
) -> Identifying:
    """What identifies the project of a line."""
    reader = FieldReader(line, {}, vocabulary, lookup)
    name = reader.text("name") or (None if lookup.may_be_named else reader.text("description"))
    parts = [line[label] for label in sorted(line) if normal_label(label) in PART_LABELS]
    return Identifying(
        number_of(reader.text("external_id") or ""),
        name or "",
        tuple(place_project(reader, listed_under, places).evidence),
        " / ".join(text for text in parts if not is_blank(text)),
    )


def ids_under_any_words(
    line: Mapping[str, str], listed_under: Sequence[str], places: Places
) -> Iterator[str]:
    """The ids that a line's project has where any of its texts is the number, or any the name and any others
    say the place: what words said when it was first read is not known any more."""
    texts = list(dict.fromkeys(plain(text) for text in line.values() if not is_blank(text)))
    yield from filter(None, map(number_of, texts))
    for where in places_under_any_words(texts, listed_under, places):
        yield from (_of_name(text, where) for text in texts)


def stable_digest(published: Mapping[str, str]) -> str:
    """Digest of published strings without the columns that show a position or the clock."""
    return digest_of({label: text for label, text in published.items() if not is_volatile(label)})


def _identity(published_id: str, name: str | None, placed: Placed) -> str:
    """The source's own id, else "name:" and 16 hex digits that name and place give.

    The digest is over the name (case and spacing apart) and the sorted codes of the municipalities, or,
    where none was recognised, the municipality and province as published.
    """
    published_id = " ".join(published_id.split())
    if len(published_id) > _LONGEST_ID:
        raise InvalidRecord(f"The id is {len(published_id)} characters long: {published_id[:40]!r}…")
    if published_id:
        return published_id
    if not name:
        raise InvalidRecord("Neither an id nor a name is published.")
    return _of_name(name, placed.evidence)


def _of_name(name: str, where: list[str]) -> str:
    return NAMED + digest_of({"name": " ".join(name.casefold().split()), "where": where})[:16]


def listing_record(line: ListingLine, places: Places) -> ListingRecord | None:
    """A municipality's line of a list, or None where the line is a province's.

    A code that is no municipality's is kept, with an issue. Raises InvalidRecord where there is no code.
    """
    code = line.code.strip().upper()
    if province_of(code) or (not code and province_of(line.name)):
        return None
    if not code:
        raise InvalidRecord(f"The line of {line.name!r} has no municipality code.")
    projects, value = parse_count(line.projects), parse_money(line.value)
    published = {
        "Code": line.code,
        "Municipality": line.name,
        "Projects": line.projects,
        "Total value": line.value,
    }
    problems = {
        "Code": None if places.get(code) else "unknown municipality code",
        "Projects": projects.problem,
        "Total value": value.problem,
    }
    issues = [
        Issue(field=_LISTING_FIELDS[label], label=label, text=published[label], problem=problem)
        for label, problem in problems.items()
        if problem
    ]
    name = " ".join(published["Municipality"].split())
    url = line.url and without_session(line.url)
    return ListingRecord(code, name, projects.value, value.value, published, issues, url)
