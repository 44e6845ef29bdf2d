"""Who implements: names in all their spellings, former ones, water boards, and those that nobody knows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from etl.correlating.agents import BLANK, OTHER, UNKNOWN, implementer, implements
from etl.correlating.facts import PlaceFact, ProjectFact
from etl.decide import agents
from etl.exceptions import CannotDecide
from etl.money.places import DISESTABLISHED
from etl.tests.test_correlation import KEY, correlate, gap, own_project, sources, spent
from projects.facts import municipalities, names
from projects.models import AgentName, DataChangeLog, Discrepancy, Project, SyncRun

__all__ = ["gap", "sources"]  # fixtures

PLACES = {
    fact.code: PlaceFact(fact.code, fact.name, fact.category, fact.province, fact.district or "")
    for fact in municipalities()
}


def who(agent: str, code: str, named: dict[str, str] | None = None) -> str:
    """The code of the municipality that implements a project of `code`, or why none does."""
    project = ProjectFact(1, "WP1", "Scheme", (code,), agent=agent)
    place, reason = implementer(project, PLACES, named or {})
    return place.code if place else reason


@pytest.mark.parametrize("fact", municipalities(), ids=lambda fact: fact.code)
def test_every_municipality_is_known_by_its_name_its_kind_and_its_code(fact: Any) -> None:
    word, short = {"A": ("Metropolitan", "MM"), "B": ("Local", "LM"), "C": ("District", "DM")}[fact.category]
    spellings = [
        f"{fact.name} {word} Municipality",
        f"{fact.name.upper()} {short}",
        fact.name.replace("-", " ").lower(),
        f"{fact.name} {word} Municipality ({fact.code})",
        fact.code,
        f"{fact.name} {short}: Technical Services Department",
    ]
    for spelling in spellings:
        assert implements(spelling, PLACES[fact.code]) == "named", spelling
        assert who(spelling, fact.code) == fact.code, spelling


@pytest.mark.parametrize(
    ("agent", "of", "code"),
    [
        ("Eden District Municipality", "WC043", "DC4"),
        ("uThungulu DM", "KZN282", "DC28"),
        ("Uthungulu", "DC28", "DC28"),
        ("Mafikeng LM", "NW383", "NW383"),
        ("Mbizana Local Municipality", "EC443", "EC443"),
        ("Z F Mgcawu DM", "DC8", "DC8"),
        ("Z.F. Mgcawu District", "NC087", "DC8"),
        ("Siyanda District Municipality", "NC084", "DC8"),
        ("Thabo Mofutsanyane DM", "FS191", "DC19"),
        ("O.R. Tambo District Municipality", "EC157", "DC15"),
        ("O R TAMBO", "DC15", "DC15"),
        ("Cacadu DM", "EC104", "DC10"),
        ("Sisonke DM", "KZN435", "DC43"),
        ("Pixley ka Seme DM", "NC073", "DC7"),
        ("Pixley Ka Seme LM", "MP304", "MP304"),
        ("Dr. Pixley ka Isaka Seme", "MP304", "MP304"),
        ("Mgungundlovu District", "KZN222", "DC22"),
        ("Ethekwini Metro", "ETH", "ETH"),
        ("Durban Metro", "ETH", "ETH"),
        ("Nelson Mandela Metropolitan Municipality", "NMA", "NMA"),
        ("Dr. J. S. Moroka L.M.", "MP316", "MP316"),
        ("J B Marks", "NW405", "NW405"),
        ("Tlokwe City Council", "NW405", "NW405"),
        ("Lukhanji LM", "EC139", "EC139"),
        ("EC134", "EC139", "EC139"),
        ("Naledi LM", "MAN", "MAN"),
        ("Naledi LM", "NW392", "NW392"),
        ("Mutale Local Municipality", "LIM343", "LIM343"),
        ("Hibiscus Coast", "KZN216", "KZN216"),
        ("Khara Hais", "NC087", "NC087"),
        ("Kwa Dukuza LM", "KZN292", "KZN292"),
        ("Baphalaborwa LM", "LIM334", "LIM334"),
        ("Tzaneen Local Municipality", "LIM333", "LIM333"),
        ("Big 5 Hlabisa", "KZN276", "KZN276"),
        ("Buffalo City, Eastern Cape", "BUF", "BUF"),
        ("Swartland Munisipaliteit", "WC015", "WC015"),
        ("Amathole DM: Department of Water and Sanitation", "DC12", "DC12"),
        ("City of Tshwane: Water & Sanitation", "TSH", "TSH"),
        ("City of uMhlathuze: Water", "KZN282", "KZN282"),
        ("West Rand: Water Services", "GT481", "DC48"),
        ("Local Municipality: Project Management Unit", "LIM331", "LIM331"),
        ("Greater Giyani L.M. (Technical Services)", "LIM331", "LIM331"),
        ("Greater Giyani Municipality, PMU", "LIM331", "LIM331"),
        ("Greater Giyani Loc. Mun.", "LIM331", "LIM331"),
        ("Greater Giyani Local Muncipality", "LIM331", "LIM331"),
        ("Mopani Distric Municpality", "LIM331", "DC33"),
        ("Overberg Distrik", "WC033", "DC3"),
        ("Stellenbosch Muni", "WC024", "WC024"),
        ("Dr R.S. Mompati DM", "NW396", "DC39"),
        ("J T Gaetsewe", "NC451", "DC45"),
        ("Dr. K. Kaunda District", "NW405", "DC40"),
    ],
)
def test_a_former_name_another_spelling_and_a_department_are_the_municipality(
    agent: str, of: str, code: str
) -> None:
    assert who(agent, of) == code


# What may stand around a municipality's name without making it another's.
DRESSES = (
    "{name} {kind}", "The {name} {short}", "{short} {name}", "{name} {spaced}", "{name} ({short})",
    "{name}_{short}", "Municipality of {name}", "{kind} of {name}", "{name} {word} Munic.",
    "{name} {word} Mun", "{name} {word} Muncipality", "{name} {word} Municiaplity",
    "{name} {word} Munisipaliteit", "{name} MUNICIPALITY", "{name} municpality", "{name} (WSA)",
    "WSA: {name}", "{name} WSP", "{name} {short} as WSA", "IA: {name} {short}",
    "{name} {short} (IA)", "{name} {short} - Implementing Agent", "{name} - [{code}]",
    "[{code}] {name}", "{code}: {name}", "{name}\u00a0{short}", "“{name} {short}”",
    "{name} {short}\u200b", "  {name}   {short} ", "{name} {short}: PMU",
    "{name} {kind}: Technical Services", "{name} {short} (Water Services Authority)",
    # of whom nobody can tell whether they are a part of it
    "Technical Services, {name} {short}", "{name} {short} PMU", "{name} {kind} Water Services",
)  # fmt: skip
UNSURE = DRESSES[-3:]
NAMED = [(fact.code, fact.name, fact.category) for fact in municipalities()] + [
    (code, each.name, each.category)
    for code, some in names.other_names().items()
    for each in some
    if each.name not in DISESTABLISHED
]


def dressed(dress: str, code: str, name: str, category: str) -> str:
    word, short = {"A": ("Metropolitan", "MM"), "B": ("Local", "LM"), "C": ("District", "DM")}[category]
    spaced, kind = f"{short[0]}. {short[1]}.", f"{word} Municipality"
    return dress.format(name=name, code=code, word=word, short=short, spaced=spaced, kind=kind)


@given(st.sampled_from(NAMED), st.sampled_from(DRESSES), st.sampled_from([str, str.upper, str.lower]))
def test_whatever_stands_around_its_name_the_municipality_is_never_somebody_else(
    named: tuple[str, str, str], dress: str, case: Callable[[str], str]
) -> None:
    agent = case(dressed(dress, *named))
    assert who(agent, named[0]) == (UNKNOWN if dress in UNSURE else named[0]), agent


@pytest.mark.parametrize(
    "agent", [None, "", " ", "-", "N/A", "TBC", "None", "Not applicable", "unknown", "–"]
)
def test_a_word_for_no_value_is_no_name_that_waits_for_a_steward(agent: str | None) -> None:
    assert implementer(ProjectFact(1, "WP1", "Scheme", ("LIM331",), agent=agent), PLACES) == (None, BLANK)


BOARDS = [each.name for each in names.implementers() if each.kind == names.WATER_BOARD]


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("suffix", ["", " Board", " (implementing agent)", " SOC Ltd"])
def test_a_water_board_is_somebody_else_in_every_municipality(board: str, suffix: str) -> None:
    for spelling in (board + suffix, (board + suffix).upper(), board.replace("-", " ") + suffix):
        assert not [code for code, place in PLACES.items() if implements(spelling, place)], spelling
        for code in ("DC42", "GT421", "DC3", "WC033", "KZN282", "DC28", "MP325", "DC48", "KZN222", "DC6"):
            assert who(spelling, code) == OTHER, (spelling, code)


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("Overberg Water", "DC3"),
        ("Sedibeng Water", "DC42"),
        ("uMhlathuze Water", "KZN282"),
        ("Giyani LM: Lepelle Northern Water", "LIM331"),
        ("Lepelle Northern Water on behalf of Mopani District Municipality", "LIM331"),
        ("DBSA for Greater Giyani Local Municipality", "LIM331"),
        ("Department of Water and Sanitation", "LIM331"),
        ("Eden District Municipality", "LIM331"),  # another municipality, by a former name
        ("Local Municipality", "DC12"),  # one of another kind
        ("Emalahleni (MP312)", "EC136"),  # two bear the name
        ("Emalahleni, Mpumalanga", "EC136"),
        ("Dept. of Water & Sanitation", "LIM331"),
        ("Department: Water and Sanitation", "LIM331"),
    ],
)
def test_who_is_known_and_not_the_municipality_is_somebody_else(agent: str, code: str) -> None:
    assert who(agent, code) == OTHER


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("Khulisa Consulting", "LIM331"),
        ("Mopani Water", "LIM331"),
        ("West Rand Water", "DC48"),  # bears Rand Water's name in its own
        ("uMhlathuze Local Municipality Water Utility", "KZN282"),
        ("Programme manager", "LIM331"),
        ("Water services", "LIM331"),
        ("Greater Giyani LM: Khato Civils", "LIM331"),
        ("Greater Giyani, Greater Letaba Local Municipality", "LIM331"),
        ("???", "LIM331"),
        ("Amathole DM / Amatola Water", "EC124"),  # the municipality is one of the two
        ("Amatola Water and Amathole DM", "DC12"),
        ("Greater Giyani LM (DWS)", "LIM331"),
        ("Greater Giyani LM, Department of Water and Sanitation", "LIM331"),
        ("Mopani DM & Greater Giyani LM", "LIM331"),
        ("Metropolitan", "ETH"),  # a kind alone may be anybody's
        ("Local", "LIM331"),
    ],
)
def test_a_name_that_nobody_knows_is_not_said_to_be_somebody_else(agent: str, code: str) -> None:
    assert who(agent, code) == UNKNOWN


def test_what_a_steward_says_of_a_name_is_used_in_every_spelling() -> None:
    named = {"khulisa consulting": "LIM331", "own account": ""}
    assert who("KHULISA  Consulting", "LIM331", named) == "LIM331"
    assert who("Khulisa-Consulting", "LIM332", named) == OTHER
    assert who("Own account.", "LIM331", named) == OTHER
    assert who("Mopani scheme office", "LIM331", {"mopani scheme office": "DC33"}) == "DC33"


def test_the_table_of_names_has_each_disestablished_code_at_its_successors_and_nothing_twice() -> None:
    known = {place.code for place in PLACES.values()}
    assert names.other_names().keys() <= known
    all_names = [(code, each.name) for code, some in names.other_names().items() for each in some]
    assert len(set(all_names)) == len(all_names)
    codes = {name for _, name in all_names if name[-1].isdigit() and name.isupper()}
    assert codes == DISESTABLISHED
    with (names._HERE / "implementers.csv").open() as table:
        assert all(row["source"] for row in csv.DictReader(table))


# --- in a run, and named by a steward -------------------------------------------------------------------


@pytest.fixture
def unknown(gap: Project) -> Project:
    """The project with a gap, implemented by a name that nobody knows; and two more that bear it."""
    for number in (2, 3):
        own_project(f"WP{number}", implementing_agent="Khulisa  Consulting", expenditure=None)
    Project.objects.filter(pk=gap.pk).update(implementing_agent="Khulisa Consulting")
    return gap


@pytest.mark.django_db
def test_a_run_counts_and_lists_whom_it_does_not_recognise_and_a_quiet_one_says_it_again(
    unknown: Project, capsys: Any
) -> None:
    found = [{"agent": "Khulisa Consulting", "projects": 3, "municipalities": ["LIM331"]}]
    for state in ("unchanged", "unchanged"):
        run = correlate()
        assert run.state == state
        assert "Not compared, 3 projects: the name of who implements them is not recognised." in run.notes
        assert any("“Khulisa Consulting” (3 projects)" in note for note in run.notes)
        assert not any("somebody else" in note for note in run.notes)
        assert run.profile["unrecognised"] == found
    call_command("correlate", "--json")
    assert json.loads(capsys.readouterr().out)["unrecognised"] == found
    assert [each.agent for each in agents.waiting()] == ["Khulisa Consulting"]


@pytest.mark.django_db
def test_a_name_said_once_is_kept_with_its_reason_logged_and_used_from_the_next_comparison_on(
    unknown: Project, admin_client: Any
) -> None:
    correlate()
    page = reverse("admin:etl_agents")
    assert "Khulisa Consulting" in admin_client.get(page).content.decode()
    said = {
        "agent": "Khulisa Consulting",
        "kind": "municipality",
        "code": " lim331",
        "reason": "Its own unit",
    }
    shown = admin_client.post(reverse("admin:etl_name_agent"), said, follow=True).content.decode()
    assert "Khulisa Consulting → LIM331" in shown
    row = AgentName.objects.get()
    assert (row.municipality_id, row.reason, row.named_by.get_username()) == (
        "LIM331",
        "Its own unit",
        "admin",
    )
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user.get_username()) == (str(row.pk), "admin")
    assert agents.waiting() == []
    run = correlate()
    assert (run.state, run.created, run.profile) == ("succeeded", 1, {"unrecognised": []})
    assert Discrepancy.objects.get().key == KEY
    assert DataChangeLog.objects.filter(source="correlation", run=run, change_type="opened").count() == 1
    admin_client.post(reverse("admin:projects_agentname_delete", args=[row.pk]), {"post": "yes"})
    assert not AgentName.objects.exists()
    assert correlate().withdrawn == 1  # what was said is taken back
    assert [each.projects for each in agents.waiting()] == [3]


@pytest.mark.django_db
def test_a_name_that_is_a_water_board_stays_uncompared_and_is_somebody_else_now(unknown: Project) -> None:
    correlate()
    agents.name("Khulisa Consulting", "water_board", "", "Khulisa Water", "Its annual report", None)
    run = correlate()
    assert "Not compared, 3 projects: somebody else than the municipality implements them." in run.notes
    assert not Discrepancy.objects.exists()
    assert str(AgentName.objects.get()) == "Khulisa Consulting → Khulisa Water"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"agent": "Nobody"}, "does not wait"),
        ({"kind": "firm"}, "choose what it is"),
        ({"code": ""}, "choose which municipality"),
        ({"code": "XX1"}, "choose which municipality"),
        ({"reason": "  "}, "say why"),
    ],
)
def test_a_word_that_does_not_fit_is_refused_in_a_sentence(
    unknown: Project, said: dict[str, str], problem: str
) -> None:
    correlate()
    given = {
        "agent": "Khulisa Consulting",
        "kind": "municipality",
        "code": "LIM331",
        "whom": "",
        "reason": "x",
    }
    with pytest.raises(CannotDecide, match=problem):
        agents.name(**{**given, **said}, by=None)
    assert not AgentName.objects.exists()


@pytest.mark.django_db
def test_who_may_not_name_sees_no_buttons_and_is_refused(
    unknown: Project, client: Any, django_user_model: Any
) -> None:
    from django.contrib.auth.models import Permission

    correlate()
    user = django_user_model.objects.create_user("reader", password="x", is_staff=True)
    client.force_login(user)
    assert client.get(reverse("admin:etl_agents")).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_agentname"))
    client.force_login(django_user_model.objects.get(pk=user.pk))
    shown = client.get(reverse("admin:etl_agents")).content.decode()
    assert "Khulisa Consulting" in shown
    assert "It is this municipality" not in shown
    assert client.post(reverse("admin:etl_name_agent"), {"agent": "Khulisa Consulting"}).status_code == 403


@pytest.mark.django_db
def test_the_page_asks_no_more_for_many_names_than_for_one(
    sources: None, admin_client: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(50):
        own_project(f"WP{number}", implementing_agent=f"Firm {number}")
    spent(2021, "1.00")
    correlate()
    assert len(SyncRun.objects.latest("pk").profile["unrecognised"]) == 50
    with django_assert_max_num_queries(7):
        assert admin_client.get(reverse("admin:etl_agents")).status_code == 200
