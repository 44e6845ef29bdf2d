"""What the site says of itself beside what was read, area by area. Pure.

An area is a municipality: its line says how many projects it has and what they come to, its list's pager how
many rows. A list of no municipality is an area of its own. A claim that is met proves the reading; one that
is not stays on show for as long as it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from etl.crawl.reading import FIRST_PAGE, PAGES
from etl.understand.proof import Sum
from etl.values.amounts import parse_count

if TYPE_CHECKING:
    from etl.compare.survey import Survey
    from etl.crawl.reading import Count


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. `claimed` as published; `found`: what was read, amounts in rand, "" where nothing could be
    held against it; `met`: None for that."""

    what: str
    claimed: str
    found: str
    met: bool | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Area:
    """What a reading has of one municipality, or of a list of none, which has a `name`. `is_read`: its list;
    `complete`: all of it, as far as the site says how much there is."""

    code: str
    is_read: bool
    complete: bool
    claims: tuple[Claim, ...]
    concludes: bool = True  # what is not seen there is not there
    is_emptied: bool = False  # its list had projects and shows none, and no number of the site says so
    is_settled: bool = False  # … and a steward said that it is so
    name: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether all of it was read, nothing contradicts that, and a count of the site says so."""
        counted = any(claim.met for claim in self.claims if claim.what not in (_VALUE, AT_LEAST))
        return self.complete and counted and not any(claim.met is False for claim in self.claims)

    @property
    def sums_up(self) -> bool:
        """Whether the projects' figures come to what the site says."""
        return any(claim.met for claim in self.claims if claim.what == _VALUE)

    def shows_what_went(self, before: Iterable[Mapping[str, Any]] | None, gone: int) -> bool:
        """Whether rows that are not seen are gone, and not among those that the site counts and does not
        show: all of it was read, or each of its counts fell by exactly the rows that went.

        `before`: the area's claims in the reading before, as JSON; `gone`: known projects not seen now.
        """
        if self.complete:
            return True
        counted = {claim["what"]: claim for claim in before or ()}
        unmet = [claim for claim in self.claims if claim.met is False and claim.what != _VALUE]
        return bool(unmet) and self.is_read and all(_explains(counted.get(c.what), c, gone) for c in unmet)

    def may_hide_others(self, before: Iterable[Mapping[str, Any]] | None) -> bool:
        """Whether what is not shown there may be projects that were elsewhere: nothing of it was read, or
        more of it is not shown than in the reading before."""
        if self.complete:
            return False
        counted = {claim["what"]: claim for claim in before or ()}
        unmet = [claim for claim in self.claims if claim.met is False and claim.what != _VALUE]
        return not self.is_read or not unmet or any(_hides_more(counted.get(c.what), c) for c in unmet)


PROJECTS = "projects"
AT_LEAST = "projects, at least"  # "12+": fewer are too few, and as many are no proof that there are no more
_VALUE = "total value"
REPEATED = "different rows of its list"
LINES = "different lines"  # that a municipality has in one reading
Budget = Callable[[Mapping[str, str]], tuple[Decimal | None, Decimal]]


def _explains(before: Mapping[str, Any] | None, now: Claim, gone: int) -> bool:
    """Whether a count that is off fell by exactly the rows that went, and is off by as much as before."""
    if before is None or now.what.endswith(FIRST_PAGE):
        return False
    if now.what.endswith(LINES):  # a municipality that always has two is no site that is just being edited
        return (str(before["claimed"]), str(before["found"])) == (now.claimed, now.found)
    was, shown = parse_count(str(before["claimed"])).value, parse_count(str(before["found"])).value
    claimed, found = parse_count(now.claimed).value, parse_count(now.found).value
    if was is None or shown is None or claimed is None or found is None:
        return False
    return was - claimed == gone and was - shown == claimed - found


