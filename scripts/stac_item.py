"""Print the STAC Item of a GeoTIFF; appended to a catalogue, it serves the file."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from raster_core.errors import RasterError
from raster_core.grid import RasterClass
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.tile.colormap import COLORMAP_NAMES


def main() -> int:
    """Print the Item, or say why there is none."""
    args = _parse_arguments()
    options = ItemOptions(
        id=args.id or args.file.stem,
        href=args.href or args.file.name,
        title=args.title,
        description=args.description,
        provider=args.provider,
        datetime=args.datetime,
        colormap_name=args.colormap_name,
        classes=_read_classes(args.classes) if args.classes else (),
    )
    try:
        item = describe_raster(args.file, options)
    except (OSError, RasterError) as error:
        print(f"{args.file}: {error}", file=sys.stderr)
        return 1
    if args.append:
        _append(args.append, item)
    else:
        print(json.dumps(item, indent=2))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a local GeoTIFF")
    parser.add_argument("--id", help="the dataset's id; default: the file's name")
    parser.add_argument(
        "--href",
        help="where the service finds the file: s3://, https://, or a path relative "
        "to the catalogue; default: the file's name",
    )
    parser.add_argument("--title")
    parser.add_argument("--description")
    parser.add_argument("--provider", help="shown as attribution")
    parser.add_argument(
        "--datetime", type=_utc, help="what time the pixels show, ISO 8601"
    )
    parser.add_argument("--colormap-name", choices=COLORMAP_NAMES)
    parser.add_argument(
        "--classes", type=Path, help='JSON: {"1": {"name": …, "color": "#rrggbb"}}'
    )
    parser.add_argument(
        "--append",
        type=Path,
        metavar="CATALOGUE",
        help="put the Item into this catalogue, in place of one of the same id",
    )
    return parser.parse_args()


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
    path.write_text(json.dumps(catalogue, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
