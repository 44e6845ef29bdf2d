"""`python -m buka.dev.catalogue`: gathers what is to be translated into `projects/locale/`, and
compiles it; with `--check` it names the files that are others today, and fails.

What is new gets an empty translation (which is said in English until somebody gives one), what is gone goes,
what is there stays. No gettext tools are needed. Words stand in three places: `{% translate %}` and
`{% blocktranslate %}` in templates (also what scripts say), `gettext("…")` in code, and tables of words
(`projects.languages.Words`). What is written down while reading is marked nowhere: `buka/dev/recorded.py`
finds it, and its patterns are kept beside the catalogues, for whoever shows what was written down.
"""

from __future__ import annotations

import ast
import json
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from django.utils.translation.template import templatize

from buka.dev import recorded
from projects.languages import LANGUAGES, MARKED
from projects.wording.recorded import MORE

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "projects" / "locale"
RECORDED = LOCALE / "recorded.json"
ROOMS = ("buka", "projects", "realtime")
_NOT_PUBLIC = re.compile(r"(^|/)(tests|migrations|dev|locale)/|^templates/admin/")
_ONE = frozenset({"gettext", "gettext_lazy", "gettext_noop"})
_TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_MARKED = re.compile(rf"\b(?:(?:_|gettext)\(({_TEXT})|ngettext\(({_TEXT}),\s*({_TEXT}))", re.DOTALL)
_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
_HEADER = (
    "Project-Id-Version: Buka Amanzi\\n"
    "Language: {code}\\n"
    "MIME-Version: 1.0\\n"
    "Content-Type: text/plain; charset=UTF-8\\n"
    "Content-Transfer-Encoding: 8bit\\n"
    "Plural-Forms: {plural}\\n"
)
# As CLDR has them.
_PLURALS = {"af": "nplurals=2; plural=(n != 1);", "zu": "nplurals=2; plural=(n > 1);"}

# What is to be translated: the English, and the English of many where a number decides.
Words = tuple[str, str | None]


@dataclass
class Catalogue:
    """The translations of one language: one for each, two where a number decides; blank: not yet."""

    code: str
    said: dict[Words, list[str]] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return LOCALE / self.code / "LC_MESSAGES" / "django.po"

    def missing(self) -> list[Words]:
        return [words for words, texts in self.said.items() if not all(texts)]


def gathered() -> dict[Words, list[str]]:
    """All that is to be translated, with the files in which it stands, in the order of the English."""
    found: dict[Words, set[str]] = {}
    for name, words in _of_files():
        found.setdefault(words, set()).add(name)
    for one, many in [words for words in found if words[1] is not None]:
        # Where one and many are said, what is said of one alone is the same entry, as gettext looks it up.
        found[one, many] |= found.pop((one, None), set())
    return {words: sorted(found[words]) for words in sorted(found, key=lambda one: (one[0].lower(), one[0]))}


def _of_files() -> Iterator[tuple[str, Words]]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        name = path.relative_to(ROOT).as_posix()
        if not _NOT_PUBLIC.search(name):
            yield from ((name, words) for words in of_template(path.read_text(encoding="utf-8")))
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if not _NOT_PUBLIC.search(name):
            text = path.read_text(encoding="utf-8")
            yield from ((name, words) for words in of_code(text))
            if "Words(" in text or "MARKED" in text:
                import_module(name.removesuffix(".py").replace("/", "."))
    yield from ((name, (words, None)) for words, name in written_down().items())
    yield from (("tables of words", one if isinstance(one, tuple) else (one, None)) for one in MARKED)


def written_down() -> dict[str, str]:
    """The patterns of what is written down while reading, each with the first file in which it stands."""
    found: dict[str, str] = {}
    for path in recorded.files(ROOT):
        for words in recorded.of_code(path.read_text(encoding="utf-8")):
            found.setdefault(words, path.relative_to(ROOT).as_posix())
    return found


def of_template(text: str) -> Iterator[Words]:
    """What a template marks. Django turns its marks into calls, as gettext's own tool would read them."""
    for found in _MARKED.finditer(templatize(text)):
        one, first, many = (str(ast.literal_eval(part)) if part else "" for part in found.groups())
        yield (first, many) if first else (one, None)


