"""The site's menus: tree on the left, menu on the right. Labels, links and misspellings are genuine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from replica.view import control, script, text


class Node(NamedTuple):
    """One node of the tree; no href: a rule between groups."""

    name: str
    href: str = ""
    label: str = ""
    icon: str = ""


ROOT = Node("Name_29", "default.aspx?df=1&lv=1", "Sitemap to Popular Data Links", "3")
# "Municipaly" and "Municpality" are the site's own spellings.
TREE = (
    Node("Name_914"),
    Node("Name_916", "level.aspx?df=1&lv=1&id=916", "View Project Progress Reports", "profiles"),
    Node("Name_911", "level.aspx?df=1&lv=1&id=911", "View Project Summary Reports", "printer"),
    Node("Name_1", "level.aspx?df=0&lv=0&id=1", "Find a Project", "folder_page"),
    Node("Name_907"),
    Node("Name_4", "dash/natdash.aspx?df=1&lv=0", "Project Dashboards - National", "three_tags"),
    Node("Name_628", "level.aspx?df=1&lv=1&id=628", "Project Dashboards - Provincial", "tag_green"),
    Node("Name_629", "level.aspx?df=1&lv=1&id=629", "Project Dashboards - District Municipaly", "tag_red"),
    Node("Name_630", "level.aspx?df=1&lv=1&id=630", "Project Dashboards - Local Municipaly", "tag_purple"),
    Node("Name_906"),
    Node("Name_7", "level.aspx?df=1&lv=1&id=7", "Projects List Per Province", "table_select_row"),
    Node("Name_361", "level.aspx?df=1&lv=1&id=361", "Projects List Per District Municpality", "calendar"),
    Node("Name_362", "level.aspx?df=1&lv=1&id=362", "Projects List Per Local Municpality", "table_select"),
    Node("Name_909"),
    Node(
        "Name_910",
        "spatial_OnTrack.aspx?df=1&lv=1",
        "Spatially Track Project Progress",
        "google_custom_search",
    ),
    Node("Name_915"),
)
SHORT = ("Name_361", "Name_362")  # of a short menu: every municipality is in one of these lists
LABELS = {node.name.removeprefix("Name_"): node.label for node in TREE if node.label}

RIGHT_MENU = {
    "": (("index.aspx", "Home"), ("Default.aspx", "Sitemap"), ("search.aspx", "Search")),
    "Documents": (
        ("docs/Default.aspx?dt=-1", "Linked Documents"),
        ("docs/doc_search.aspx?dt=-1", "Search Documents"),
    ),
    "Dashboards": (
        ("dash/natdash.aspx", "National"),
        ("dash/natdash_prov.aspx", "Provincial"),
        ("dash/natdash_dm.aspx", "District Municipality"),
        ("dash/natdash_lm.aspx", "Local Municipality"),
    ),
    "Spatial Views": (
        ("spatial.aspx", "Project Size"),
        ("spatial2.aspx", "List All Projects"),
        ("spatial_OnTrack.aspx", "Track Project Progress [Preferred view]"),
        ("spatial_OnTrack_leaf.aspx", "Track Project Progress [Leaf]"),
    ),
    "Projects": (
        ("project/proj_detail.aspx", "Last Visited Project"),
        ("projects/Default.aspx", "Projects List"),
        ("projects/parent_rel.aspx", "Projects/Phases [Admin]"),
        ("projects/progress.aspx", "Project Progress Data"),
        ("projects/progress_lap.aspx", "Project Progress Data [LAP]"),
    ),
    "Reports": (
        ("searchsumreport.aspx", "Search Summary Reports"),
        ("projects/sumreports.aspx", "List of Summary Reports"),
        ("projects/progreports.aspx", "Most recent Progress Report"),
        ("reports/proj_monthlyprogress.aspx", "Monthly Project Progress Report"),
        ("reports/proj_complete.aspx", "Project Data Capturing Status Report"),
        ("reports/proj_complete_nat.aspx", "Data Capture Completeness Reports"),
        ("reports/proj_submission_nat.aspx", "National Approved Monthly Progress Submissions"),
    ),
}
_FILLED = ("projects/Default.aspx", "project/proj_detail.aspx")
# Pages of the menu that exist here but hold nothing to read.
PLAIN_PAGES = {
    href.partition("?")[0].lower(): label
    for group in RIGHT_MENU.values()
    for href, label in group
    if href not in _FILLED
}

_TREE_UID = "ctl00$LeftPanel$LeftPanelContent$TableOfContentsTreeView"
_TREE_ID = _TREE_UID.replace("$", "_")
_ELBOW = '<span class="dxtv-elbNoLn tree-view-elbow">'


@lru_cache(maxsize=8)
def tree(root: str, short: bool) -> str:
    """The tree view; `root` leads back to /pmd/."""
    button = '<img alt="Collapse" class="dxtv-btn dxWeb_tvColBtn_Moderno" src="/pmd/DXR.axd?r=1_85-12mkn"/>'
    shown = [node for node in TREE if not short or node.name in SHORT]
    nodes = "".join(_tree_node(node, root) for node in shown)
    return (
        f'<div class="dxtvControl_Moderno dxtv-control" id="{_TREE_ID}" style="width:100%;">'
        f'<div id="{_TREE_ID}_CD"><ul><li>{_ELBOW}{button}</span>{_anchor(ROOT, root, "font-weight:bold;")}'
        f'<b class="dxtv-clr"></b><ul>{nodes}</ul></li></ul></div>'
        f'<img alt="Collapse" class="dxtv-btn dxWeb_tvColBtn_Moderno" id="{_TREE_ID}_SCB" '
        'style="display:none;"/>'
        f'<img alt="Expand" class="dxtv-btn dxWeb_tvExpBtn_Moderno" id="{_TREE_ID}_SEB" '
        f'style="display:none;"/></div><b class="dx-clear"></b>{script(_tree_script(shown))}'
    )


def _tree_node(node: Node, root: str) -> str:
    if not node.href:
        return f'<li class="dxtv-subnd">{_ELBOW}</span><div class="dxtv-ndTmpl"><hr/></div></li>'
    return f'<li class="dxtv-subnd">{_ELBOW}</span>{_anchor(node, root)}</li>'


def _anchor(node: Node, root: str, style: str = "") -> str:
    bold = f' style="{style}"' if style else ""
    return (
        f'<a class="dxtv-nd tree-view-node" href="{root}{text(node.href)}">'
        f'<span class="dxtv-ndTxt nodeClass dx-vam"{bold}>{node.label}</span>'
        f'<img alt="" class="dxtv-ndImg dx-vam" src="{root}Images/Toolbars/32x32/{node.icon}.png" '
        f'style="height:32px;width:32px;text-align:Right;margin-top:3px;"/></a>'
    )


def _tree_script(nodes: Sequence[Node]) -> str:
    named = [node for node in (ROOT, *nodes) if node.label]
    details = ",".join(f"'{n.name}':{{'description':'{n.label}','tooltip':'{n.label}'}}" for n in named)
    info = ",".join(
        f"'0_{i}':['T','T','{node.name}','{node.href}','']" for i, node in enumerate(nodes) if node.href
    )
    more = f"'cpItemDetails':{{{details}}},'nodesInfo':{{{info}}},'nodesState':[{{'N0':'T'}},'',{{}}]"
    return control("ASPxClientTreeView", _TREE_UID, "tableOfContentsTreeView", more)


@lru_cache(maxsize=8)
def right_menu(root: str, short: bool) -> str:
    """The menu on the right with its sub menus (hidden until a click); `_Rignt` is the site's spelling."""
    uid = "ctl00$RightPanel$ASPxMenu_Rignt"
    cid = uid.replace("$", "_")
    top = "".join(_item(root, href, label) for href, label in RIGHT_MENU[""])
    top += "".join(_submenu_head(label) for label in RIGHT_MENU if label)
    subs = "".join(
        f'<div id="{cid}_DXM{i}_" style="z-index:20002;display:none;"><div class="dxm-shadow dxm-popup">'
        '<ul class="dx dxm-gutter">'
        + "".join(_item(root, href, label) for href, label in items if not short or href in _FILLED)
        + "</ul></div></div>"
        for i, (group, items) in enumerate(RIGHT_MENU.items(), start=2)
        if group
    )
    return (
        f'<div class="dxmLite_Glass dxm-ltr"><div class="dxm-main dxm-vertical dxm-autoWidth" id="{cid}" '
        f'style="border-width:1px;border-style:solid;width:100%;"><ul class="dx dxm-image-l dxm-gutter">{top}'
        f'</ul></div><b class="dx-clear"></b>{subs}</div>{script(control("ASPxClientMenu", uid))}'
    )


def _item(root: str, href: str, label: str) -> str:
    return (
        f'<li class="dxm-item dxm-noSubMenu"><a class="dxm-content dxm-hasText dx dxm-valign" '
        f'href="{root}{text(href)}" style="padding-right:7px;vertical-align:middle;">'
        f'<span class="dx-vam dxm-contentText">{label}</span></a><b class="dx-clear"></b></li>'
        f'<li class="dxm-separator"><b></b></li>'
    )


def _submenu_head(label: str) -> str:
    return (
        '<li class="dxm-item dxm-subMenu"><div class="dxm-content dxm-hasText dxm-valign">'
        f'<span class="dx-vam dxm-contentText">{label}</span></div><div class="dxm-popOut">'
        '<img alt="&gt;" class="dxWeb_mVerticalPopOut_Glass dxm-pImage" src="/pmd/DXR.axd?r=1_85-12mkn"/>'
        '</div><b class="dx-clear"></b></li><li class="dxm-separator"><b></b></li>'
    )
