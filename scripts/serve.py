"""Serve the API and the demo page on this machine: ``make demo``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import uvicorn

ROOT = Path(__file__).resolve().parent.parent

WELCOME = """
Rasterlet is at {url}

  Open it in a browser, click a country or draw a polygon.
{sample}  The catalogue:  {url}/datasets
  Every route:    {url}/docs

Ctrl-C stops it.
"""

OF_THE_SAMPLE = """\
  A tile:         {url}/datasets/landcover/tiles/3/2/3.png
  A value:        {url}/datasets/elevation/point?lon=-119.3&lat=37.9
"""

# As in serverless.yml: a pool of BLAS threads takes 30 ms for work of 0.3 ms, and glibc
# would return half a megabyte after every tile and allocate it again, a third of the
# time. Both are read when a process starts, so this is for the workers.
_LIKE_LAMBDA = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "8388608",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
}

# Limits that do not apply here: a laptop has gigabytes and hours where a function has
# 6 MB and seconds.
_UNLIMITED = (
    "RASTERLET_MAX_ANSWER",
    "RASTERLET_MAX_BODY",
    "RASTERLET_MAX_CROSSINGS",
    "RASTERLET_MAX_FEATURES",
    "RASTERLET_MAX_PIXELS",
    "RASTERLET_MAX_VERTICES",
)


# Bytes of a request before its body.
_MAX_HEAD = 2**20


def main() -> None:
    """Start as many processes as there are processors, at least two."""
    args = _parse_arguments()
    root = f"/{args.root_path.strip('/')}".rstrip("/")
    url = f"http://{args.host}:{args.port}{root}"
    os.environ.setdefault("RASTERLET_BASE_URL", url)
    os.environ.setdefault("RASTERLET_PAGE", str(ROOT / "frontend" / "dist"))
    for name, value in _LIKE_LAMBDA.items():
        os.environ.setdefault(name, value)
    for name in _UNLIMITED:
        os.environ.setdefault(name, "none")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    )
    sys.path.insert(0, str(ROOT))
    sample = "" if os.environ.get("RASTERLET_CATALOG") else OF_THE_SAMPLE
    print(WELCOME.format(url=url, sample=sample.format(url=url)), flush=True)
    uvicorn.run(
        "rasterlet.server.app:app",
        host=args.host,
        port=args.port,
        workers=args.workers,
        log_level="warning",
        # Longer requests than that are reset; shorter ones are told what is too long.
        http="h11",
        h11_max_incomplete_event_size=_MAX_HEAD,
    )


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument(
        "--root-path",
        default="",
        help="what stands before the routes where a proxy serves them, such as /geo",
    )
    parser.add_argument("--workers", type=int, default=max(2, os.cpu_count() or 2))
    return parser.parse_args()


if __name__ == "__main__":
    main()
