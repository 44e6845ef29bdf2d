"""Which parser made a reading: a digest of the modules that turn bytes into records, and of their words."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from etl.vocabulary import Vocabulary

_HERE = Path(__file__).parent
_MODULES = (
    "extract/*.py",
    "normalise.py",
    "field*.py",
    "plac*.py",
    "amounts.py",
    "dates.py",
    "coordinates.py",
    "parsed.py",
    "units.py",
    "vocabulary*.py",
    "records.py",
)


_MONEY = ("money/answers.py", "money/cells.py", "money/figures.py")


@lru_cache(maxsize=2)
def _code(modules: tuple[str, ...] = _MODULES) -> bytes:
    files = sorted(path for pattern in modules for path in _HERE.glob(pattern))
    return b"".join(path.name.encode() + path.read_bytes() for path in files)


def parser_digest(words: Vocabulary) -> str:
    """SHA-256 (hex); it moves when the code or the vocabulary moves, and then known pages are read anew."""
    return hashlib.sha256(_code() + words.digest().encode()).hexdigest()


def money_digest() -> str:
    """The same for the modules that turn the answers of the Municipal Money API into figures."""
    return hashlib.sha256(_code(_MONEY)).hexdigest()
