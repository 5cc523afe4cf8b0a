"""What map clients read before they ask for tiles: TileJSON and WMTS."""
