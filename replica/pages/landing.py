"""The entry page: a nav bar of six headings, each a layout table with one row and no link."""

from __future__ import annotations

from replica.pages.frame import PANEL, PANEL_ID, callback_panel
from replica.view import View, control, script, text

NAV_BAR = f"{PANEL}$ASPxNavBar1"
GROUPS = (
    ("Name_4", "Project Dashboards", "6"),
    ("Name_7", "Select Projects per Province<br/>", "table_select_row"),
    ("Name_29", "System Introduction and National Project Summary", "ButtonHome"),
    ("Name_1", "View Project Details<br/>", "folder_page"),
    ("Name_2", "View Project Summaries Per<br/>Province", "tag_green"),
    ("Name_3", "View Project Summaries per WSA", "tag_red"),
)


def content(view: View) -> str:
    """The inside of the content area."""
    return callback_panel(inner(view))


def inner(view: View) -> str:
    """What a callback of the panel would send."""
    groups = [(name, heading, icon, "") for name, heading, icon in GROUPS]
    return pager_panel("") + nav_bar(view, groups)


def pager_panel(letters: str) -> str:
    """The panel of the alphabet filter; empty on the landing page."""
    return (
        f'<div class="dxpnlControl_Glass" id="{PANEL_ID}_PanelPager" '
        f'title="Select Alphabet Character here to filter on Project name...">{letters}</div>'
        + script(control("ASPxClientPanel", f"{PANEL}$PanelPager", "aphafilter"))
    )


def nav_bar(view: View, groups: list[tuple[str, str, str, str]]) -> str:
    """ASPxNavBar; a group is (name, heading HTML, icon, items HTML)."""
    names = ",".join(f"['{name}',,,,[]]" for name, *_ in groups)
    more = (
        "'encodeHtml':false,'allowExpanding':false,'allowSelectItem':true,'selectedItemIndexPath':'',"
        f"'groupsExpanding':[{','.join('true' for _ in groups)}]"
    )
    create = control("ASPxClientNavBar", NAV_BAR, "", more).removesuffix(");")
    create += f",null,null,{{'groups':[{names}]}});"
    body = "".join(_group(view, i, *group) for i, group in enumerate(groups))
    return (
        f'<ul class="dxnbLite_Moderno dxnbSys" id="{PANEL_ID}_ASPxNavBar1" '
        f'style="border-style:None;width:100%;">{body}</ul><b class="dx-clear"></b>{script(create)}'
    )


def _group(view: View, index: int, name: str, heading: str, icon: str, items: str) -> str:
    prefix = f"{PANEL_ID}_ASPxNavBar1_GHTCC{index}"
    body = f'<ul class="dxnb-content">{items}</ul>' if items else ""
    return (
        '<li class="dxnb-gr" style="margin-bottom:0px;"><div class="dxnb-headerCollapsed" '
        'style="background-color:#002A3B;cursor:default;text-align:Center;"><table style="width: 100%;"><tr>'
        f'<td style="width: 90%; text-align: center;"><span class="dxeBase_Glass uppercasespan" '
        f'id="{prefix}_lblModel" style="color:White;font-size:16pt;">{heading}</span></td>'
        f'<td style="text-align: right;padding: 7px;"><img alt="" class="dxeImage_Glass" id="{prefix}_ctl00" '
        f'src="{view.root}Images/Toolbars/32x32/{text(icon)}.png" style="height:32px;width:32px;"/></td>'
        f"</tr></table></div>{body}</li>"
    )
