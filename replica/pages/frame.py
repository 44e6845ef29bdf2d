"""The frame around every page: head, hidden WebForms fields, panels, menus, footer.

Order, ids, class names and the ten layout tables of the landing page follow the one genuine capture of
the site (2025-08-12); that inner pages have the same frame is an [inference].
"""

from __future__ import annotations

from replica.pages.menu import right_menu, tree
from replica.view import View, control, script, text

GENERATOR = '<meta name="generator" content="Buka Amanzi replica"/>'
PANEL = "ctl00$PageContent$MyCallbackPanel"
PANEL_ID = PANEL.replace("$", "_")
KEEP_ALIVE = "ctl00$TimeoutControl1$KeepAliveHelper"
_RESOURCE = "/pmd/WebResource.axd?d={}&amp;t=638563344220000000"
_SPRITE = "/pmd/DXR.axd?r=1_85-12mkn"


def page(view: View, action: str, content: str, title: str = "DWS Project Dashboard") -> str:
    """A whole page; `action` is the form's (`./level.aspx?enc=…`)."""
    html = (
        f"<!DOCTYPE html>\r\n<html>\r\n{_head(view.root, title)}\r\n"
        f'<body data-resource-set="Resources">\r\n'
        f'<form action="{text(action)}" class="form" id="aspnetForm" method="post">\r\n{_fields(view)}'
        f"{_header(view.root)}{_left(view)}{_right(view)}{_content(view, content)}"
        f"{_session_popup()}{_closing()}\r\n</form>\r\n</body>\r\n</html>"
    )
    return view.finish(html)


def _head(root: str, title: str) -> str:
    scripts = (
        "LG_Content/Script.js",
        "LG_Content/cookieconcent.js",
        "leaflet/leaflet.js",
        "Scripts/jquery-3.4.1.min.js",
        "Scripts/Duplicate.js",
    )
    return (
        '<head><link href="/pmd/DXR.axd?r=0_1204,1_66,1_67,1_68,0_1208,0_2662,0_2667-22mkn" rel="stylesheet" '
        f'type="text/css"/><meta charset="utf-8"/>{GENERATOR}<title>\r\n\t{text(title)} (replica)\r\n</title>'
        '<meta content="width=device-width, user-scalable=no, maximum-scale=1.0, minimum-scale=1.0" '
        'name="viewport"/>'
        f'<link href="{root}LG_Content/Content.css" rel="stylesheet" type="text/css"/>'
        f'<link href="{root}LG_Content/Layout.css" rel="stylesheet" type="text/css"/>'
        f'<link href="{root}leaflet/leaflet.css" rel="stylesheet"/>'
        + "".join(f'<script src="{root}{src}" type="text/javascript"></script>' for src in scripts)
        + '<script type="text/javascript">\r\n$(document).ready(function () {'
        ' if (window.IsDuplicate()) { swal("Oops", "This is a duplicate window", "error"); window.close(); }'
        " });\r\n</script></head>"
    )


def _hidden(name: str, value: str = "") -> str:
    return f'<input type="hidden" name="{name}" id="{name}" value="{value}" />'


def _fields(view: View) -> str:
    """The WebForms fields in the genuine order; both long ones differ on every answer."""
    state = {"page": view.state.page, "letter": view.state.letter}
    view_state = view.sealed("__VIEWSTATE", 600, **state)
    resource = _RESOURCE.format("3I6iDoAKreplica")
    return (
        f'<div class="aspNetHidden">{_hidden("__EVENTTARGET")}{_hidden("__EVENTARGUMENT")}'
        f"{_hidden('__VIEWSTATE', view_state)}</div>\r\n"
        "<script type=\"text/javascript\">\r\n//<![CDATA[\r\nvar theForm = document.forms['aspnetForm'];\r\n"
        "function __doPostBack(target, argument) {\r\n    theForm.__EVENTTARGET.value = target;\r\n"
        "    theForm.__EVENTARGUMENT.value = argument;\r\n    theForm.submit();\r\n}\r\n//]]>\r\n</script>"
        f'<script src="{resource}" type="text/javascript"></script>\r\n'
        f'<div class="aspNetHidden">{_hidden("__VIEWSTATEGENERATOR", "CFA6FC39")}'
        f"{_hidden('__VIEWSTATEENCRYPTED')}{_hidden('__EVENTVALIDATION', view.event_validation())}</div>\r\n"
        '<script id="dxis_50737405" src="/pmd/DXR.axd?r=1_10,1_11,1_22,1_62,1_12-12mkn" '
        'type="text/javascript"></script>'
    )


def _header(root: str) -> str:
    left, right = "ctl00$HeaderPanel$LeftAreaMenu", "ctl00$HeaderPanel$RightAreaMenu"
    menus = script(control("ASPxClientMenu", left, "leftAreaMenu", "'renderData':{'':[[0],[2]]}"))
    menus += script(control("ASPxClientMenu", right, "rightAreaMenu", "'serverEvents':['ItemClick']"))
    return (
        '<div class="dxpnlControl_Glass app-header dxpnl-edge t" id="ctl00_HeaderPanel">'
        f'<div class="headerTop"><div class="templateTitle"><a href="{root}default.aspx" '
        'id="ctl00_HeaderPanel_TitleLink"><img alt="Department of Water Affairs" height="92" id="imgLogo" '
        'src="/pmd/images/Jpegs/DWALogo.png" width="281"/></a></div><div class="templateFlag">'
        '<img height="80" id="imgSAFlag" src="/pmd/images/Jpegs/saflag.png" width="121"/></div></div>'
        '<hr class="hrheader"/><div class="left-block"><div class="dxmLite_Glass dxm-ltr">'
        '<div class="dxm-main dxm-horizontal header-menu" id="ctl00_HeaderPanel_LeftAreaMenu"><ul class="dx">'
        f'<li class="dxm-item" title="System Homepage Introduction and Data Summary"><a class="dxm-content" '
        f'href="{root}index.aspx"></a></li></ul></div></div></div>{menus}'
        '<div class="menu-container"><div style="width:100%;"><table style="width: 100%;height: 46px;"><tr>'
        '<td style="width: 90%; text-align: center;"><span class="PageSiteHeading">Water Services Planning '
        "Support: DWS Project Monitoring Dashboard (PMD)</span></td></tr></table></div></div></div>"
        + script(control("ASPxClientPanel", "ctl00$HeaderPanel", "headerPanel"))
    )


