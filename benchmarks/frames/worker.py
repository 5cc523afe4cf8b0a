"""One measurement of the frames suite in a process of its own.

``python -m benchmarks.frames.worker WAY PATH FIGURES COUNT`` prints a line
of JSON: seconds by the clock and of the processor, those of Rasterlet's engine, and the
columns of the table.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj  # noqa: F401  both sides would import it within their time

from benchmarks.frames.parcels import make_parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geopandas import GeoDataFrame

# Rasterlet's name of each set of figures, and exactextract's.
FIGURES = {
    "moments": (("count", "mean", "min", "max"), ("count", "mean", "min", "max")),
    "fractions": (("frac",), ("unique", "frac")),
}


def _ask_exactextract(
    parcels: GeoDataFrame, path: str, names: Sequence[str]
) -> Callable[[], pd.DataFrame]:
    from exactextract import exact_extract  # noqa: PLC0415  one side per process

    return lambda: exact_extract(path, parcels, list(names), output="pandas")


def _ask_rasterlet(
    parcels: GeoDataFrame, path: str, names: Sequence[str]
) -> Callable[[], pd.DataFrame]:
    import rasterlet.frames.counting as engine  # noqa: PLC0415
    from rasterlet import table  # noqa: PLC0415

    _time_calls(engine, "statistics_columns")
    _time_calls(table, "open_raster")
    return lambda: table.zonal_stats(parcels, path, stats=list(names))


def _time_calls(module: Any, name: str) -> None:
    """Add the processor's seconds of a module's function to ``_ENGINE``."""
    function = getattr(module, name)

    def timed(*args: Any, **kwargs: Any) -> Any:
        before = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            _ENGINE[0] += time.process_time() - before

    setattr(module, name, timed)


# Seconds of the processor that Rasterlet takes to open the raster and for the columns.
_ENGINE = [0.0]

_WAYS = {
    "exactextract": (_ask_exactextract, 1),
    "rasterlet": (_ask_rasterlet, 0),
}


def main() -> None:
    """Measure what the arguments say."""
    way, path, figures, count = sys.argv[1:]
    start, own = _WAYS[way]
    names = FIGURES[figures][own]
    compute = start(make_parcels(path, int(count)), path, names)
    gc.collect()
    clock, processor = time.perf_counter(), time.process_time()
    table = compute()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    answer = {
        "clock": clock,
        "processor": processor,
        "engine": _ENGINE[0],
        "table": _columns(table),
    }
    print(json.dumps(answer))


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    """Numbers by column; what has no number is 0, as a class that a zone lacks."""
    if "frac" in table:  # exactextract's arrays, one for each row
        table = _spread(table)
    return {
        name: np.nan_to_num(table[name].to_numpy(np.float64)).tolist()
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name])
    }


def _spread(table: pd.DataFrame) -> pd.DataFrame:
    """A column for each class of arrays of classes and of their fractions."""
    classes = np.concatenate(table["unique"].to_numpy())
    row = np.repeat(np.arange(len(table)), table["frac"].map(len))
    values, column = np.unique(classes, return_inverse=True)
    fractions = np.zeros((len(table), len(values)))
    fractions[row, column] = np.concatenate(table["frac"].to_numpy())
    return pd.DataFrame(fractions, columns=[f"frac_{value}" for value in values])


if __name__ == "__main__":
    main()
