"""Write the suites' latest results into docs/performance.md.

``python -m benchmarks.report`` replaces what stands between each pair of markers, such
as ``<!-- bench-zonal -->`` and ``<!-- /bench-zonal -->``, by a table of the rows that
``make bench-zonal`` has kept in ``build/benchmarks/results/``. The last column is the
ratio in ``before.json``; ``--before`` writes that file from the results instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.shared.paths import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    type Rows = dict[str, dict[str, str | bool]]
    """By measure and peer, the fields of a ``Row``."""

PAGE = ROOT / "docs" / "performance.md"
BEFORE = Path(__file__).with_name("before.json")

SUITES = ("zonal", "tiles", "remote")


def main() -> int:
    """Rewrite the page, or the file it is compared with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--before",
        action="store_true",
        help="keep the results as those of before, and leave the page",
    )
    args = parser.parse_args()
    results = {suite: _read(suite) for suite in SUITES}
    if args.before:
        kept = {
            suite: {key: row["outcome"] for key, row in rows.items()}
            for suite, rows in results.items()
        }
        BEFORE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        return 0
    before = json.loads(BEFORE.read_text())
    page = PAGE.read_text()
    for suite, rows in results.items():
        if not rows:
            print(f"No results of {suite}: run make bench-{suite}", file=sys.stderr)
            continue
        table = "\n".join(_table(rows, before.get(suite, {})))
        page = _replace(page, suite, table)
    PAGE.write_text(page)
    return 0


def _read(suite: str) -> Rows:
    path = BUILD / "results" / f"{suite}.json"
    if not path.exists():
        return {}
    rows: Rows = json.loads(path.read_text())
    return rows


def _table(rows: Rows, before: dict[str, str]) -> Iterator[str]:
    yield "| | beside | peer | rasterlet | ratio | target | before |"
    yield "|---|---|---:|---:|---|---|---|"
    for key, row in rows.items():
        missed = "" if row["reached"] else " **missed**"
        cells = (
            *(row[name] for name in ("measure", "beside", "peer", "own", "outcome")),
            f"{row['target'] or 'none'}{missed}",
            before.get(key, ""),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _replace(page: str, suite: str, table: str) -> str:
    """The page with the table between the suite's markers."""
    start, end = f"<!-- bench-{suite} -->", f"<!-- /bench-{suite} -->"
    head, _, rest = page.partition(start)
    _, found, tail = rest.partition(end)
    if not found:
        raise SystemExit(f"{PAGE.name} has no {start} … {end}")
    return f"{head}{start}\n{table}\n{end}{tail}"


if __name__ == "__main__":
    sys.exit(main())
