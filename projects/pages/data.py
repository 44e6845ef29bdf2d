"""What can be downloaded: the files that are made once a day, what their columns are, under which terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from projects import datasets
from projects.api.exports import in_turn
from projects.api.refusals import closed, is_open
from projects.bulk.dictionary import HEADS, entries, entries_of
from projects.bulk.tables import LOG, TABLES
from projects.datasets import DICTIONARY, MANIFEST, SUMS, Dataset
from projects.health.sources import in_order
from projects.models import ChainHead, Source
from projects.models.provenance import SyncRun
from projects.pages.files import file_of

_BYTES = 1 << 16  # at a time
_TYPES = {".gz": "application/gzip", ".json": "application/json", ".csv": "text/csv; charset=utf-8"}


@require_safe
def data_page(request: HttpRequest) -> HttpResponse:
    dataset, sources = datasets.newest(), in_order(Source.objects.all())
    shut = closed(sources)
    context = {
        "dataset": dataset,
        "files": _files(dataset, {source.pk for source in shut}) if dataset else [],
        "left_out": _left_out(dataset) if dataset else [],
        "chain": dataset.package["x_chain"] if dataset else None,
        "sums": SUMS,
        "log": LOG,
        "closed": [source for source in shut if source.demo is not None],  # else nothing was loaded
        "open": [source for source in sources if source not in shut],
        "head": ChainHead.objects.first(),
        "is_read": SyncRun.objects.exists(),
        "kept": settings.DOWNLOADS_KEPT,
        "is_draft": settings.OC4IDS_PREFIX == settings.OC4IDS_DRAFT,
        "prefix": settings.OC4IDS_PREFIX,
    }
    return render(request, "projects/data.html", context)


def _files(dataset: Dataset, shut: set[str]) -> list[dict[str, Any]]:
    """Rows `table title rows withheld csv jsonl`, those that are open now."""
    found = []
    for table in TABLES:
        both = {kind: dataset.resource(f"{table.name}.{kind}.gz") for kind in ("csv", "jsonl")}
        one = both["csv"]
        if one is None or shut.intersection(one["x_sources"]):
            continue
        told = {"table": table.name, "title": table.title, "rows": one["x_rows"]}
        found.append({**told, "withheld": one.get("x_withheld", 0), **both})
    return found


def _left_out(dataset: Dataset) -> list[tuple[str, str]]:
    """(table, the titles of the sources of which there is nothing in it)."""
    titles = dict(Source.objects.values_list("pk", "title"))
    told = dataset.package.get("x_left_out", {}).items()
    return [(table, ", ".join(titles.get(one, one) for one in left)) for table, left in told]


@require_safe
def dictionary_page(request: HttpRequest) -> HttpResponse:
    tables = [{"name": one.name, "title": one.title, "rows": entries_of(one)} for one in TABLES]
    return render(request, "projects/dictionary.html", {"tables": tables})


@require_safe
def dictionary_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    rows = [dict(zip(HEADS, entry.cells, strict=True)) for entry in entries()]
    return file_of(request, kind, Path(DICTIONARY).stem, HEADS, (), rows)


@require_safe
def descriptor(request: HttpRequest) -> HttpResponse:
    """The data package of the newest files, as it is to be read from here."""
    dataset = datasets.newest()
    if dataset is None:
        raise Http404("No files have been made yet.")
    resources = [one | {"path": f"{dataset.name}/{one['path']}"} for one in dataset.package["resources"]]
    answer = JsonResponse(
        {**dataset.package, "resources": resources}, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return _marked(answer, dataset)


@require_safe
def latest(request: HttpRequest, wanted: str) -> HttpResponse:
    """From an address that stays to that of the newest file."""
    dataset = datasets.newest()
    if dataset is None or not _is_there(dataset, wanted):
        raise Http404("There is no such file.")
    return HttpResponseRedirect(f"/data/{dataset.name}/{wanted}")


@require_safe
def file(request: HttpRequest, made: str, wanted: str) -> HttpResponseBase:
    """A file, in parts; who has it already is told so."""
    dataset = datasets.named(made)
    if dataset is None or not _is_there(dataset, wanted):
        raise Http404("There is no such file; old ones are dropped.")
    told = dataset.resource(wanted) or {}
    if shut := [source for source in told.get("x_sources", ()) if not is_open(source)]:
        return _refused(shut)
    tag = f'"{told["hash"].removeprefix("sha256:")}"' if told else f'"{dataset.name}-{wanted}"'
    if known := get_conditional_response(request, etag=tag):
        known["ETag"] = tag
        return _marked(known, dataset)
    return _marked(_sent(request, dataset.folder / wanted, tag, told), dataset)


def _is_there(dataset: Dataset, name: str) -> bool:
    return dataset.resource(name) is not None or name in (MANIFEST, SUMS)


def _refused(sources: list[str]) -> HttpResponse:
    titles = ", ".join(Source.objects.filter(pk__in=sources).values_list("title", flat=True))
    told = f"No licence is known that allows to publish the data of {titles} again.\n"
    return HttpResponse(told, status=403, content_type="text/plain; charset=utf-8")


def _sent(request: HttpRequest, path: Path, tag: str, told: Mapping[str, Any]) -> HttpResponseBase:
    chunks = _chunks(path)
    body: Any = in_turn(chunks) if hasattr(request, "scope") else chunks
    kind = _TYPES.get(path.suffix, "text/plain; charset=utf-8")
    answer = StreamingHttpResponse(body, content_type=kind)
    answer["Content-Length"] = str(told.get("bytes") or path.stat().st_size)
    answer["ETag"], answer["Cache-Control"] = tag, "no-cache"
    answer["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return answer


def _chunks(path: Path) -> Iterator[bytes]:
    """It is opened by whoever reads: who asks for the head alone does not."""
    with path.open("rb") as opened:
        while chunk := opened.read(_BYTES):
            yield chunk


def _marked(answer: Any, dataset: Dataset) -> Any:
    if dataset.demo:
        answer["X-Demo-Data"] = "1"
    return answer


__all__ = ["data_page", "descriptor", "dictionary_file", "dictionary_page", "file", "latest"]
