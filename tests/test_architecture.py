"""Who may import whom, and what the engine may not touch."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = sorted((ROOT / "bot" / "advice").rglob("*.py"))

# Standard library, but clocks, chance, files, processes and networks: what would make two runs differ.
IMPURE = {
    "asyncio", "glob", "http", "io", "multiprocessing", "os", "pathlib", "pickle", "random", "secrets", "shelve",
    "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
IMPURE_FUNCTIONS = {"open", "eval", "exec", "compile", "input", "print", "__import__"}
CLOCKS = {"now", "utcnow", "today"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of every module that the source imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def impure_calls(tree: ast.AST) -> Iterator[str]:
    """Yield the name of every impure built-in and every clock that the source calls."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_FUNCTIONS:
            yield node.func.id
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            yield node.func.attr


def allowed(module: str) -> bool:
    """Say whether the engine may import the module."""
    top = module.split(".", maxsplit=1)[0]
    ours = module == "bot.advice" or module.startswith("bot.advice.")
    return ours or (top in sys.stdlib_module_names and top not in IMPURE)


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_imports_only_the_standard_library(path: Path) -> None:
    """The engine needs nothing installed, and no clock, chance, file or network of the standard library either."""
    assert [name for name in imports(ast.parse(path.read_text())) if not allowed(name)] == []


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_is_pure(path: Path) -> None:
    """The engine decides the same for the same input: it reads no clock or file, prints nothing and runs no text."""
    assert list(impure_calls(ast.parse(path.read_text()))) == []


def test_import_contracts_are_kept() -> None:
    """The import rules written in pyproject.toml hold for the code as it is."""
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