def _left(view: View) -> str:
    popup = "ctl00$LeftPanel$LeftPanelContent$ASPxPopupControl1"
    return (
        '<div class="dxpnlControl_Glass left-panel dxpnl-edge l dx-noPadding" id="ctl00_LeftPanel" '
        f'style="width:382px;"><div class="dxpnl-acc dxpnl-scc">{tree(view.root, view.site.short_menu)}'
        f'<div class="dxpcLite_Moderno dxpclW" id="{popup.replace("$", "_")}_PW-1" style="display:none;">'
        f"</div>{_loading(popup, 'dxpcLoadingPanel_Moderno')}"
        + script(control("ASPxClientPopupControl", popup, "popup", callback=True))
        + "</div></div>"
        + script(control("ASPxClientPanel", "ctl00$LeftPanel", "leftPanel", "'collapseWindowWidth':960"))
    )


def _right(view: View) -> str:
    return (
        '<div class="dxpnlControl_Glass right-panel dxpnl-collapsible dxpnl-edge r" id="ctl00_RightPanel" '
        f'style="width:260px;"><div class="dxpnl-scc">'
        f"{right_menu(view.root, view.site.short_menu)}</div></div>"
        + script(control("ASPxClientPanel", "ctl00$RightPanel", "rightPanel"))
        + '<div class="dxpnlControl_Glass" id="ctl00_PageToolbarPanel"></div>'
        + script(control("ASPxClientPanel", "ctl00$PageToolbarPanel", "pageToolbarPanel"))
    )


def _content(view: View, content: str) -> str:
    clock = view.clock()
    generated = f'<span class="footer-clock">Generated {clock}</span>' if clock else ""
    when = f"<script>var serverTime = '{clock}';</script>" if clock else ""
    return (
        '<div class="content" id="pageContent"><script type="text/javascript">\r\n'
        "function MoveToPage(symbol) { MyCallbackPanel.PerformCallback(symbol); }\r\n</script>"
        '<div class="settings"><div style="margin: auto; width: 100%; background-color: white; '
        f'padding: 10px;">{content}</div></div>{when}'
        '<div class="footer-wrapper" id="footerWrapper"><div class="footer"><span class="footer-left">'
        f'© 2022 PMD</span>{generated}<span class="footer-right"><a class="footer-link" href="#">Privacy '
        'Policy</a><a class="footer-link" href="#">Terms of Service</a></span></div></div></div>'
    )


def callback_panel(inner: str) -> str:
    """`MyCallbackPanel` around what a callback would send anew."""
    return (
        f'<div class="dxpnlControl_Glass" id="{PANEL_ID}">{inner}</div>'
        + _loading(PANEL, "dxpnlLoadingPanelWithContent_Glass")
        + script(
            control(
                "ASPxClientCallbackPanel",
                PANEL,
                "MyCallbackPanel",
                "'hideContentOnCallback':false",
                callback=True,
            )
        )
    )


def _loading(uid: str, css: str) -> str:
    cid = uid.replace("$", "_")
    return (
        f'<table class="{css}" id="{cid}_LP" style="left:0px;top:0px;z-index:30000;display:none;"><tr>'
        f'<td class="dx" style="padding-right:0px;"><img alt="" class="dxlp-loadingImage" src="{_SPRITE}"/>'
        f'</td><td class="dx" style="padding-left:0px;"><span id="{cid}_TL">Loading…</span></td></tr></table>'
        f'<div class="dxlpLoadingDiv dx-ft" id="{cid}_LD" style="display:none;position:absolute;"></div>'
    )


def _session_popup() -> str:
    uid = "ctl00$TimeoutControl1$TimeoutPopup"
    return (
        '<div class="light display-right" id="cookieNotice" style="display: none;"><h4>Cookie Consent</h4>'
        '<p>This replica sets a session cookie only.</p><button class="btn-primary">Accept</button></div>'
        f'<div class="dxmodalSys"><div class="dxpcLite_Glass dxpclW" id="{uid.replace("$", "_")}_PW-1" '
        'style="z-index:10000;display:none;visibility:hidden;"><span class="dxpc-headerText dx-vam">Active '
        'Session Expiring</span><div class="counterclass">Your PMD session is about to expire!<span '
        f'id="CountDownHolder"></span></div></div></div>{_loading(uid, "dxpcLoadingPanel_Glass")}'
        + script(control("ASPxClientPopupControl", uid, "ClientTimeoutPopup", callback=True))
        + script(control("ASPxClientCallback", KEEP_ALIVE, "ClientKeepAliveHelper", callback=True))
    )


def _closing() -> str:
    url = _RESOURCE.format("YRBNoL9Mreplica").replace("&amp;", "&")
    return (
        '<script type="text/javascript">\r\n//<![CDATA[\r\n'
        f"var callBackFrameUrl='{url}';\r\nWebForm_InitCallback();//]]>\r\n</script>"
    )
