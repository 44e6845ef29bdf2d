"""What was written down in English while reading is said in the language of whoever reads it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from buka.dev.catalogue import read, written_down
from buka.dev.recorded import files, of_code
from buka.dev.testing import soon_done
from projects.languages import override
from projects.models import AreaReading, Discrepancy, SyncRun
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_column, a_plan, a_run
from projects.wording import recorded

_PLACE = re.compile(r"\{(\w*)\}")
_COUNTS = ("number", "share", "found", "claimed")
_QUESTION = (
    "DWS has R119 590 955 spent on 1 RBIG project that Greater Giyani itself implements, reckoned to"
    " 31 October 2026 at an even pace from the start, which is assumed, as we have no reading from before"
    " 30 November 2026; up to the same day the municipality’s own books show R85 415 715 of RBIG money spent"
    " in 2025-26 to 2026-27. What explains the difference of R34 175 240?"
)
_HELD = "Projects: 31 instead of 500, 94% fewer."
# What runs, areas, plans and questions keep, and the same in Afrikaans.
KEPT = [
    (_HELD, "Projekte: 31 in plaas van 500, 94% minder."),
    (
        "150 of 480 projects (31%) changed at once.",
        "150 van 480 projekte (31%) het gelyktydig verander.",
    ),
    (
        "[LIM331]: all of its 5 projects are gone, and 7 others have come.",
        "[LIM331]: al sy 5 projekte is weg, en 7 ander het gekom.",
    ),
    (
        "The completion date cannot be read any more in 12 of the 40 projects that show it.",
        "Die voltooiingsdatum kan nie meer gelees word nie, in 12 van die 40 projekte wat dit wys.",
    ),
    (
        "[EC]: projects: the site says 90, 91 could be read.",
        "[EC]: projekte: die werf sê 90, 91 kon gelees word.",
    ),
    (
        "/pmd/x.aspx: rows of its first page, the same at its end: 99 of 101; the site was edited while it"
        " was read.",
        "/pmd/x.aspx: rye van sy eerste bladsy, dieselfde aan sy einde: 99 van 101; die werf is gewysig"
        " terwyl dit gelees is.",
    ),
    (
        "2 projects read differently in two lists. WP5: “Agent” is “” in one list, “X, of Y” in another.",
        "2 projekte lees anders in twee lyste. WP5: “Agent” is “” in een lys, “X, of Y” in ’n ander.",
    ),
    (
        "Not recognised: “Manager, own unit” (108 projects), “X” (1 project). A steward can name them, once.",
        "Nie herken nie: “Manager, own unit” (108 projekte), “X” (1 projek). ’n Kurator kan hulle benoem,"
        " een keer.",
    ),
    (
        "Its 200 different texts are those of the completion date: 80% dates, 20% words.",
        "Sy 200 verskillende tekste is dié van die voltooiingsdatum: 80% datums, 20% woorde.",
    ),
    (
        "dws.gov.za did not answer in time: no connection after 3 attempts.",
        "dws.gov.za het nie betyds geantwoord nie: geen verbinding ná 3 pogings.",
    ),
    (
        "The municipality’s books: RBIG spent, up to 31 October 2026",
        "Die munisipaliteit se boeke: RBIG bestee, tot 31 Oktober 2026",
    ),
    (
        "Regional Bulk Infrastructure Grant, spent (monthly, unaudited) 2026-27",
        "Regional Bulk Infrastructure Grant, bestee (maandeliks, ongeouditeer) 2026-27",
    ),
    (
        "4 figures: actual so far (monthly, unaudited), July to October alone",
        "slegs 4 syfers: werklik tot dusver (maandeliks, ongeouditeer), Julie tot Oktober",
    ),
    (
        "A project can be paid from several purses: the municipality’s own money, a loan, another grant. Here"
        " all its capital on water and sanitation is no more than this grant; operating money is not in it.",
        "’n Projek kan uit verskeie beursies betaal word: die munisipaliteit se eie geld, ’n lening, ’n ander"
        " toekenning. Hier is al sy kapitaal op water en sanitasie nie meer as hierdie toekenning nie;"
        " bedryfsgeld is nie daarin nie.",
    ),
    (
        _QUESTION,
        "DWS het R119 590 955 bestee op 1 RBIG-projek wat Greater Giyani self uitvoer, teen ’n egalige pas"
        " van die begin af tot 31 Oktober 2026 gereken, wat aangeneem word, aangesien ons geen lesing van"
        " voor 30 November 2026 het nie; tot op dieselfde dag: die munisipaliteit se eie boeke wys"
        " R85 415 715 RBIG-geld bestee in 2025-26 tot 2026-27. Wat verklaar die verskil van R34 175 240?",
    ),
]


@pytest.mark.parametrize(("kept", "wanted"), KEPT, ids=[wanted[:40] for _, wanted in KEPT])
def test_what_was_written_down_is_said_in_afrikaans_with_its_figures_and_names(kept, wanted):
    with override("af"):
        assert recorded.said(kept) == wanted
    assert recorded.said(kept) == kept


def test_what_is_not_ours_is_not_translated():
    named = (
        "DWS lists the project {} as completed on 1 May 2026, implemented by X itself, with R5.50 ({}); the"
    )
    named += " municipality’s own books show no WSIG money spent in 2024-25. What was it paid from?"
    with override("af"):
        assert recorded.said("Upgrade of the works, phase 2") is None
        told = recorded.said(named.format("Not read", "expenditure so far")) or ""
    assert "die projek Not read as voltooi op 1 Mei 2026" in told
    assert "R5,50 (besteding tot dusver)" in told


def test_where_a_language_has_no_words_for_it_it_stays_whole_and_is_no_mixture():
    with override("zu"):
        assert [recorded.said(kept) for kept, _ in KEPT] == [None] * len(KEPT)


def test_each_pattern_says_again_what_it_made():
    """With values in its places: none is taken for another one, and no value is lost."""
    wrong = []
    with override("af"):
        for pattern in written_down():
            number = len(_PLACE.findall(pattern))
            given = [_PLACE.sub(value, pattern) for value in ("7", "Q7")]
            given.append(_PLACE.sub(lambda place: "7" if place[1] in _COUNTS else "Q7", pattern))
            told = [recorded.said(text) or "" for text in given]
            if max(text.count("7") for text in told) < number or not any(told):
                wrong.append((pattern, told))
    assert wrong == []


def test_the_pattern_of_a_sentence_is_the_code_that_makes_it():
    code = '''
def why(number, share):
    """No sentence, as it is not said."""
    how = "more" if share else "fewer"
    log.info("Neither is this one.")
    return f"{number} project{'' if number == 1 else 's'} are {how} than before, {share:.0f}%."
'''
    assert list(of_code(code)) == [
        f"{{number}} project{many} are {how} than before, {{share}}%."
        for many in ("", "s")
        for how in ("more", "fewer")
    ]


def test_a_new_sentence_of_the_pipeline_is_a_new_entry_that_wants_a_translation(tmp_path):
    room = tmp_path / "etl" / "compare"
    room.mkdir(parents=True)
    (room / "more.py").write_text('raise PageChanged(f"Of {number} wells nothing is known.")')
    (patterns,) = [[*of_code(path.read_text())] for path in files(tmp_path)]
    assert patterns == ["Of {number} wells nothing is known."]
    assert not {*patterns} & {*written_down()}
    assert {*written_down()} <= {one for one, _ in read("af").said}


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["en", "af"])
def test_pages_say_it_in_their_language_and_mark_what_they_cannot(client: Client, code):
    run = a_run(
        state="quarantined",
        held=[
            {"rule": "count_down", "sentence": _HELD},
            {"rule": "x", "sentence": "As an old version said."},
        ],
        notes=["[EC]: projects: the site says 90, 91 could be read."],
    )
    a_plan(a_column("Cost", "budget", evidence=["Every row has words of its own."]))
    question = a_question(question=_QUESTION)
    prefix = "" if code == "en" else "/af"
    pages = [f"/runs/{run.pk}/", "/sources/dws/", "/", f"/discrepancies/{question.pk}/"]
    html = " ".join(client.get(prefix + path).content.decode() for path in pages).replace("\u202f", " ")
    said = dict(KEPT)
    for kept in (_HELD, run.notes[0], _QUESTION):
        assert (said[kept] if code == "af" else kept) in html
        assert (kept in html) == (code == "en")
    assert ('<span lang="en">As an old version said.</span>' in html) == (code == "af")
    assert ("Elke ry het eie woorde." in html) == (code == "af")


@pytest.mark.django_db
def test_the_api_says_it_by_lang_and_keeps_it_as_it_was_without(client: Client):
    run = a_run(state="failed", error="WP1: the session ended.", held=[{"rule": "x", "sentence": _HELD}])
    plain, said = (client.get(f"/api/v1/runs/{run.pk}/{lang}").json() for lang in ("", "?lang=af"))
    assert (plain["error"], plain["held"][0]["sentence"]) == (run.error, _HELD)
    assert said["error"] == "WP1: die sessie het geëindig."
    assert said["held"] == [{"rule": "x", "sentence": dict(KEPT)[_HELD]}]
    assert SyncRun.objects.get().error == run.error
    assert not AreaReading.objects.exists()
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize("text", ["x, .", "No connection: a, .", ", .", ".", "a, " * 1300 + "b."])
def test_a_text_that_is_no_list_of_ours_stays_as_it_is(text: str) -> None:
    with override("af"), soon_done(0.5):
        assert recorded.said(text) is None


def test_a_phase_that_a_source_publishes_is_not_translated() -> None:
    with override("af"):
        assert "completed" in (recorded.said("the same number as completed in the same list") or "")
