"""The parser's words and places from the database: the built-in vocabulary with the stewards' additions."""

from __future__ import annotations

from etl.places import Places
from etl.vocabulary import DEFAULT, Vocabulary
from projects.models import Municipality
from projects.models import Vocabulary as VocabularyRow


def known_words() -> Vocabulary:
    return DEFAULT.extended(VocabularyRow.objects.values_list("kind", "text", "meaning"))


def known_places() -> Places:
    return Places(Municipality.objects.values_list("code", "name", "province", "district_id", "category"))
