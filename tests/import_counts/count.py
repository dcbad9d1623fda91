#!/usr/bin/env python3
"""Counts what source files describe, without the importer, and what is in the world that `vpcdns import` makes of them.

    tests/import_counts/count.py [--binary VPCDNS] [--each] [--together] [--verbose] PATH…

Each PATH, a file or a folder, is one import. With --each every file below a folder is one too; with --together all PATHs are one.
Prints each difference that no note of the importer names; exits with 1 if there is one.
"""

import argparse
import os
import subprocess
import sys

sys.dont_write_bytecode = True

import source
import world
from compare import Comparison, notes_of
from reading import files_below, text_of


def imported(binary, paths):
    """Exit code, the world file and the notes, all of them."""
    for more in (["--notes", "all"], []):
        ran = subprocess.run([binary, "import", *more, *paths], capture_output=True, text=True, errors="replace")
        if ran.returncode == 0 or "unexpected argument" not in ran.stderr:
            break
    return ran.returncode, ran.stdout, ran.stderr


def check(binary, paths, verbose, shown=None):
    """How many differences one import has; None if it is refused aloud: nothing is lost in silence then."""
    code, out, notes = imported(binary, paths)
    title = " ".join(paths)
    if code != 0 and not out.strip():
        errors = [line for line in notes.splitlines() if "error" in line.lower()] or notes.splitlines() or [f"exit code {code}"]
        print(f"{title}: refused: {errors[0]}")
        return None if notes.strip() else 1
    things = source.things_of(paths)
    comparison = Comparison(things, world.things_of(out if shown is None else shown), notes_of(notes))
    if verbose:
        print(f"{title}: " + ", ".join(f"{kind} {ours}/{theirs}" for kind, ours, theirs in comparison.counts() if ours or theirs))
        for message, note in comparison.excused:
            print(f"    excused: {message}\n        by {note.line}")
    for difference in comparison.differences:
        print(f"{title}: {difference}" if len(paths) > 1 or os.path.isdir(paths[0]) else difference)
    return len(comparison.differences)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(os.path.dirname(__file__), "../../target/debug/vpcdns"))
    parser.add_argument("--each", action="store_true", help="every file below a folder by itself too")
    parser.add_argument("--together", action="store_true", help="all PATHs as one import")
    parser.add_argument("--world", metavar="FILE", help="compare with this world file instead of the printed one")
    parser.add_argument("--verbose", action="store_true", help="print the counts, and what notes excuse")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    given = parser.parse_args()
    imports = [given.paths] if given.together else [[path] for path in given.paths]
    if given.each:
        imports += [[file] for path in given.paths if os.path.isdir(path) for file in files_below(path)]
    shown = text_of(given.world) if given.world else None
    found = [check(given.binary, paths, given.verbose, shown) for paths in imports]
    differences = sum(filter(None, found))
    print(f"{len(imports)} imports, {found.count(None)} refused, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
