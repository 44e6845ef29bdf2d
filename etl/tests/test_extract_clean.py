"""The page without its noise: equal where only noise differs, different where the content does."""

from __future__ import annotations

import pytest

from etl.extract import clean

PAGE = (
    '<!DOCTYPE html><html><head><link href="/pmd/DXR.axd?r=1_2-22mkn" rel="stylesheet">'
    '<title> DWS </title></head><body class="b"><form action="./level.aspx?enc=Ab+C">'
    '<input type="hidden" name="__VIEWSTATE" value="AAA">'
    '<input type="hidden" name="__RequestVerificationToken" value="tok1"><input name="q" value="kept">'
    '<script id="dxss_123" nonce="n1">'
    'ASPx.createControl(X,"g",{"stateObject":{"callbackState":"s1"}});</script>'
    '<script type="application/json">{"rows": [1]}</script>'
    '<table id="g_DXMainTable" class="dxgvTable_Moderno t"><tr class="dxgvDataRow_Moderno"><td>WP1</td>'
    '<td><a href="p.aspx?enc=q+1&amp;id=7">Alpha</a></td></tr></table></form></body></html>'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AAA", "BBB"),
        ("tok1", "tok2"),
        ("dxss_123", "dxss_9"),
        ('nonce="n1"', 'nonce="n2"'),
        ("callbackState", "other"),
        ("s1", "s2"),
        ("_Moderno", "_Office365"),
        ("_Moderno", ""),
        ("22mkn", "99abc"),
        ("enc=Ab+C", "enc=Zz/9"),
        ("enc=q+1", "enc=r+2"),
        ("<td>", "\n\t <td> "),
        ("<title> DWS </title>", "<title>\r\n\tDWS\r\n</title><!-- made at 12:00 -->"),
        ('id="g_DXMainTable" class="dxgvTable_Moderno t"', 'class="t dxgvTable_Moderno" id="g_DXMainTable"'),
    ],
)
def test_noise_leaves_no_trace(old: str, new: str) -> None:
    assert old in PAGE
    assert clean(PAGE.encode()) == clean(PAGE.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("WP1", "WP2"), ("id=7", "id=8"), ("kept", "other"), ('{"rows": [1]}', '{"rows": [2]}'),
        ("Alpha", "Alpha<br>"),
        ("<td>WP1</td>", ""), ("WP1</td>", "WP1</td><td>new</td>"),
    ],
)  # fmt: skip
def test_a_change_of_content_shows(old: str, new: str) -> None:
    assert old in PAGE
    assert clean(PAGE.encode()) != clean(PAGE.replace(old, new).encode())


def test_two_answers_that_differ_in_state_only_are_equal() -> None:
    answer = "3|{}/*DX*/({{'result':{{'stateObject':{{'callbackState':'{}'}},'html':'<p>x</p>'}},'id':0}})"
    assert clean(answer.format("abc", "s1").encode()) == clean(answer.format("xyz", "s2").encode())
    assert b"x" in clean(answer.format("abc", "s1").encode())
