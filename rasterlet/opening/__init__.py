"""From what users name to datasets: files, addresses, STAC Items, catalogues."""
