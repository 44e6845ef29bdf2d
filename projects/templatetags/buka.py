"""How the pages write figures, dates and the unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from projects.api.changes import change_json
from projects.change_filters import ChangeFilter
from projects.declared import declaration
from projects.fields import FIELDS, Field
from projects.filters import DiscrepancyFilter, MunicipalityFilterSet, ProjectFilter
from projects.languages import Words, gettext, ngettext, prefixed
from projects.log.events import Event
from projects.models import DataChangeLog, Flag, Override, Project, Source
from projects.models.querysets import MOST_COUNTED
from projects.pages.render import change_html, event_html, kept_together, place
from projects.processes import command_line
from projects.stewards.values import canonical
from projects.wording import figures, phrases
from projects.wording import recorded as recorded_words

register = template.Library()


def _unknown(words: str) -> SafeString:
    return format_html('<span class="unknown">{}</span>', words)


def unknown() -> SafeString:
    return _unknown(gettext("not published"))


def _corrected() -> SafeString:
    return format_html(' <span class="tag corrected">{}</span>', gettext("corrected"))


@register.filter
def rand(value: Any) -> str | SafeString:
    """`R353 000 000`, or "not published"."""
    amount = figures.number(value)
    return unknown() if amount is None else figures.unbroken(figures.rand(amount))


@register.filter
def short_rand(value: Any) -> str | SafeString:
    """`R1.24 billion` for headlines, with the exact figure as its title."""
    amount = figures.number(value)
    if amount is None:
        return unknown()
    exact, short = (figures.unbroken(text) for text in (figures.rand(amount), figures.short_rand(amount)))
    if short == exact:
        return exact
    return format_html('<span class="amount" title="{}">{}</span>', exact, short)


@register.filter
def summed(value: Any, form: str = "short") -> str | SafeString:
    """A sum of ours, `short` or `exact`. Of no amount that was read it is "not known": there may be some that
    cannot be read, or stand on pages that were not read yet."""
    if value is None:
        return _unknown(gettext("not known"))
    return rand(value) if form == "exact" else short_rand(value)


@register.filter
def count(value: Any) -> str | SafeString:
    """`12 345`, or "not published"."""
    amount = figures.number(value)
    return unknown() if amount is None else figures.unbroken(figures.grouped(amount))


@register.filter
def at_most(number: int) -> str | SafeString:
    """`9 312`; `10 000+` for what was not counted further."""
    return f"{count(MOST_COUNTED)}+" if number > MOST_COUNTED else count(number)


@register.filter
def percent(value: Any) -> str | SafeString:
    amount = figures.number(value)
    return unknown() if amount is None else figures.percent(amount)


@register.filter
def day(value: Any) -> str | SafeString:
    """`<time datetime="2027-02-28">28 February 2027</time>`, or "not published"."""
    date = figures.day(value)
    if date is None:
        return unknown()
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), figures.long_date(date))


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """`<time>28 February 2027, 06:30</time>`, South African time; "never" for None."""
    if value is None:
        return gettext("never")
    return format_html('<time datetime="{}">{}</time>', figures.instant(value), _moment(value))


@register.filter
def fixed_moment(value: datetime | None) -> str:
    """`28 February 2027, 06:30`, also of today: for paper and for what is copied."""
    return gettext("never") if value is None else figures.moment(value)


@register.filter
def fixed_day(value: datetime) -> str:
    """`28 February 2027`, South African time."""
    return figures.long_date(value.astimezone(figures.HERE).date())


def _moment(value: datetime) -> str:
    today = timezone.now().astimezone(figures.HERE).date()
    local = value.astimezone(figures.HERE)
    if local.date() == today:
        return gettext("today {time}").format(time=f"{local:%H:%M}")
    if local.date() == today - timedelta(days=1):
        return gettext("yesterday {time}").format(time=f"{local:%H:%M}")
    return figures.moment(value)


@register.filter
def ago(value: datetime | None) -> str:
    """`12 minutes ago`; blank for None."""
    if value is None:
        return ""
    seconds = (timezone.now() - value).total_seconds()
    days, hours, minutes = (int(seconds // size) for size in (86400, 3600, 60))
    if days:
        return ngettext("{number} day ago", "{number} days ago", days).format(number=days)
    if hours:
        return ngettext("{number} hour ago", "{number} hours ago", hours).format(number=hours)
    if minutes:
        return ngettext("{number} minute ago", "{number} minutes ago", minutes).format(number=minutes)
    return gettext("just now")


@register.filter
def duration(seconds: float | None) -> str:
    """`74 s`, `12 min`; a dash for None."""
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@register.filter
def seconds(value: float) -> str:
    """`0.34 s`, `12 s`."""
    return figures.with_mark(f"{value:.2f} s") if value < 10 else f"{value:.0f} s"


@register.filter
def word(value: str | None, field: str = "status") -> str | SafeString:
    """A code as people read it: `on_hold` → `On hold`."""
    return phrases.shown(field, value) if value else unknown()


@register.filter
def command(words: str) -> str:
    """What to type for a command of manage.py, as it works here."""
    return command_line(words)


@register.filter
def called_on_pages(code: str, kind: str) -> str:
    """A code in words, by its kind; what has none stands as it is."""
    table = phrases.WORDS.get(kind)
    return table.get(code, code) if table else code


@register.filter
def text(value: Any) -> Any:
    """What a source wrote; "not published" where there is nothing."""
    return unknown() if value in (None, "") else value


@register.filter
def province(code: str | None) -> str | SafeString:
    return phrases.PROVINCES[code] if code and code in phrases.PROVINCES else unknown()


@register.filter
def municipality(code: str | None) -> str:
    return place(code)


@register.filter
def called(source: str) -> str:
    """A source as a sentence or a column's head has it."""
    return declaration(source).called


