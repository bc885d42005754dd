"""A place to run Python that a model, or a visitor, has written: a process that can compute and nothing else.

The kernel refuses it new files, sockets, processes, and more time or memory; an audit hook (PEP 578) that the
program cannot reach refuses whatever else a program does to a machine. All it can say is one bit.
"""

import importlib.util
import secrets
import subprocess
import sys
import tempfile

CAN_RUN = importlib.util.find_spec("resource") is not None
"""Whether this system has the limits within which foreign code may run: POSIX systems do, Windows does not."""
SECONDS = 3
MEMORY = 512 * 2**20
MODULES = (
    "bisect", "collections", "copy", "datetime", "enum", "functools", "heapq", "io", "itertools", "json",
    "math", "operator", "random", "re", "string", "textwrap", "time", "typing",
)  # fmt: skip
"""What programs may import: it is there before files are out of reach."""
LIMITS = """
import resource, sys
for _name in {modules}:
    __import__(_name)
def _lock():
    harmless = frozenset((
        "builtins.id", "code.__new__", "compile", "exec", "import", "marshal.loads", "object.__getattr__",
        "sys._getframe", "sys.excepthook", "time.sleep",
    ))
    def refuse(event, arguments):
        if event not in harmless:
            raise PermissionError(event)
    for what, most in ((resource.RLIMIT_CPU, {seconds}), (resource.RLIMIT_AS, {memory}), (resource.RLIMIT_FSIZE, 0),
                       (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_NOFILE, 3), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
    sys.addaudithook(refuse)
_lock()
del _lock, resource, sys
sys = None
"""
"""What the child does before it reads a line of foreign code."""


def completes(program: str, seconds: int = SECONDS) -> bool:
    """Whether a program runs to its last line without an exception. seconds: of the processor, at most.

    Raises ValueError where the system has no such limits, see ``CAN_RUN``.
    """
    if not CAN_RUN:
        raise ValueError("Programs are tried within limits that only POSIX systems have. Use Linux or macOS.")
    limits = LIMITS.format(modules=MODULES, seconds=seconds, memory=MEMORY)
    word = secrets.token_hex(8)
    whole = f"{limits}\n{program}\n\n__import__('sys').__stdout__.write({word!r})\n"
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-c", whole], cwd=folder, env={}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds + 2,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0 and done.stdout.endswith(word.encode())
