"""WMTS: requests in key-value pairs, and a tile of one."""