@register.filter
def web(address: str | None) -> str:
    """An address that a link may go to: http or https, else blank. A source can write anything there."""
    return address if address and address.lower().startswith(("http://", "https://")) else ""


@register.filter
def address(request: HttpRequest) -> str:
    """The whole address of a page, without what was asked of it: what others are to link to."""
    return request.build_absolute_uri(prefixed(request.path))


@register.filter
def root(request: HttpRequest) -> str:
    """The address of the site, as a command in a terminal needs it: `https://water.example.org`."""
    return request.build_absolute_uri("/")[:-1]


@register.filter
def label(field: str) -> str:
    return phrases.label(field)


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """How much of the whole a part is: `97.5%`."""
    return figures.percent(round(Decimal(100 * (part or 0)) / whole, 1) if whole else Decimal(0))


@register.filter
def unbroken(sentence: str) -> str:
    """With amounts that do not break over two lines."""
    return figures.unbroken(sentence)


@register.filter
def together(text: str) -> SafeString:
    """With amounts that do not break however narrow the place is: in a table, a card."""
    return kept_together(text)


@register.filter
def titles(sources: Iterable[Source]) -> str:
    """`DWS, Municipal Money`: sources as a sentence lists them."""
    return ", ".join(source.title for source in sources)


@register.filter
def plural(number: int, noun: str) -> str:
    """`1 project`, `1 234 projects`; `municipality` becomes `municipalities`."""
    return figures.unbroken(phrases.plural(number, noun))


@register.inclusion_tag("projects/_live.html")
def live() -> dict[str, Any]:
    """The badge of a page that keeps itself up to date, with its buttons and its script. To the minute, as it
    is shown: of a page that did not change a minute later there is nothing to send."""
    return {"as_of": timezone.now().astimezone(figures.HERE).replace(second=0, microsecond=0)}


@register.simple_tag
def demo_data() -> bool:
    """Whether the data come from the replica; for pages that are not ours (the admin)."""
    return settings.DEMO or Source.objects.filter(demo=True).exists()


@register.filter
def written(value: Any, field: str) -> str | SafeString:
    """A canonical value of a field, as people read it."""
    return unknown() if value is None else figures.unbroken(phrases.shown(field, value))


# What the forms call what has no filter with a name of its own; a form as a whole is called nothing.
_ASKED = Words({
    "form": "", "q": "Search", "near": "Near", "email": "E-mail address",
    "rhythm": "How often", "webhook": "Address",
    "source": "Source", "entity_type": "What changed", "change_type": "Kind of change", "cause": "Cause",
    "presence": "Listing", "district": "District", "from": "From", "to": "To",
    "measure": "What the map shows",
    "about": "What it is about", "field": "Field", "state": "State", "of": "What is asked for",
})  # fmt: skip
_FORMS = (ProjectFilter, ChangeFilter, MunicipalityFilterSet, DiscrepancyFilter)


@register.filter
def asked(name: str) -> str:
    """What the forms call a parameter; blank where no field of them is meant."""
    labels = (form.base_filters[name].label for form in _FORMS if name in form.base_filters)
    if name in _ASKED:
        return _ASKED[name]
    return next((str(text) for text in labels if text), "") or phrases.label(name)


@register.filter
def recorded(text: Any, longest: int | None = None) -> str | SafeString:
    """A sentence that was written down while reading, in the language of the page, else marked as English.
    `longest`: characters."""
    known = str(text)
    said = recorded_words.said(known)
    shown = figures.unbroken(known if said is None else said)
    cut = Truncator(shown).chars(longest) if longest else shown
    return cut if said is not None else format_html('<span lang="en">{}</span>', cut)