def _hides_more(before: Mapping[str, Any] | None, now: Claim) -> bool:
    """Whether a count that is off is off by more than before, or by all of it; or rows moved while they were
    read."""
    if now.what.endswith(FIRST_PAGE):
        return True
    claimed, found = parse_count(now.claimed).value, parse_count(now.found).value
    if before is None or claimed is None or not found:
        return True
    was, shown = parse_count(str(before["claimed"])).value, parse_count(str(before["found"])).value
    return was is None or shown is None or claimed - found > was - shown


def areas(survey: Survey, counts: Iterable[Count], budget: Budget) -> list[Area]:
    """Each municipality that the site names or lists, by code, and each list of none. `counts`: all totals
    that were checked; `budget`: of a project's texts, in rand, and how many rand its figures count."""
    rows: dict[str, list[Claim]] = {}
    for count in counts:
        if count.kind != PROJECTS and (count.is_of_site or count.claimed != count.found):
            rows.setdefault(count.area, []).append(_checked(count.kind, count))
    sums = survey.facts.get("budgets", survey.summed_by(survey.plan), lambda: _sums(survey, budget))
    codes = sorted(filter(survey.is_municipality, survey.listings.keys() | survey.listed.keys()))
    lists = survey.unplaced.keys() | (set() if survey.whole else survey.unread)
    return [
        *(_area(survey, code, rows.get(code, []), sums.get(code)) for code in codes),
        *(_list(survey, code, rows.get(code, [])) for code in sorted(lists)),
    ]


def _sums(survey: Survey, budget: Budget) -> dict[str, tuple[str, bool] | None]:
    """What the budgets of each area with a claim come to."""
    return {one.area: _summed(one, budget) for one in survey.sums() if one.claimed.value is not None}


def of_the_site(counts: Iterable[Count], areas: Iterable[Area]) -> Area:
    """The totals that are of none of the areas, and whatever shows that the site was being edited."""
    codes = {area.code for area in areas}
    known = (c for c in counts if c.area not in codes or c.kind == LINES)
    claims = tuple(_checked(c.what, c) for c in known if c.is_of_site or c.claimed != c.found)
    return Area("", True, all(claim.met for claim in claims), claims)


def _checked(what: str, count: Count) -> Claim:
    return Claim(what, str(count.claimed), str(count.found), count.claimed == count.found)


def _area(survey: Survey, code: str, rows: list[Claim], total: tuple[str, bool] | None) -> Area:
    is_listed = code in survey.listed or (code in survey.listings and bool(survey.listed_within(code)))
    # where the site has one list for all municipalities, that list is theirs
    is_read = is_listed or bool(not survey.listed and survey.whole and survey.lines)
    claims = [*_of_line(survey, code, total), *dict.fromkeys(rows)]
    is_proven = any(claim.met for claim in claims if claim.what == PROJECTS)
    # rows or pages that come twice hide none where the number of projects is met
    unmet = {claim.what for claim in claims if claim.met is False} - {
        _VALUE,
        *((REPEATED, PAGES) if is_proven else ()),
    }
    is_emptied = code in survey.emptied and not is_proven
    is_settled = is_emptied and code in survey.settled
    is_doubtful = code in survey.short or (is_emptied and not is_settled)
    complete = is_read and not unmet and not is_doubtful and (survey.whole or is_proven)
    return Area(
        code, is_read, complete, tuple(claims), is_emptied=is_emptied and not unmet, is_settled=is_settled
    )


def _list(survey: Survey, code: str, rows: list[Claim]) -> Area:
    """A list of no municipality. What its pager counts proves all of it."""
    claims = tuple(dict.fromkeys(rows))
    is_read = code in survey.unplaced
    is_met = any(claim.met for claim in claims)
    unmet = {claim.what for claim in claims if claim.met is False} - ({PAGES} if is_met else set())
    is_emptied = code in survey.emptied and not is_met
    is_settled = is_emptied and code in survey.settled
    is_doubtful = code in survey.short or (is_emptied and not is_settled)
    return Area(
        code,
        is_read,
        is_read and not unmet and not is_doubtful and (survey.whole or is_met),
        claims,
        is_emptied=is_emptied and not unmet,
        is_settled=is_settled,
        name=survey.names.get(code, ""),
    )


