"""What a cell or a value says without words: a bar how far it is, an icon what it stands for."""

from __future__ import annotations

import pytest

from etl.extract import clean, read_page

BAR = "<div class=progress-bar style='width:71%'></div>"
BARS = {
    "bootstrap": f"<div class=progress>{BAR.replace(' style', ' role=progressbar style')}</div>",
    "bar with blanks": "<div class=progress>\n<div class='bar red' style='height:3px; width: 71%;' /></div>",
    "meter of a class": "<span class='completion-meter'><span style='width:71%'></span></span>",
    "gauge": "<div class=gauge><i style='WIDTH:71%'></i></div>",
    "role": "<div role=progressbar aria-valuenow=71 aria-valuemin=0 aria-valuemax=100></div>",
    "role without bounds": "<div role=progressbar aria-valuenow=71></div>",
    "progress element": "<progress value=71 max=100></progress>",
    "progress element of one": "<progress value=0.71></progress>",
    "meter element": "<meter min=0 max=100 value=71></meter>",
    "camel case": "<div class='ProgressBar'><div style='width:71%'></div></div>",
    "bar with its text": "<div class=progress><div class=progress-bar style='width:71%'>71%</div></div>",
    "bar in a cell of a layout": f"<div style='width:50%'>{BAR}</div>",
}
NO_BARS = {
    "layout": "<div style='width:71%'></div>",
    "toolbar": "<div class=toolbar style='width:71%'></div>",
    "spacer": "<div class=col style='width:71%'><img src=x.gif alt='' width='71%'></div>",
    "other scale": "<progress value=3 max=7></progress>",
    "steps": "<div role=progressbar aria-valuenow=3 aria-valuemin=1 aria-valuemax=5></div>",
    "wider than its place": "<div class=progress><div style='width:171%'></div></div>",
    "input": "<div class=search-bar><input type=text style='width:71%'></div>",
}


def cell(markup: str) -> str:
    head = "<tr><th>Project No</th><th>Progress</th><th>Budget</th></tr>"
    rows = f"<tr><td>WP1</td><td>{markup}</td><td>R5</td></tr><tr><td>WP2</td><td>Works</td><td>R6</td></tr>"
    (table,) = read_page(f"<table>{head}{rows}</table>").tables
    return table.rows[0][1]


@pytest.mark.parametrize("markup", BARS.values(), ids=BARS)
def test_a_bar_says_how_far_it_is(markup: str) -> None:
    assert cell(markup) == "71%"


ICONS = {
    "title of a drawing": "<svg><title>71 of 100</title><path d=M1></svg>",
    "name of a drawing": "<svg aria-label='71 of 100'><path d=M1></svg>",
    "alternative text": "<img src=x.png alt='71 of 100'>",
    "title of an icon": "<i class=icon title='71 of 100'></i>",
}


@pytest.mark.parametrize("markup", [*BARS.values(), *ICONS.values()], ids=[*BARS, *ICONS])
def test_what_is_read_without_words_is_part_of_the_page_without_its_noise(markup: str) -> None:
    def cleaned(text: str) -> bytes:
        return clean(
            f"<html><body><table><tr><td>WP1</td><td>{text}</td></tr></table></body></html>".encode()
        )

    assert cell(markup) != cell(markup.replace("71", "64"))
    assert cleaned(markup) != cleaned(markup.replace("71", "64"))


def test_a_rule_that_hides_a_column_is_part_of_the_page_without_its_noise() -> None:
    shown = "<html><style>.x {color: red} .y {display: block}</style><p class=y>A</p></html>"
    assert clean(shown.encode()) == clean(shown.replace("red", "blue").encode())
    assert clean(shown.encode()) != clean(shown.replace("block", "none").encode())


@pytest.mark.parametrize("markup", NO_BARS.values(), ids=NO_BARS)
def test_a_width_or_a_count_that_is_no_share_says_nothing(markup: str) -> None:
    assert cell(markup) == ""


@pytest.mark.parametrize("number", ["0", "100", "7.5", "33.333"])
def test_a_share_is_said_as_it_is_written(number: str) -> None:
    bar = f"<div class=progress><div class=progress-bar style='width:{number}%'></div></div>"
    assert cell(bar) == f"{number}%"


@pytest.mark.parametrize("label", ["Progress", "How far"])
@pytest.mark.parametrize(
    "line",
    ["<p><strong>{}:</strong> {}</p>", "<dl><dt>{}</dt><dd>{}</dd></dl>", "<div><b>{}:</b> {}</div>",
     "<table><tr><th>{}</th><td>{}</td></tr><tr><th>Owner</th><td>DWS</td></tr></table>"],
    ids=["paragraph", "terms", "block", "table"],
)  # fmt: skip
def test_a_bar_is_a_labels_value(line: str, label: str) -> None:
    cards = "".join(
        f"<div class=card><h4>Scheme {at}</h4><p><strong>Project No:</strong> WP{at}</p>"
        f"<p><strong>Budget:</strong> R{at}</p>{line.format(label, BARS['bootstrap'])}</div>"
        for at in range(3)
    )
    (table,) = read_page(f"<html><body>{cards}</body></html>").tables
    assert {row[table.headers.index(label)] for row in table.rows} == {"71%"}


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<img src=green.png alt='On track'>", "On track"),
        ("<i class='fa fa-check' title='On track'></i>", "On track"),
        ("<span class=dot aria-label='On track'></span>", "On track"),
        ("<span class=icon><img src=g.png title='On track'></span>", "On track"),
        ("<svg width=9><title>On track</title><path d='M0'/></svg>", "On track"),
        ("<img src=green.png alt='On track'> Delayed", "Delayed"),
        ("<img src=dot.gif alt=''>", ""),
        ("<img src=dot.gif alt='' title='On track'>", ""),
        ("<img src=a.png alt='Sort ascending'>", ""),
        ("<img src=a.png alt='[Expand]' onclick='x()'>", ""),
        ("<button><img src=a.png alt='Details'></button>", ""),
        ("<a href='p.aspx?id=1'><img src=a.png alt='Open'></a>", ""),
        ("<i class='fa fa-check' aria-hidden=true title='x'></i>", ""),
    ],
)
def test_an_icon_speaks_for_its_cell_unless_it_is_decoration_or_a_button(markup: str, words: str) -> None:
    assert cell(markup) == words
