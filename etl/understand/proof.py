"""What proves a column beyond its words and looks: the site's own sums, and what projects said last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from etl.understand.plan import Choice, ReadingPlan, ShapePlan
from etl.values.amounts import parse_money
from etl.values.text import Parsed, is_blank
from etl.values.units import label_unit

Texts = Mapping[str, str]  # label → text of one project
_FACTORS = {1: "R", 1000: "R'000", 10**6: "R million"}
_AREAS, _SHARE, _ROWS = (
    2,
    0.8,
    4,
)  # areas whose sums come out, their share of all that have one, projects of them
_COLUMNS = 12  # that are tried
_SAME, _DIFFERENT = 0.8, 4  # share of projects that say the same under a new label, their different texts


@dataclass(frozen=True, slots=True)
class Sum:
    """What the site says that the projects of one area come to, as published, and these projects."""

    area: str
    claimed: Parsed[Decimal]
    text: str
    projects: Sequence[Texts]

    def slack(self, factor: Decimal) -> Decimal:
        """How far the claim and the figures, which count `factor` rand, may be apart by rounding alone."""
        rounded = factor * len(self.projects) / 2 if factor > 1 else Decimal(0)
        return max(self.claimed.quantum / 2, rounded)


Proof = tuple[str, int, str]  # the label of a column, how many rand its figures count, a sum that comes out


def proof_by_sums(plan: ReadingPlan, sums: Sequence[Sum]) -> Proof | None:
    """The column, and the unit of its figures, of which the site's own sums come out; None for none.

    Tried are all columns of lists whose words or values may be money. Two areas at least have to come out,
    and four in five of all: a blank budget or a scheme in two municipalities may leave some of them open.
    """
    checked = [one for one in sums if one.claimed.value and len(one.projects) > 0]
    if len(checked) < _AREAS or sum(len(one.projects) for one in checked) < _ROWS:
        return None
    labels = [choice.label for choice in _choices(plan, "line") if _may_be_budget(choice)][:_COLUMNS]
    proven: dict[str, tuple[int, str]] = {}
    for label in labels:
        for factor in _FACTORS:
            met = [one for one in checked if _comes_out(one, label, factor)]
            if len(met) >= max(_AREAS, _SHARE * len(checked)):
                proven[label] = (factor, met[0].text)
                break
    if len(proven) != 1:  # no column, or columns that say the same: their sums tell nothing apart
        return None
    ((label, (factor, text)),) = proven.items()
    return label, factor, text


def with_proof(plan: ReadingPlan, proof: Proof | None) -> ReadingPlan:
    """The plan with the column of which the site's own sums come out."""
    if proof is None:
        return plan
    label, factor, text = proof
    why = f"Its sums are those that the site gives for its municipalities, “{text}” for one of them."

    def prove(choice: Choice) -> Choice:
        if choice.label != label:
            return choice
        unit = choice.unit if choice.factor == factor and choice.unit else _FACTORS[factor]
        return replace(
            choice, field="budget", unit=unit, factor=factor, certainty=1.0, evidence=(*choice.evidence, why)
        )

    return _changed(plan, "line", prove)


def _may_be_budget(choice: Choice) -> bool:
    return choice.may_be_money and (not choice.told or choice.proposal == "budget")  # a steward's word stands


def _comes_out(one: Sum, label: str, factor: int) -> bool:
    """Whether the column's figures of an area come to its claim, as far as that is rounded."""
    total = Decimal(0)
    for texts in one.projects:
        text = texts.get(label, "")
        if is_blank(text):
            continue
        amount = parse_money(text).value
        if amount is None:
            return False
        total += amount * factor
    claimed = one.claimed.value
    assert claimed is not None
    return total > 0 and abs(total - claimed) <= one.slack(Decimal(factor))


def continued(
    plan: ReadingPlan, earlier: ReadingPlan, pairs: Iterable[tuple[Texts, Texts]]
) -> tuple[ReadingPlan, list[str]]:
    """The plan with renamed columns: one that is new and not understood says of the same projects what a
    column said that is gone. `pairs`: (last texts, texts now) of lines. Also a sentence for each."""
    both = list(pairs)
    now = {choice.label: choice for choice in _choices(plan, "line")}
    shown = {label for _, texts in both for label in texts}
    gone = [c for c in _choices(earlier, "line") if c.field and c.label not in shown]
    new = [label for label in now if label in shown and earlier.choice(label, "line") is None]
    renamed: dict[str, Choice] = {}
    for label in new:
        if now[label].field is None and not now[label].told:
            same = [choice for choice in gone if _says_the_same(both, choice.label, label)]
            if len(same) == 1:
                renamed[label] = same[0]
    if not renamed:
        return plan, []

    def rename(choice: Choice) -> Choice:
        before = renamed.get(choice.label)
        if before is None:
            return choice
        why = f"It says of the same projects what “{before.label}” said before."
        kept = replace(
            choice, field=before.field, unit=before.unit, factor=_factor(before), format=before.format
        )
        return replace(kept, certainty=0.95, evidence=(*choice.evidence, why), continues=before.label)

    notes = [
        f"The column “{old.label}” is called “{label}” now: it says the same."
        for label, old in renamed.items()
    ]
    return _changed(plan, "line", rename), notes


def _factor(before: Choice) -> int:
    """What a bare figure of a column counted: its new heading names no unit any more."""
    unit = label_unit(before.label)
    return before.factor or (int(unit.factor) if unit and unit.kind == "money" else 0)


def _says_the_same(pairs: Iterable[tuple[Texts, Texts]], old: str, new: str) -> bool:
    compared = [(before[old], now.get(new, "")) for before, now in pairs if before.get(old)]
    same = [before for before, text in compared if before == text]
    return len(set(same)) >= _DIFFERENT and len(same) >= _SAME * len(compared)


def _choices(plan: ReadingPlan, part: str) -> Iterable[Choice]:
    return {c.label: c for shape in plan.shapes if shape.part == part for c in shape.columns}.values()


def _changed(plan: ReadingPlan, part: str, change: Callable[[Choice], Choice]) -> ReadingPlan:
    def of(shape: ShapePlan) -> ShapePlan:
        return replace(shape, columns=tuple(map(change, shape.columns))) if shape.part == part else shape

    return ReadingPlan(tuple(map(of, plan.shapes)), plan.drifts)
