"""Sites that are not the replica: what went wrong on them once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from projects.models import DataChangeLog, MunicipalityListing, Project, Snapshot

pytestmark = pytest.mark.django_db


class Odd:
    """A site of a few pages: `pages[path]` is the body, or None for a 404. `asked` counts requests."""

    def __init__(self) -> None:
        self.pages: dict[str, str | None] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                body = site.pages.get(self.path)
                data = (f"<html><body>{body}</body></html>" if body is not None else "no").encode()
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/projects"


@pytest.fixture
def odd() -> Iterator[Odd]:
    site = Odd()
    thread = Thread(target=lambda: site.server.serve_forever(0.05), daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


def table(
    rows: list[tuple[str, ...]], head: tuple[str, ...] = ("Project No", "Project Name", "Status")
) -> str:
    cells = ["<tr>" + "".join(f"<th>{column}</th>" for column in head) + "</tr>"]
    cells += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return f"<table>{''.join(cells)}</table>"


def linked(number: int, status: str = "Design") -> tuple[str, ...]:
    return (f"P{number}", f'<a href="/projects/{number}">Scheme {number}</a>', status)


def own_page(number: int, status: str) -> str:
    return table([], ()) + (
        f"<dl><dt>Project No</dt><dd>P{number}</dd><dt>Project Name</dt><dd>Scheme {number}</dd>"
        f"<dt>Status</dt><dd>{status}</dd><dt>Budget</dt><dd>R5 000</dd></dl>"
    )


def poll(sync: Callable, site: Odd, times: int = 1):
    for _ in range(times):
        site.asked.clear()
        run = sync(site.url)
    return run


def test_project_pages_that_cannot_be_had_do_not_take_the_lists_with_them(odd, sync):
    odd.pages["/projects"] = table([linked(n) for n in range(12)])
    run = poll(sync, odd)
    assert (run.state, run.created) == ("succeeded", 12)
    assert any("404" in note for note in run.notes)


def test_a_line_that_moved_is_logged_though_its_page_is_stale_or_gone(odd, sync):
    odd.pages["/projects"] = table([linked(1)])
    odd.pages["/projects/1"] = own_page(1, "Design")
    poll(sync, odd)
    odd.pages["/projects"] = table([linked(1, "Cancelled")])
    assert poll(sync, odd).updated == 1
    assert Project.objects.get().status == "cancelled"
    odd.pages["/projects/1"] = None
    odd.pages["/projects"] = table([linked(1, "On hold")])
    assert poll(sync, odd).updated == 1
    assert Project.objects.get().status == "on_hold"


def test_a_blank_column_or_a_page_that_says_nothing_is_not_read_again_and_again(odd, sync, here):
    here.ROTATION_RUNS = 10_000
    odd.pages["/projects"] = table([linked(n) for n in range(5)])
    odd.pages |= {f"/projects/{n}": "<p>Nothing yet.</p>" for n in range(5)}
    poll(sync, odd, 2)
    head = ("Project No", "Project Name", "Status", "Remarks")
    odd.pages["/projects"] = table([(*linked(n), "") for n in range(5)], head)
    poll(sync, odd, 2)
    assert [path for path in odd.asked if path.startswith("/projects/")] == []


def test_two_projects_of_one_name_without_numbers_are_not_mixed_into_one(odd, sync):
    head = ("Project Name", "Budget", "Status")
    odd.pages["/projects"] = table(
        [
            ("Borehole", "R1 000", "Construction"),
            ("Borehole", "R9 000", "Completed"),
            ("Dam", "R1", "Design"),
        ],
        head,
    )
    run = poll(sync, odd)
    assert [project.name for project in Project.objects.all()] == ["Dam"]
    assert run.invalid == 1


def test_a_dead_link_among_the_lists_does_not_fill_the_archive(odd, sync):
    odd.pages["/projects"] = table([linked(1)]) + '<a href="/projects-list">More projects</a>'
    odd.pages["/projects/1"] = own_page(1, "Design")
    poll(sync, odd)
    kept = Snapshot.objects.count()
    for number in range(3):
        odd.pages["/projects"] = f"<!-- {number} -->" + str(odd.pages["/projects"])
        poll(sync, odd)
    assert Snapshot.objects.count() == kept


def test_a_site_of_project_pages_only_can_be_polled_twice(odd, sync):
    odd.pages["/projects"] = own_page(1, "Design")
    assert poll(sync, odd).created == 1
    odd.pages["/projects"] = own_page(1, "Tender")
    assert poll(sync, odd).updated == 1


def test_a_municipality_line_that_is_gone_is_logged_and_can_return(odd, sync):
    line = "<li>{} - [{}] 5 Projects with a Total value: R1,000.00</li>"
    both = line.format("Greater Giyani", "LIM331") + line.format("!Kheis", "NC084")
    odd.pages["/projects"] = table([linked(1)]) + f"<ul>{both}</ul>"
    odd.pages["/projects/1"] = own_page(1, "Design")
    poll(sync, odd)
    odd.pages["/projects"] = table([linked(1)]) + f"<ul>{line.format('!Kheis', 'NC084')}</ul>"
    poll(sync, odd)
    assert not MunicipalityListing.objects.get(code="LIM331").is_listed
    odd.pages["/projects"] = table([linked(1)]) + f"<ul>{both}</ul>"
    poll(sync, odd)
    steps = DataChangeLog.objects.filter(external_id="LIM331").order_by("id")
    assert [row.change_type for row in steps] == ["created", "missing", "returned"]
    assert poll(sync, odd).state == "unchanged"
