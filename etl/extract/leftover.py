"""What blocks say under no label, each at the same place: a municipality, a state, an amount. Pure.

A person reads it all the same. It becomes a column without a name, which its values may tell, and which is
said to wait for a steward where they do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from etl.extract.cellkinds import kind_of
from etl.extract.html import UNSHOWN, Element, is_hidden, squash
from etl.extract.innerlabels import REFERENCE, are_numbers
from etl.extract.looks import look_of
from etl.extract.pairs import Record
from etl.values.places import names_a_municipality
from etl.values.vocabulary import DEFAULT, province_of

UNLABELLED = "Text"  # what such a column is called, with a number from the second one on
_LONGEST = 80  # characters
_SAMPLE = 3  # records that are looked at first: most lists leave nothing
_MOST_TEXTS = 300  # of one block
_APART = UNSHOWN | {"table", "button", "a", "nav"}
_MARKS = (" · ", " • ", " | ")
Place = tuple[str, str, bool, int]
_MEANS: tuple[Callable[[str], object], ...] = (
    names_a_municipality,
    DEFAULT.status_of,
    province_of,
    DEFAULT.programme_of,
    lambda text: kind_of(text) in ("figure", "date") and not text.isdigit(),
)


def unlabelled(records: list[Record]) -> Iterator[tuple[str, list[str]]]:
    """Columns of texts that stand at one place of most records, in no pair and no title, and that all mean
    the same kind of thing: what each is called, and a text for each record, "" where it has none. Codes of
    one build, each another, are the records' numbers."""
    found = [dict(_left(record)) for record in records[:_SAMPLE]]
    if not any(_means_one_thing(texts) for texts in _columns(found).values()):
        return
    found += [dict(_left(record)) for record in records[_SAMPLE:]]
    times = Counter(place for texts in found for place in texts)
    count = 0
    for place in (place for place, some in times.items() if some * 10 >= len(records) * 6):
        column = [texts.get(place, "") for texts in found]
        if any(all(map(means, filter(None, column))) for means in _MEANS):
            count += 1
            yield UNLABELLED if count == 1 else f"{UNLABELLED} {count}", column
        elif all(column) and len(column) > 2 and are_numbers(column):
            yield REFERENCE, column


def _columns(found: list[dict[Place, str]]) -> dict[Place, list[str]]:
    columns: dict[Place, list[str]] = {}
    for texts in found:
        for place, text in texts.items():
            columns.setdefault(place, []).append(text)
    return columns


def _means_one_thing(texts: list[str]) -> bool:
    """Whether texts may be a column: all have the same kind of meaning, or are codes."""
    return any(all(map(means, texts)) for means in _MEANS) or all(kind_of(text) == "code" for text in texts)


def _left(record: Record) -> Iterator[tuple[Place, str]]:
    """The texts of a block that are none of its pairs', and no title, with the place of each."""
    said = "\n".join([record.heading, record.title, *(f"{one.label}\n{one.value}" for one in record.pairs)])
    labels = {pair.label for pair in record.pairs}
    for number, (holder, text, is_tail) in enumerate(_texts(record.element)):
        if number > _MOST_TEXTS:
            return
        mark = next((mark for mark in _MARKS if mark in text), "\n")
        for at, part in enumerate(text.split(mark)):
            words = part.strip(" ·•|,;:–-")
            if 1 < len(words) <= _LONGEST and words not in said and words.partition(":")[0] not in labels:
                yield (holder.tag, look_of(holder.get("class")), is_tail, at), words


def _texts(element: Element) -> Iterator[tuple[Element, str, bool]]:
    """(element, text, whether it stands behind the element) of all that is shown, in order; of no table in
    it, which lists something of its own."""
    waiting = [(element, False)]
    while waiting:
        part, is_end = waiting.pop()
        text = part.tail if is_end else part.text
        if text and not text.isspace() and (is_end or isinstance(part.tag, str)):
            yield part, squash(text), is_end
        if is_end:
            continue
        for child in reversed(part):
            waiting.append((child, True))
            if isinstance(child.tag, str) and child.tag not in _APART and not is_hidden(child):
                waiting.append((child, False))
