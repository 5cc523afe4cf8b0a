"""The Item of a dataset, to be read from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json


def absolute_item(dataset: Dataset, item_id: str) -> Json:
    """The dataset's STAC Item, in which its files are absolute paths or URLs.

    Args:
        dataset: A dataset of files, or an overlay, whose Item has none.
        item_id: The id that the Item gets.
    """
    item = {**dataset.item, "id": item_id}
    if dataset.assets:
        assets = dict(cast("Json", item["assets"]))
        for asset in dataset.assets:
            assets[asset.key] = {**cast("Json", assets[asset.key]), "href": asset.href}
        item["assets"] = assets
    return item
