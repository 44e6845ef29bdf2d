"""What the frame of all pages does with a page: words linked to the glossary, a title said twice."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from projects.wording.glossary import linked

register = template.Library()


class _Glossed(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return mark_safe(linked(self.nodelist.render(context)))


class _Captured(template.Node):
    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self._name = nodelist, name

    def render(self, context: template.Context) -> str:
        context[self._name] = mark_safe(" ".join(self.nodelist.render(context).split()))
        return ""


@register.tag
def glossed(parser: Parser, token: Token) -> template.Node:
    """`{% glossed %}…{% endglossed %}`: the first use of each term of the glossary is a link to it."""
    nodelist = parser.parse(("endglossed",))
    parser.delete_first_token()
    return _Glossed(nodelist)


@register.tag
def captured(parser: Parser, token: Token) -> template.Node:
    """`{% captured name %}…{% endcaptured %}`: what is rendered, as one line, for more than one place."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return _Captured(nodelist, name)


__all__ = ["captured", "glossed", "register"]
