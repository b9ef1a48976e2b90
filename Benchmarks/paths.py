"""Where things lie; commands run in CACHE, where their inputs are."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = ROOT / ".build" / "bench"
TOOL = ROOT / ".build" / "release" / "mediatool"
RESULTS = CACHE / "results.json"
DOCS = ROOT / "docs"


def run(*command):
    """What a command says; the end of the measurements if it fails."""
    try:
        result = subprocess.run([str(word) for word in command], text=True, cwd=CACHE,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
    except FileNotFoundError:
        sys.exit(f"bench: no {command[0]}; `make bench` installs and builds what is needed")
    if result.returncode:
        sys.exit(f"bench: {command[0]} failed:\n{result.stdout}")
    return result.stdout