def of_code(text: str) -> Iterator[Words]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if node.func.id in _ONE and texts:
            yield texts[0], None
        elif node.func.id == "ngettext" and len(texts) > 1:
            yield texts[0], texts[1]


def read(code: str) -> Catalogue:
    """The catalogue as it is committed; empty where there is none."""
    catalogue = Catalogue(code)
    if catalogue.file.exists():
        for entry in catalogue.file.read_text(encoding="utf-8").split("\n\n"):
            parts = _parts(entry)
            if parts.get("msgid") and not _FUZZY.search(entry):
                many = parts.get("msgid_plural")
                names = ["msgstr"] if many is None else ["msgstr[0]", "msgstr[1]"]
                catalogue.said[parts["msgid"], many] = [parts.get(name, "") for name in names]
    return catalogue


def _parts(entry: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in entry.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        keyword, _, text = line.partition(" ") if not line.startswith('"') else (name, "", line)
        name = keyword
        found[name] = found.get(name, "") + ast.literal_eval(text)
    return found


def renewed(catalogue: Catalogue, words: dict[Words, list[str]]) -> Catalogue:
    """With what is to be translated today, and what was."""
    said = {one: catalogue.said.get(one, [""] if one[1] is None else ["", ""]) for one in words}
    return Catalogue(catalogue.code, said)


def as_text(catalogue: Catalogue, words: dict[Words, list[str]]) -> str:
    """As a `.po` file."""
    header = _HEADER.format(code=catalogue.code, plural=_PLURALS[catalogue.code])
    lines = "\n".join(f'"{line}\\n"' for line in header.split("\\n") if line)
    entries = [f'msgid ""\nmsgstr ""\n{lines}']
    for (one, many), texts in catalogue.said.items():
        said = [f"#: {name}" for name in words.get((one, many), ())]
        kind = "python-brace-format" if "{" in one else "python-format" if "%(" in one else ""
        said += [f"#, {kind}"] if kind else []
        said.append(f"msgid {_quoted(one)}")
        if many is not None:
            said.append(f"msgid_plural {_quoted(many)}")
        names = ["msgstr"] if many is None else ["msgstr[0]", "msgstr[1]"]
        said += [f"{name} {_quoted(text)}" for name, text in zip(names, texts, strict=True)]
        entries.append("\n".join(said))
    return "\n\n".join(entries) + "\n"


def _quoted(text: str) -> str:
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, written)
    return f'"{text}"'


def compiled(catalogue: Catalogue) -> bytes:
    """As a `.mo` file: what is not translated is left out. The format: gettext's manual, “MO Files”."""
    header = _HEADER.format(code=catalogue.code, plural=_PLURALS[catalogue.code]).replace("\\n", "\n")
    pairs = {b"": header.encode()}
    for (one, many), texts in catalogue.said.items():
        if all(texts):
            key = one if many is None else f"{one}\0{many}"
            pairs[key.encode()] = "\0".join(texts).encode()
    keys = sorted(pairs)
    at = 28 + 16 * len(keys)
    tables: list[bytes] = []
    data = b""
    for side in (keys, [pairs[key] for key in keys]):
        for text in side:
            tables.append(struct.pack("<2I", len(text), at + len(data)))
            data += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, at)
    return head + b"".join(tables) + data


def files() -> dict[Path, bytes]:
    """What each file of the catalogues is to hold today."""
    words = gathered()
    patterns = json.dumps(sorted({*written_down(), *MORE}), ensure_ascii=False, indent=0)
    found = {RECORDED: f"{patterns}\n".encode()}
    for code in LANGUAGES.keys() & _PLURALS.keys():
        catalogue = renewed(read(code), words)
        found[catalogue.file] = as_text(catalogue, words).encode()
        found[catalogue.file.with_suffix(".mo")] = compiled(catalogue)
    return found


def outdated() -> list[str]:
    """The files that are others today; of a process that has declared nothing but what the site has."""
    found = files().items()
    return sorted(
        str(path.relative_to(ROOT)) for path, held in found if not path.exists() or path.read_bytes() != held
    )


def main() -> None:
    for path, held in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    django.setup()
    if "--check" in sys.argv:
        sys.exit("\n".join(outdated()) or 0)
    main()
