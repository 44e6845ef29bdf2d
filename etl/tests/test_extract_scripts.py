"""JavaScript literals, controls and callback answers."""

from __future__ import annotations

import pytest

from etl.exceptions import PageChanged
from etl.extract import read_callback
from etl.extract.controls import read_controls
from etl.extract.jsliteral import NotALiteral, read_literal


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'a\\'b\\\\c\\u00e9\\x41\\n'", "a'b\\cé\u0041\n"),
        ('"say \\"x\\""', 'say "x"'),
        ("[1,,2,]", [1, None, 2]),
        ("[,,'x']", [None, None, "x"]),
        (
            "{'a':[-1,2.5,0x1F],b:true,'c':null,\"d\":!1}",
            {"a": [-1, 2.5, 31], "b": True, "c": None, "d": False},
        ),
        ("({'x':function(s,e){ if (a) { return '}'; } // }\n },'y':1})", {"x": None, "y": 1}),
        ("{'when':new Date(2020,1,1),'f':g('x').h,'z':2}", None),
        ("[new Date(2020,1,1),undefined,3]", [None, None, 3]),
        ("'<\\/script><!-\\-x-\\->'", "</script><!--x-->"),
    ],
)
def test_a_script_literal_becomes_a_value(source: str, value: object) -> None:
    if value is None:
        with pytest.raises(NotALiteral):
            read_literal(source)
    else:
        assert read_literal(source)[0] == value


@pytest.mark.parametrize(
    "source", ["", "'open", "[1", "{'a'", "{'a':", "[" * 5000, "{1 2}", "function(", ")"]
)
def test_what_is_no_literal_is_named_so(source: str) -> None:
    with pytest.raises(NotALiteral):
        read_literal(source)


def test_a_control_is_read_with_its_state_and_unique_id() -> None:
    script = (
        "ASPx.createControl(MyGrid.ASPxClientGridView,'ctl00_g','grid',{'callBack':function(arg)"
        "{WebForm_DoCallback('ctl00$g',arg,ASPx.Callback,'ctl00_g',ASPx.CallbackError,true);},"
        "'stateObject':{'keys':['1',,'/^DXN'],'callbackState':'x'}},{'Init':OnInit});"
    )
    (control,) = read_controls([script])
    assert (control.kind, control.client_id, control.unique_id, control.name) == (
        "ASPxClientGridView", "ctl00_g", "ctl00$g", "grid",
    )  # fmt: skip
    assert control.props["stateObject"] == {"keys": ["1", None, "/^DXN"], "callbackState": "x"}


def test_a_control_that_cannot_be_read_does_not_hide_the_next() -> None:
    script = "ASPx.createControl(A,'x',{'a':@});ASPx.createControl(B,'y','',{'uniqueID':'u$y'});"
    assert [(control.kind, control.unique_id) for control in read_controls([script])] == [("B", "u$y")]


def test_a_grids_answer_gives_validation_html_and_state() -> None:
    answer = read_callback(
        "3|a|b/*DX*/({'result':{'stateObject':{'keys':['1']},"
        "'html':'FB|<tr id=\\'g_DXDataRow0\\'><td>x</td></tr>'},"
        "'id':0,'cp':{'cpFilter':'clear'}})"
    )
    assert answer.event_validation == "a|b"
    assert answer.html == "<table><tr id='g_DXDataRow0'><td>x</td></tr></table>"
    assert answer.state == {"keys": ["1"]}
    assert answer.cp == {"cpFilter": "clear"}
    assert answer.redirect is None
    assert answer.error is None


def test_a_panels_answer_gives_its_html() -> None:
    answer = read_callback("s/*DX*/({'result':'<b>x</b>\\r\\n','id':0})")
    assert (answer.html, answer.state, answer.event_validation) == ("<b>x</b>\r\n", None, None)


@pytest.mark.parametrize(
    ("text", "error", "redirect"),
    [
        ("s/*DX*/({'generalError':'Session expired'})", "Session expired", None),
        ("/*DX*/({'error':{'message':'Broken','data':null}})", "Broken", None),
        ("/*DX*/({'redirect':'/pmd/TimeOutPage.aspx?index=3'})", None, "/pmd/TimeOutPage.aspx?index=3"),
        (
            "eThe target x for the callback could not be found",
            "The target x for the callback could not be found",
            None,
        ),
    ],
)
def test_errors_and_redirects_of_an_answer_are_told(
    text: str, error: str | None, redirect: str | None
) -> None:
    answer = read_callback(text)
    assert (answer.error, answer.redirect, answer.html) == (error, redirect, None)


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html>Error</html>",
        "",
        "0|<html>",
        "5|ab",
        "/*DX*/oops(",
        "/*DX*/('x')",
        "3|abc/*DX*/",
    ],
)
def test_anything_else_is_no_answer(text: str) -> None:
    with pytest.raises(PageChanged):
        read_callback(text)
