"""The tests themselves: every one checks something whatever happens, and none depends on chance, speed or luck."""

import ast
import functools
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.rglob("*.py"))
HERE = Path(__file__).parent
CHECKS = re.compile(r"raises|warns|fail|expect|opcheck|wait_for_\w+|assert_\w+")
"""Calls that fail where something is not so."""
HANGING = 30
"""Seconds; a shorter time that a test insists on is one that a busy machine does not keep."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def called(node: ast.AST) -> Iterator[str]:
    """Names of the functions that are called in a piece of code, without what they belong to."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")


def always_checks(body: Iterable[ast.stmt], helpers: set[str]) -> bool:
    """Whether code checks something on the way that it always takes; the bodies of loops count as taken.

    helpers: names of functions that always check something.
    """

    def checks(node: ast.AST) -> bool:
        return any(name in helpers or CHECKS.fullmatch(name) for name in called(node))

    for line in body:
        if isinstance(line, ast.Assert):
            return True
        if isinstance(line, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)) and checks(line):
            return True
        if isinstance(line, (ast.With, ast.AsyncWith)):
            if any(checks(item.context_expr) for item in line.items) or always_checks(line.body, helpers):
                return True
        elif isinstance(line, ast.If):
            if always_checks(line.body, helpers) and always_checks(line.orelse, helpers):
                return True
        elif isinstance(line, ast.Try):
            others = [*(handler.body for handler in line.handlers), line.orelse]
            if always_checks(line.finalbody, helpers):
                return True
            if always_checks(line.body, helpers) and all(always_checks(b, helpers) for b in others if b):
                return True
        elif isinstance(line, (ast.For, ast.AsyncFor, ast.While)) and always_checks(line.body, helpers):
            return True
    return False


def functions(tree: ast.AST) -> list[Function]:
    """All functions of a module, those within others too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


@functools.cache
def helpers() -> set[str]:
    """Names of functions of the tests that always check something, wherever one of that name is defined."""
    known: dict[str, list[Function]] = {}
    for tree in TREES.values():
        for function in functions(tree):
            if not function.name.startswith("test"):
                known.setdefault(function.name, []).append(function)
    found, before = set[str](), -1
    while len(found) > before:
        before = len(found)
        found |= {name for name, those in known.items() if all(always_checks(f.body, found) for f in those)}
    return found


def careless(tree: ast.AST) -> Iterator[str]:
    """What is drawn by chance, insists on a short time, or skips what should be installed: code, line by line."""
    modules = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    for node in ast.walk(tree):
        words = ast.unparse(node) if isinstance(node, (ast.Call, ast.Assert)) else ""
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if name.startswith("random.") and "random" not in modules:  # a generator of that name
            continue
        seeded = isinstance(node, ast.Call) and bool(node.args or node.keywords)
        if re.fullmatch(r"(random\.(Random|SystemRandom)|(np|numpy)\.random\.(default_rng|RandomState))", name):
            if not seeded or "System" in name:
                yield words
        elif re.fullmatch(r"random\.\w+|(np|numpy)\.random\.\w+|os\.urandom|secrets\.\w+|uuid\.uuid4", name):
            if name not in ("random.seed", "np.random.seed") or not seeded:
                yield words
        elif "importorskip" in name:
            yield words
        if isinstance(node, ast.Assert) and re.search(r"(monotonic|perf_counter|time\.time)\(\)|\bpassed\b", words):
            limits = [c.value for c in ast.walk(node.test) if isinstance(c, ast.Constant)]
            if any(isinstance(value, (int, float)) and 0 < value < HANGING for value in limits):
                yield words


def local(path: Path) -> str:
    return str(path.relative_to(HERE))


@pytest.mark.parametrize("path", FILES, ids=local)
def test_every_test_checks_something_whatever_happens(path: Path) -> None:
    known = helpers()
    tests = [f for f in functions(TREES[path]) if f.name.startswith("test")]
    assert [f"{f.name}, line {f.lineno}" for f in tests if not always_checks(f.body, known)] == []


@pytest.mark.parametrize("path", FILES, ids=local)
def test_nothing_is_left_to_chance_or_speed(path: Path) -> None:
    assert list(careless(TREES[path])) == []


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "browser"], ids=local)
def test_browser_tests_wait_for_states(path: Path) -> None:
    allowed = {"visits.py": 1, "test_policy.py": 1}
    assert list(called(TREES[path])).count("wait_for_timeout") == allowed.get(path.name, 0)


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("assert x", True),
        ("run()", False),
        ("if x:\n    assert y", False),
        ("if x:\n    assert y\nelse:\n    assert z", True),
        ("try:\n    run()\nexcept ValueError as e:\n    assert e", False),
        ("try:\n    assert run()\nexcept ValueError as e:\n    pass", False),
        ("try:\n    run()\nfinally:\n    assert y", True),
        ("with pytest.raises(ValueError):\n    run()", True),
        ("with open(x) as y:\n    run(y)", False),
        ("for x in y:\n    assert x", True),
        ("for x in y:\n    if x:\n        assert x", False),
        ("expect(page).to_have_count(2)", True),
        ("torch.testing.assert_close(a, b)", True),
        ("found = [f() for f in checks]", False),
    ],
)
def test_what_counts_as_a_check(code: str, right: bool) -> None:
    assert always_checks(ast.parse(code).body, set()) == right


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("np.random.default_rng(0)", True),
        ("np.random.default_rng()", False),
        ("import random\nrandom.Random(5)", True),
        ("import random\nrandom.uniform(0, 1)", False),
        ("random = np.random.default_rng(0)\nrandom.uniform(0, 1)", True),
        ("np.random.normal(size=3)", False),
        ("os.urandom(5)", False),
        ("pytest.importorskip('cv2')", False),
        ("assert time.monotonic() - start < 5", False),
        ("assert time.monotonic() - start < 60", True),
        ("assert time.monotonic() < deadline, 'it hangs'", True),
    ],
)
def test_what_counts_as_careless(code: str, right: bool) -> None:
    assert (list(careless(ast.parse(code))) == []) == right


@pytest.mark.parametrize("category", [DeprecationWarning, PendingDeprecationWarning, FutureWarning])
def test_what_is_on_its_way_out_is_an_error_in_this_project_only(category: type[Warning]) -> None:
    def warn(module: str) -> None:
        warnings.warn_explicit("on its way out", category, "somewhere.py", 1, module=module)

    for module in ("app", "genai_demo.core.decode", "tests.test_suite", "benchmarks.text"):
        with pytest.raises(category):
            warn(module)
    with pytest.warns(category):
        warn("gradio.queueing")