@register.simple_tag
def corrected(project: Any, *fields: str) -> str | SafeString:
    """A mark where a steward corrected one of the fields. No query: needs `with_corrections()`."""
    found = {correction.field for correction in getattr(project, "corrections", ())}
    return _corrected() if found.intersection(fields) else ""


@register.simple_tag
def corrections_to_look_at() -> int:
    """How many corrections the source moved under, or caught up with; for the admin."""
    return Override.objects.to_look_at().count()


@register.simple_tag
def value(project: Project, field: str) -> str | SafeString:
    """A field of a project for people. Null is either not published, or published and not readable."""
    known = getattr(project, field)
    if field in {correction.field for correction in getattr(project, "corrections", ())}:
        said = gettext("not known")
        if known is not None:
            said = kept_together(phrases.shown(field, canonical(known)))
        return format_html("{}{}", said, _corrected())
    if known in (None, ""):
        unread = any(isinstance(issue, dict) and issue.get("field") == field for issue in project.issues)
        # Before its own page was read nobody can say what stands there.
        is_waiting = bool(project.url) and not project.page_digest
        if unread:
            return _unknown(gettext("published, not readable"))
        return _unknown(gettext("not read yet")) if is_waiting else unknown()
    return day(known) if field in phrases.DATES else kept_together(phrases.shown(field, known))


@register.simple_tag
def flag_sentence(flag: Flag) -> str:
    """A flag's figures as a sentence of today."""
    return figures.unbroken(flag.sentence(timezone.now().astimezone(figures.HERE).date()))


@register.simple_tag
def answers(beside: Any, field: str) -> SafeString | str:
    """Links to what those who are concerned say of one field or flag, further down on the page."""
    found = beside.of(field) if beside else ()
    if not found:
        return ""
    return mark_safe(render_to_string("projects/_answer_links.html", {"replies": found}).strip())


@register.simple_tag
def report_link(kind: str, key: Any, field: Any, of: str, words: str = "") -> SafeString:
    """To the form in which a mistake is reported; `of`: what of the page it is about."""
    asked = urlencode({"about": f"{kind}:{key}", **({"field": field} if field else {})}, safe=":")
    words = words or gettext("Report a mistake")
    link = '<a class="report-link" rel="nofollow" href="/report/?{}" aria-label="{}: {}">{}</a>'
    return format_html(link, asked, words, of, words)


@register.simple_tag
def listed_fields() -> list[Field]:
    """The columns of a list of projects."""
    return [field for field in FIELDS if field.listed]


@register.simple_tag
def change(row: DataChangeLog | Event, details: bool = False, here: str = "") -> SafeString:
    """The `<li>` of a change, or of a mass edit; `here`: the page that it stands on."""
    if isinstance(row, Event):
        return mark_safe(event_html(row))
    return mark_safe(change_html(row, change_json(row), details, here))


@register.simple_tag
def alert_link(scope: str, query: str = "", words: str = "") -> SafeString:
    """The way from a list to the form that has one told of it. `query`: the list's own."""
    address = f"/subscribe/?of={scope}" + (f"&{query}" if query else "")
    words = words or gettext("Save this search as an alert")
    return format_html('<a class="alert-link" rel="nofollow" href="{}">{}</a>', address, words)


@register.simple_tag
def alert_of(name: str, value: Any, words: str = "", scope: str = "changes", **more: str) -> SafeString:
    """The same of one place, one project and so on."""
    return alert_link(scope, urlencode({name: value, **more}), words)


@register.simple_tag(takes_context=True)
def nav(context: template.Context, address: str, name: str) -> SafeString:
    """A link of the site's navigation; the one of this page says so."""
    path = context["request"].path if "request" in context else ""
    here = path == address if address == "/" else path.startswith(address)
    current = mark_safe(' aria-current="page"') if here else ""
    return format_html('<a href="{}"{}>{}</a>', address, current, name)


@register.simple_tag(takes_context=True)
def sort_link(context: template.Context, field: str, name: str, falling: bool = False) -> SafeString:
    """A column's head that sorts by it, with `falling` the most first, and the other way round when it
    already does."""
    query = context["request"].GET.copy()
    current = query.get("ordering", "")
    ways = (f"-{field}", field) if falling else (field, f"-{field}")
    query["ordering"] = ways[current == ways[0]]
    query.pop("page", None)
    arrow = {field: " ▲", f"-{field}": " ▼"}.get(current, "")
    return format_html('<a href="?{}">{}{}</a>', query.urlencode(), name, arrow)


@register.simple_tag(takes_context=True)
def aria_sort(context: template.Context, field: str) -> SafeString | str:
    current = context["request"].GET.get("ordering", "")
    way = {field: "ascending", f"-{field}": "descending"}.get(current)
    return format_html(' aria-sort="{}"', way) if way else ""