def found_under(survey: Survey, code: str, claimed: int | None) -> int | None:
    """How many projects a line's municipality, district or province was found to list; None where no list of
    it was read. A project of two municipalities may count once or twice."""
    if code in survey.listed:
        return len(survey.listed[code])
    within = survey.listed_within(code)
    if within is None:
        return None
    twice = sum(map(len, within))
    return twice if claimed == twice else len(set().union(*within))


def _of_line(survey: Survey, code: str, total: tuple[str, bool] | None) -> Iterator[Claim]:
    if code not in survey.listings:
        return
    line = survey.listings[code].line
    claimed, is_least = claimed_by(line.projects)
    found = found_under(survey, code, claimed)
    is_met = None
    if claimed is not None and found is not None:
        is_met = found >= claimed if is_least else found == claimed
    what = AT_LEAST if is_least else PROJECTS
    yield Claim(what, line.projects, "" if found is None else str(found), is_met)
    if line.value:
        yield Claim(_VALUE, line.value, *(total or ("", None)))


def claimed_by(text: str) -> tuple[int | None, bool]:
    """How many projects a line says there are, None where that cannot be told; whether there may be more."""
    plain = text.strip()
    return parse_count(plain.removesuffix("+")).value, plain.endswith("+")


def _summed(one: Sum, budget: Budget) -> tuple[str, bool] | None:
    """What the budgets of an area come to, and whether that is what the site says, as far as it is rounded;
    None where no project of it has a budget that can be read."""
    read = [(value, factor) for value, factor in map(budget, one.projects) if value is not None]
    if not read or one.claimed.value is None:
        return None
    total = sum((value for value, _ in read), Decimal(0))
    slack = one.slack(max(factor for _, factor in read))
    return f"{total:.2f}", abs(total - one.claimed.value) <= slack


def unread(survey: Survey) -> str:
    """That projects are claimed where no list could be read, in a sentence; "" where there are none."""
    claimed = {
        code: number
        for code, listed in survey.listings.items()
        if survey.is_municipality(code) and (number := claimed_by(listed.line.projects)[0])
    }
    if claimed and not survey.lines and not survey.pages:
        return (
            f"{_projects(sum(claimed.values()))} claimed in {_municipalities(len(claimed))},"
            " none could be read."
        )
    missing = (
        sorted(code for code in claimed if found_under(survey, code, None) is None) if survey.listed else []
    )
    if not missing:
        return ""
    shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
    return (
        f"{_projects(sum(claimed[code] for code in missing))} claimed in {_municipalities(len(missing))}"
        f" whose lists were not read ({shown})."
    )


def emptied(survey: Survey, areas: Iterable[Area]) -> str:
    """That lists show nothing any more, and no count of the site says so, in a sentence; "" for none."""
    codes = [
        survey.name_of(area.code)
        for area in areas
        if area.code in survey.emptied
        and not area.complete
        and not any(claim.met is False for claim in area.claims)
    ]
    if not codes:
        return ""
    shown = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
    return f"Lists that had projects show none now ({shown}), and no number of the site says so."


def _projects(number: int) -> str:
    return "1 project is" if number == 1 else f"{number} projects are"


def _municipalities(number: int) -> str:
    return "1 municipality" if number == 1 else f"{number} municipalities"


def tally(found: Iterable[Area]) -> dict[str, dict[str, int]]:
    """`areas` read and complete, `claims` checked and met."""
    known = list(found)
    claims = [claim for area in known for claim in area.claims if claim.met is not None]
    return {
        "areas": {
            "read": sum(area.is_read for area in known),
            "complete": sum(area.complete for area in known),
        },
        "claims": {"checked": len(claims), "met": sum(bool(claim.met) for claim in claims)},
    }
