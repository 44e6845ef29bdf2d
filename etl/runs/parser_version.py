"""Which parser made a reading: a digest of the code that turns bytes into records, and of its words."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version

from lxml import etree

from etl.runs.code_digest import code_digest
from etl.values.vocabulary import Vocabulary

# All that decides what is read of a page, modules and whole packages. What they import of ours stands here
# too, or in the test's list of what decides nothing.
PARSER = (
    "projects.charset",
    "projects.facts",
    "projects.fields",
    "etl.extract",
    "etl.understand",
    "etl.normalise",
    "etl.values",
    "etl.compare.survey",
    "etl.compare.identity",
    "etl.compare.part",
    "etl.compare.lines",
    "etl.compare.assembler",
    "etl.compare.continuity",
)
# … and of an answer of the Municipal Money API
MONEY = (
    "projects.charset",
    "projects.facts.finance",
    "etl.normalise.records",
    "etl.money.answers",
    "etl.money.cells",
    "etl.money.figures",
    "etl.money.model",
    "etl.money.places",
    "etl.money.queries",
    "etl.money.survey",
)


def parser_digest(words: Vocabulary, *own: str) -> str:
    """SHA-256 (hex); it moves when the code or the vocabulary moves, and then known pages are read anew.

    `own`: modules beside ours that decide what is read of a source.
    """
    return hashlib.sha256(f"{_parser_code(*own)} {words.digest()}".encode()).hexdigest()


@lru_cache
def _parser_code(*own: str) -> str:
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    libraries = f"lxml {version('lxml')} libxml2 {libxml2} webencodings {version('webencodings')}"
    return f"{code_digest(*PARSER, *own)} {libraries}"


@lru_cache
def reading_code(*own: str) -> str:
    """The same for the code by which a reading is kept that saves the next: what is a page, and what of it is
    noise. `own`: a source's own modules."""
    return code_digest("etl.crawl.inspect", "etl.crawl.noise", "etl.crawl.looks", "etl.fetch.answers", *own)


@lru_cache
def settling_code(*own: str) -> str:
    """The same for what beside the parser decides what lists are put together to. `own`: as above."""
    return code_digest(
        "etl.compare.claims",
        "etl.compare.facts",
        "etl.compare.known",
        "etl.compare.profile",
        "etl.compare.settled",
        "etl.crawl.looks",
        "etl.crawl.observations",
        "etl.crawl.reading",
        *own,
    )


@lru_cache(maxsize=1)
def money_digest() -> str:
    """The same for the code that turns the answers of the Municipal Money API into figures."""
    return code_digest(*MONEY)
