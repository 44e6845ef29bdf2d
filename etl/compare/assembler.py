"""Published strings of lines and pages → one record a project, with the words and places of the day."""

from __future__ import annotations

from etl.compare.known import KnownProject
from etl.compare.survey import Part, Survey
from etl.exceptions import InvalidRecord
from etl.extract.types import PublishedProject
from etl.normalise.merge import merge
from etl.normalise.projects import project_record
from etl.normalise.records import ProjectRecord
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import ReadingPlan
from etl.values.places import Places
from etl.values.vocabulary import Vocabulary


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

    def is_municipality(self, code: str) -> bool:
        return self.places.get(code) is not None

    def district_of(self, code: str) -> str | None:
        place = self.places.get(code)
        return place.district if place else None

    def identify(self, project: PublishedProject, area: str | None) -> str:
        """An identity for a row that shows no number; "" where it shows no name either."""
        listed_under = [area] if area else []
        try:
            return project_record(
                "",
                project.published,
                None,
                listed_under=listed_under,
                vocabulary=self.words,
                places=self.places,
            ).external_id
        except InvalidRecord:
            return ""

    def record(
        self, external_id: str, survey: Survey, known: KnownProject | None, complete: bool
    ) -> ProjectRecord:
        """What is published of the project now: its line and its page, each as read today or as known.

        `complete`: all lists were read, so that a place whose list does not show it is none of its places.
        Raises InvalidRecord.
        """
        line, page = survey.lines.get(external_id), survey.pages.get(external_id)
        lookup = self.reads_by(survey.plan)
        listed_under = set(line.listed_under or ()) if line else set()
        record = self._normal(external_id, line, page, known, listed_under, lookup)
        as_published = "municipality_as_published"
        if known and not (complete and line) and record.values[as_published] == known.values[as_published]:
            # lists that could not be read take no place away
            listed_under |= set(known.values["municipalities"])
            record = self._normal(external_id, line, page, known, listed_under, lookup)
        record.line_digest = line.digest() if line else (known.line_digest if known else "")
        record.page_digest = page.digest() if page else (known.page_digest if known else "")
        return record

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
