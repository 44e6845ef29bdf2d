"""The parser's words and places from the database: the built-in vocabulary with the stewards' additions."""

from __future__ import annotations

from etl.values.places import Places
from etl.values.vocabulary import DEFAULT, Vocabulary
from projects.models import Municipality
from projects.models import Vocabulary as VocabularyRow
from projects.models.vocabulary import MEANINGS


def known_words() -> Vocabulary:
    """The built-in words with the stewards' rows over them; a row that cannot be used stops no poll."""
    rows = VocabularyRow.objects.values_list("kind", "text", "meaning")
    return DEFAULT.extended(row for row in rows if _is_usable(row[0], row[2]))


def _is_usable(kind: str, meaning: str) -> bool:
    known = MEANINGS.get(kind)
    return len(meaning) <= 40 and (not meaning or known is None or meaning in known)


def known_places() -> Places:
    return Places(Municipality.objects.values_list("code", "name", "province", "district_id", "category"))
