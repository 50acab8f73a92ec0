"""What the project's own files promise to the person who installs, builds or tests it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()


def normal(name: str) -> str:
    """Return a package's name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    """Return each locked package with its version."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE))


def asked_for() -> list[str]:
    """Return the name of each package that requirements.in asks for."""
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return [normal(re.split(r"[^\w.-]", line)[0]) for line in lines if line and not line.startswith("#")]


def make(*arguments: str) -> str:
    """Return what make prints, run without the variables of a make that may have started these tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_lock_holds_no_address() -> None:
    """The lock installs from whichever registry a machine is set up for, so it names none."""
    assert not re.search(r"://|\bfile:|--(?:extra-)?index-url|--find-links| @ ", LOCK)


@pytest.mark.parametrize("package", asked_for())
def test_what_is_asked_for_is_locked(package: str) -> None:
    """Every package named in requirements.in has its exact version in the lock."""
    assert package in locked(), f"{package} is in requirements.in but not locked: run `make lock`"


def test_every_locked_package_has_a_hash() -> None:
    """No package is installed whose content was not seen when the lock was made."""
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_installed_packages_agree() -> None:
    """Every installed package finds the others at versions it accepts."""
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run([uv, "pip", "check", "--python", sys.executable], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_make_help_lists_every_target() -> None:
    """A person who types `make help` sees every target there is, each with a sentence."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", make("help"), re.MULTILINE))
    assert set(listed) == targets >= {"run", "test", "check", "bench", "help", "train", "lock", "clean", "lint"}


def test_make_alone_shows_help() -> None:
    """`make` without a target changes nothing: it shows what there is."""
    assert make() == make("help")


@pytest.mark.parametrize("script", ["scripts/bootstrap", "scripts/find-python", "scripts/lock", ".ci/run"])
def test_scripts_can_be_started(script: str) -> None:
    """Each script is executable and reads as valid bash."""
    path = ROOT / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)


def test_a_python_that_really_runs_is_found(tmp_path: Path) -> None:
    """A broken python3.10 on the way is passed over for one that works."""
    broken = tmp_path / "python3.10"
    broken.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "ADVISOR_PYTHON": sys.executable}
    done = subprocess.run([ROOT / "scripts/find-python"], env=environment, capture_output=True, text=True, check=True)
    found = done.stdout.strip()
    version = subprocess.run([found, "-V"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("Python 3.10.")


SKIPPING = {
    "a test that skips": "import pytest\ndef test_it(): pytest.skip('no server here')\n",
    "a module that skips": "import pytest\npytest.skip('no server here', allow_module_level=True)\n",
}


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING.keys())
@pytest.mark.parametrize(("ci", "passes"), [("true", False), ("", True)])
def test_nothing_is_skipped_in_ci(source: str, ci: str, passes: bool, tmp_path: Path) -> None:
    """With CI=true a skip is a failure that tells its reason; at a person's desk it stays a skip."""
    (tmp_path / "test_skips.py").write_text(source)
    output = run_pytest(tmp_path, ci)
    assert ("failed" not in output and "error" not in output) is passes
    assert "no server here" in output


def test_an_expected_failure_is_not_a_skip(tmp_path: Path) -> None:
    """A test marked as an expected failure does not fail in CI."""
    (tmp_path / "test_xfail.py").write_text("import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n")
    assert "1 xfailed" in run_pytest(tmp_path, "true")


def run_pytest(folder: Path, ci: str) -> str:
    """Return the output of a pytest of its own, in the folder, with the plugin and nothing else of ours."""
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT / 'tests/plugins'}\naddopts = -p no_skips -rs\n")
    environment = {**os.environ, "CI": ci}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout
