"""Published strings of lines and pages → one record a project, with the words and places of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from decimal import Decimal

from etl.compare.identity import Identities
from etl.compare.known import Known, KnownProject
from etl.compare.part import Part
from etl.compare.survey import Survey
from etl.normalise.field_reader import FieldReader
from etl.normalise.merge import merge
from etl.normalise.projects import Identifying, identifying, ids_under_any_words, project_record
from etl.normalise.records import Issue, ProjectRecord
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import Choice, ReadingPlan
from etl.values.identifiers import folded, number_within
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT, Vocabulary


class Assembler:
    """Puts together what a reading and the record say of a project."""

    def __init__(self, words: Vocabulary, places: Places) -> None:
        self.words, self.places = words, places
        self._lookup = Lookup(NOTHING, words.fields)

    def reads_by(self, plan: ReadingPlan) -> Lookup:
        """What labels mean under a plan."""
        if self._lookup.plan is not plan:
            self._lookup = Lookup(plan, self.words.fields)
        return self._lookup

    def budgets_by(self, plan: ReadingPlan) -> Callable[[Mapping[str, str]], tuple[Decimal | None, Decimal]]:
        """What reads the budget of a line's texts, in rand, and how many rand its figure counts."""
        lookup = self.reads_by(plan)

        def budget(texts: Mapping[str, str]) -> tuple[Decimal | None, Decimal]:
            own = {label: text for label, text in texts.items() if _is_budget(lookup.choice(label))}
            return FieldReader(own, {}, self.words, lookup).amount("budget")

        return budget

    def is_municipality(self, code: str) -> bool:
        return self.places.get(code) is not None

    def within(self, code: str) -> str | None:
        """The district of a local municipality, the province of any other."""
        place = self.places.get(code)
        return (place.district or place.province) if place else None

    def identities(self, known: Known, plan: ReadingPlan) -> Identities:
        """What says which project a line is, as a plan reads it."""
        lookup = self.reads_by(plan)

        def reads(line: dict[str, str], listed_under: Sequence[str]) -> Identifying:
            return identifying(line, listed_under, self.words, lookup, self.places)

        def ids_of(line: Mapping[str, str], listed_under: Sequence[str]) -> Iterator[str]:
            return ids_under_any_words(line, listed_under, self.places)

        is_told = any(
            "external_id" in (meaning, DEFAULT.field_of(label))
            for label, meaning in self.words.fields.items()
        )

        def is_listed(label: str) -> bool:
            return plan.covers(label, "line")

        return Identities(known, reads, ids_of, self.within, is_listed, is_told)

    def record(
        self, external_id: str, survey: Survey, known: KnownProject | None, doubtful: Set[str] | None
    ) -> ProjectRecord:
        """What is published of the project now: its line and its page, each as read today or as known.

        A place whose list does not show it is none of its places, if it is not `doubtful` whether all of that
        list was read; None: of all lists. Raises InvalidRecord.
        """
        line, page = survey.lines.get(external_id), survey.pages.get(external_id)
        if page and known and not page.published and known.page():
            page = None  # something else stands in its place
        lookup = self.reads_by(survey.plan)
        listed_under = set(line.listed_under or ()) if line else set()
        record = self._normal(external_id, line, page, known, listed_under, lookup)
        as_published = "municipality_as_published"
        kept = set(known.values["municipalities"]) if known else set()
        if line and doubtful is not None:
            kept &= doubtful
        if known and kept and record.values[as_published] == known.values[as_published]:
            # lists that could not be read take no place away
            listed_under |= kept
            kept -= set(record.values["municipalities"])
            record = self._normal(external_id, line, page, known, listed_under, lookup)
        else:
            kept = set()
        if line and line.same_number:
            self._note_same_number(record, line, lookup)
        # with a place that was kept: so it differs from what is read once it is certain
        record.line_digest = line.digest(kept) if line else (known.line_digest if known else "")
        record.page_digest = page.digest() if page else (known.page_digest if known else "")
        record.lists = self._lists(external_id, survey, known, doubtful)
        return record

    @staticmethod
    def _lists(
        external_id: str, survey: Survey, known: KnownProject | None, doubtful: Set[str] | None
    ) -> tuple[str, ...]:
        """The lists of no municipality that show it, and those that may show it too."""
        before = set(known.lists) if known else set()
        if external_id in survey.lines and doubtful is not None:
            before &= doubtful
        return tuple(sorted(before | survey.lists_of(external_id)))

    def _note_same_number(self, record: ProjectRecord, line: Part, lookup: Lookup) -> None:
        number = number_within(record.external_id)
        published = line.published
        labels = [label for label, text in published.items() if folded(text) == folded(number)]
        labels.sort(key=lambda label: (lookup.field_of(label) != "external_id", label))
        label = next(iter(labels), "")
        problem = f"the same number as {line.same_number} in the same list"
        issue = Issue(field="external_id", label=label, text=published.get(label, number), problem=problem)
        record.issues = sorted([*record.issues, issue], key=lambda issue: tuple(issue.values()))

    def _normal(
        self,
        external_id: str,
        line: Part | None,
        page: Part | None,
        known: KnownProject | None,
        listed_under: set[str],
        lookup: Lookup,
    ) -> ProjectRecord:
        line_texts = line.published if line else (known.line() if known else {})
        page_texts = page.published if page else (known.page() if known else None)
        merged = merge(line_texts, page_texts, known.before() if known else None)
        record = project_record(
            external_id,
            line_texts,
            merged.page,
            listed_under=sorted(listed_under),
            url=next((part.url for part in (line, page) if part and part.url), known.url if known else None),
            vocabulary=self.words,
            lookup=lookup,
            places=self.places,
        )
        record.other = merged.other
        return record


def _is_budget(choice: Choice | None) -> bool:
    return choice is not None and choice.field == "budget"
