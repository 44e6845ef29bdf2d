"""A first reading that was cut off goes on where it was on lists whose pages are posted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from etl.exceptions import Stopped
from etl.tests.conftest import Sync
from etl.tests.test_areas import page
from etl.tests.test_crawl import form, row, table
from etl.tests.tinysite import serving
from projects.models import Project

pytestmark = pytest.mark.django_db
CODES = ("LIM331", "LIM332", "LIM333", "LIM334")
PAGES = 4  # of each list, three projects each
Asked = list[tuple[str, str]]


class Posting:
    """The list of one municipality. `asked`: (list, page) in order, of all lists; where the server `forgets`,
    a form of another session than that of the last GET is refused."""

    forgets = True

    def __init__(self, code: str, asked: Asked) -> None:
        self.code, self.asked, self.session = code, asked, 0
        self.first = CODES.index(code) * PAGES * 3 + 1

    def __call__(self, posted: dict[str, str]) -> Any:
        if not posted:
            self.session += 1
            self.asked.append((self.code, "GET"))
            return self.named(self.whole(1))
        session, _, at = posted["__VIEWSTATE"].partition("-")
        if self.forgets and int(session) != self.session:
            return 500, {}, "<html><title>Runtime Error</title>Validation of viewstate MAC failed.</html>"
        number, answer = self.answer(posted, int(at))
        self.asked.append((self.code, f"p{number}"))
        return answer

    def named(self, text: str) -> str:
        text = text.replace("<title>Projects</title>", f"<title>Place - [{self.code}]</title>")
        return text.replace("./list.aspx", f"./list.aspx?m={self.code}")

    def starts(self, number: int) -> int:
        return self.first + (number - 1) * 3

    def whole(self, number: int) -> str:
        raise NotImplementedError

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        raise NotImplementedError


class GridView(Posting):
    def whole(self, number: int) -> str:
        cells = "".join(
            f"<td><span>{n}</span></td>"
            if n == number
            else f"<td><a href=\"javascript:__doPostBack('g','Page${n}')\">{n}</a></td>"
            for n in range(1, PAGES + 1)
        )
        pager = f'<tr><td colspan="3"><table><tr>{cells}</tr></table></td></tr>'
        return form(table(self.starts(number), more=pager), f"{self.session}-{number}")

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        number = int(posted["__EVENTARGUMENT"].removeprefix("Page$"))
        return number, self.named(self.whole(number))


class NextOnly(GridView):
    """One page leads to the next alone."""

    def whole(self, number: int) -> str:
        ways = {"&lt;": "Page$Prev"} if number > 1 else {}
        ways |= {"&gt;": "Page$Next"} if number < PAGES else {}
        cells = "".join(
            f"<td><a href=\"javascript:__doPostBack('g','{way}')\">{label}</a></td>"
            for label, way in ways.items()
        )
        pager = f'<tr><td colspan="3"><table><tr>{cells}</tr></table></td></tr>'
        return form(table(self.starts(number), more=pager), f"{self.session}-{number}")

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        number = at + (1 if posted["__EVENTARGUMENT"] == "Page$Next" else -1)
        return number, self.named(self.whole(number))


class DevExpress(Posting):
    def body(self, number: int) -> str:
        rows = "".join(
            row(n).replace("<tr>", f'<tr class="dxgvDataRow" id="g_DXDataRow{n}">')
            for n in range(self.starts(number), self.starts(number) + 3)
        )
        head = "".join(
            f'<td class="dxgvHeader">{text}</td>' for text in ("Project No", "Project Name", "Budget")
        )
        said = f"Page {number} of {PAGES} ({3 * PAGES} items)"
        pager = f'<div id="g_DXPagerBottom"><b class="dxp-summary">{said}</b></div>'
        return f'<table id="g_DXMainTable"><tr id="g_DXHeadersRow0">{head}</tr>{rows}</table>{pager}'

    def whole(self, number: int) -> str:
        control = f"{{'uniqueID':'g','callBack':function(){{}},'pageCount':{PAGES}}}"
        script = f"<script>ASPx.createControl(ASPxClientGridView,'g','',{control});</script>"
        body = f'<table id="g"><tr><td>{self.body(number)}</td></tr></table>{script}'
        return form(body, f"{self.session}-{number}")

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        number = int(posted["__CALLBACKPARAM"].rstrip(";").rpartition("PN")[2]) + 1
        result = f"{{'result':{{'html':'{self.body(number)}'}},'id':0}}"
        return number, (200, {"Content-Type": "text/plain"}, f"0|/*DX*/({result})")


class More(Posting):
    def whole(self, number: int) -> str:
        more = "<a href=\"javascript:__doPostBack('more','')\">Load more</a>" if number < PAGES else ""
        return form(table(self.first, 3 * number) + more, f"{self.session}-{number}")

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        return at + 1, self.named(self.whole(at + 1))


class Letters(Posting):
    def whole(self, number: int) -> str:
        links = "".join(f"<a href='#' onclick=\"MoveToPage('{letter}')\">{letter}</a>" for letter in "ABCD")
        script = """<script>function MoveToPage(symbol) { MyPanel.PerformCallback(symbol); }
        ASPx.createControl(ASPxClientCallbackPanel,'P','MyPanel',{'uniqueID':'P'});</script>"""
        return form(f"{links}<div id='P'></div>{script}", f"{self.session}-1")

    def answer(self, posted: dict[str, str], at: int) -> tuple[int, Any]:
        number = "ABCD".index(posted["__CALLBACKPARAM"].removeprefix("c0:")) + 1
        body = table(self.starts(number)).replace("'", "\\'")
        return number, (200, {"Content-Type": "text/plain"}, f"0|/*DX*/({{'result':'{body}','id':0}})")


class Keeping(NextOnly):
    """All that the server knows of a page is in its form, as it is with a plain WebForms page."""

    forgets = False


class MoreKeeping(More):
    forgets = False


class MoreApart(MoreKeeping):
    """A step shows its own rows alone."""

    def whole(self, number: int) -> str:
        more = "<a href=\"javascript:__doPostBack('more','')\">Load more</a>" if number < PAGES else ""
        return form(table(self.starts(number)) + more, f"{self.session}-{number}")


class Restarting(NextOnly):
    """The server forgets where we were, says nothing of it, and shows the page after the first."""

    def __call__(self, posted: dict[str, str]) -> Any:
        session = posted.get("__VIEWSTATE", "").partition("-")[0]
        if posted and int(session) != self.session:
            posted = {**posted, "__VIEWSTATE": f"{self.session}-1"}
        return super().__call__(posted)


KINDS: dict[str, Callable[[str, Asked], Posting]] = {
    "gridview": GridView,
    "next only": NextOnly,
    "callbacks": DevExpress,
    "more": More,
    "letters": Letters,
    "next only, kept in the form": Keeping,
    "more, kept in the form": MoreKeeping,
    "more by parts, kept in the form": MoreApart,
    "next only, begun anew": Restarting,
}
EACH_ALONE = ("gridview", "callbacks", "letters")  # each page can be asked for on its own


def dashboard(kind: str, asked: Asked) -> dict[str, Any]:
    lines = "".join(
        f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {3 * PAGES} Projects</p>" for code in CODES
    )
    lists = {f"/pmd/list.aspx?m={code}": KINDS[kind](code, asked) for code in CODES}
    return {"/pmd/level.aspx": page(lines), **lists}


def cut_off_at(asked: Asked, number: int) -> Callable[[Any], None]:
    def look(_: Any) -> None:
        if len(asked) >= number:
            raise Stopped("Enough.")

    return look


MOMENTS = [(2, 9), (6, 13), (5, 8, 15), (10, 11, 12)]
# Each kind at one of the moments, all of these by turns; the others among the long tests.
AT_ONCE = {(kind, MOMENTS[number % len(MOMENTS)]) for number, kind in enumerate(KINDS)}


@pytest.mark.parametrize(
    ("kind", "moments"),
    [
        pytest.param(*case, marks=[] if case in AT_ONCE else pytest.mark.soak)
        for case in product(KINDS, MOMENTS)
    ],
)
def test_no_page_is_asked_for_twice_but_what_was_under_way_and_the_closing_looks(
    kind: str, moments: tuple[int, ...], sync: Sync
) -> None:
    asked: Asked = []
    with serving(dashboard(kind, asked)) as here:
        url = f"{here.root}/pmd/level.aspx"
        under_way = set()
        for moment in moments:
            with pytest.raises(Stopped):
                sync(url, on_progress=cut_off_at(asked, moment))
            under_way.add(asked[-1][0])
        run = sync(url)
        looks = {(code, "GET") for code in CODES}  # the first pages, and the closing looks
        looks |= {(code, "p1") for code in CODES}  # of letters and lists that are posted for
        twice = {each for each, times in Counter(asked).items() if times > 1} - looks
        assert {code for code, _ in twice} <= under_way
        if kind in EACH_ALONE or "kept in the form" in kind:
            assert not twice
        assert (run.complete, run.seen) == (True, 3 * PAGES * len(CODES)), run.notes
        assert Project.objects.count() == run.seen
        for code in set(CODES) - under_way:  # the first page; a look at it a reading; one at the end of all
            assert asked.count((code, "GET")) <= 1 + (len(moments) + 1) + 1
        assert sync(url).state == "unchanged"
