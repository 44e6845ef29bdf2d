"""A digest of code that moves when the code acts otherwise, and stays when it is only told otherwise.

What counts is the syntax tree: comments, docstrings, layout, brackets and quotes do not. The tree is written
down here and not by `ast.dump` or `ast.unparse`, whose spelling differs between versions of Python: fields
that are empty are left out, so that those which a later version adds to every function say nothing. The
digest is the same whichever Python runs the code; a test holds one.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


def code_digest(*names: str) -> str:
    """SHA-256 (hex) of modules, and of packages with all that is in them but tests, by dotted name.

    Raises LookupError for a name that there is not, and for one with no code in it: it was moved, and what
    stands in its place is not watched.
    """
    digest = hashlib.sha256()
    for name in names:
        forms = [(module, _form(_tree(path))) for module, path in _modules(name)]
        if all(form == "Module()" for _, form in forms):
            raise LookupError(f"There is no code in {name}: its digest would say nothing.")
        for module, form in forms:
            digest.update(f"{module} {form}\n".encode())
    return digest.hexdigest()


def _modules(name: str) -> Iterator[tuple[str, Path]]:
    """Dotted name and file of the module, or of all modules of the package, in the order of their names."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # of the package that it should be in
        spec = None
    if spec is None:
        raise LookupError(f"There is no module or package {name}.")
    if spec.submodule_search_locations is None:
        yield name, Path(str(spec.origin))
        return
    for folder in map(Path, spec.submodule_search_locations):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if "tests" not in parts:
                yield ".".join((name, *parts)), path


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def _form(part: object) -> str:
    """The part of a syntax tree in the one spelling that is hashed."""
    if isinstance(part, list):
        return f"[{','.join([_form(each) for each in part if not _is_mute(each)])}]"
    if not isinstance(part, ast.AST):
        return ascii(part)  # repr() writes a character as it is, or escaped, as its Unicode tables have it
    if isinstance(part, ast.JoinedStr):  # 3.12 ends some with an empty string
        part = ast.JoinedStr([each for each in part.values if getattr(each, "value", None) != ""])
    kept = []
    for name in part._fields:  # some hundred thousand of them, at each start
        value = getattr(part, name, None)
        if value is None or value == [] or name == "kind":
            continue
        form = ascii(value) if type(value) is str else _form(value)
        if form != "[]":
            kept.append(f"{name}={form}")
    return f"{type(part).__name__}({','.join(kept)})"


def _is_mute(part: object) -> bool:
    """Whether it does nothing: a string that stands alone, as a docstring does."""
    if not isinstance(part, ast.Expr) or not isinstance(part.value, ast.Constant):
        return False
    return isinstance(part.value.value, str)
