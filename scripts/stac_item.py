"""Print the STAC Item of a GeoTIFF; appended to a catalogue, it serves the file.

Several files with ``--asset`` are one dataset, as Sentinel-2's and Landsat's bands are.
With ``--overlay`` the Item is a weighted overlay of datasets that the catalogue has.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from raster_core.bands import RasterClass
from raster_core.catalogue.catalogue import check_id, parse_catalogue
from raster_core.errors import RasterError
from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from raster_core.ingest.overlay import describe_overlay
from raster_core.tile.colors.ramps import COLORMAP_NAMES


def main() -> int:
    """Print the Item, or the reason why there is none."""
    parser = _make_parser()
    args = parser.parse_args()
    if (args.file is not None) + bool(args.asset) + (args.overlay is not None) != 1:
        parser.error("give one of: a file, --asset (once or more), --overlay")
    if args.overlay and not (args.id and args.append):
        parser.error("--overlay needs --id, and --append for the datasets it names")
    try:
        item = _describe(args)
        _note(item)
        if args.append:
            _append(args.append, item)
            _note_absent(args.append.parent, item)
        else:
            print(json.dumps(item, indent=2, allow_nan=False))
    except (OSError, ValueError, RasterError) as error:
        print(f"{_subject(args)}: {error}", file=sys.stderr)
        return 1
    return 0


def _describe(args: argparse.Namespace) -> dict[str, Any]:
    files = _read_files(args)
    item_id = args.id or files[0].path.stem
    check_id(item_id)
    options = ItemOptions(
        id=item_id,
        title=args.title,
        description=args.description,
        provider=args.provider,
        datetime=args.datetime,
        colormap_name=args.colormap_name,
        classes=_read_classes(args.classes) if args.classes else (),
        alpha_is_data=args.alpha_is_data,
    )
    if not args.overlay:
        return describe_files(files, options)
    catalogue = parse_catalogue(args.append.read_bytes(), str(args.append))
    document = json.loads(args.overlay.read_text())
    return describe_overlay(document, catalogue.dataset, options)


def _note(item: dict[str, Any]) -> None:
    """Tell what a file has that is not simply its pixels."""
    for key, asset in item["assets"].items():
        beside = asset.get("rasterlet:sidecars")
        if beside:
            print(f"asset '{key}': read {', '.join(beside)} beside it", file=sys.stderr)
        if asset.get("rasterlet:alpha") == "mask":
            number = len(asset["bands"]) + 1
            print(
                f"asset '{key}': band {number} is marked as alpha and hides pixels "
                "where it is 0; if it holds values, give --alpha-is-data",
                file=sys.stderr,
            )


def _note_absent(folder: Path, item: dict[str, Any]) -> None:
    """Tell which files are not where a catalogue in this folder leads."""
    for key, asset in item["assets"].items():
        path = folder / asset["href"]
        if "://" not in asset["href"] and not path.exists():
            print(
                f"asset '{key}': the service will look for {path}, where there is "
                "none yet; --href names another place",
                file=sys.stderr,
            )


def _subject(args: argparse.Namespace) -> str:
    return str(args.file or args.overlay or ", ".join(args.asset))


def _read_files(args: argparse.Namespace) -> list[AssetFile]:
    """The files with their hrefs; none for an overlay."""
    if args.file:
        return [AssetFile("data", args.file, args.href or args.file.name)]
    folder = f"{args.href.rstrip('/')}/" if args.href else ""
    files: list[AssetFile] = []
    for text in args.asset:
        key, equals, name = text.partition("=")
        if not (key and equals and name):
            raise ValueError(f"'{text}' is not of the form KEY=FILE")
        if key in {file.key for file in files}:
            raise ValueError(f"asset '{key}' is given more than once")
        path = Path(name)
        files.append(AssetFile(key, path, f"{folder}{path.name}"))
    return files


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a local GeoTIFF")
    parser.add_argument(
        "--asset",
        action="append",
        default=[],
        metavar="KEY=FILE",
        help="one of several local GeoTIFFs and what it shows: red=B04.tif",
    )
    parser.add_argument(
        "--overlay",
        type=Path,
        metavar="JSON",
        help="a weighted overlay of datasets of the catalogue: "
        '{"layers": [{"dataset": …, "weight": …, "range": […]}, …]}',
    )
    parser.add_argument("--id", help="the dataset's id; default: the file's name")
    parser.add_argument(
        "--href",
        help="where the service finds the file: s3://, https://, or a path relative "
        "to the catalogue; default: the file's name. With --asset, the folder",
    )
    parser.add_argument("--title")
    parser.add_argument("--description")
    parser.add_argument("--provider", help="shown as attribution")
    parser.add_argument(
        "--datetime", type=_utc, help="what time the pixels show, ISO 8601"
    )
    parser.add_argument(
        "--colormap-name",
        choices=COLORMAP_NAMES,
        metavar="NAME",
        help="one of those that /colormaps lists, such as viridis",
    )
    parser.add_argument(
        "--classes", type=Path, help='JSON: {"1": {"name": …, "color": "#rrggbb"}}'
    )
    parser.add_argument(
        "--alpha-is-data",
        action="store_true",
        help="alpha bands hold values, such as near infrared, and hide nothing",
    )
    parser.add_argument(
        "--append",
        type=Path,
        metavar="CATALOGUE",
        help="put the Item into this catalogue, in place of one of the same id",
    )
    return parser


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_classes(path: Path) -> tuple[RasterClass, ...]:
    entries = json.loads(path.read_text())
    return tuple(
        RasterClass(int(value), entry["name"], entry.get("color"))
        for value, entry in entries.items()
    )


def _append(path: Path, item: dict[str, object]) -> None:
    if path.exists():
        catalogue = json.loads(path.read_text())
    else:
        catalogue = {"type": "FeatureCollection", "features": []}
    others = [old for old in catalogue["features"] if old["id"] != item["id"]]
    catalogue["features"] = [*others, item]
    text = json.dumps(catalogue, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
