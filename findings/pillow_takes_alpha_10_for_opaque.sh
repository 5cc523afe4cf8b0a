#!/usr/bin/env bash
# Pillow reads a palette of one transparent colour and one of alpha 10 as if 10 were opaque.
#
# Version: Pillow 12.0.0.
# Expected: a palette PNG whose tRNS chunk says 0, 10 has colours of alpha 0 and 10, as any
#   other pair of alphas has its own.
# Seen: 0, 9 and 0, 11 are read as they are; 0, 10 becomes 0, 255. Pillow matches the chunk
#   with ^\xff*\x00\xff*$ to find palettes of a single transparent entry, and "$" of Python
#   also matches before a last newline, which is byte 10. A tile of a faded class then
#   looks opaque to whatever decodes it with Pillow (tests, mosaics, image diffs); browsers
#   and GDAL read it right.
# Source: not documented; _simple_palette in src/PIL/PngImagePlugin.py.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==12.0.0
cd "$folder"
cat > alpha.py <<'PY'
import io, struct, sys, zlib

from PIL import Image, __version__


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def decoded(alpha):
    """Alpha of both pixels of an image that has colour 0 and colour 1."""
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", bytes(3) + bytes([200, 0, 0]))
        + chunk(b"tRNS", bytes([0, alpha]))
        + chunk(b"IDAT", zlib.compress(bytes([0, 0, 1])))
        + chunk(b"IEND", b"")
    )
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return [image.getpixel((x, 0))[3] for x in (0, 1)]


seen = {alpha: decoded(alpha) for alpha in (1, 9, 10, 11, 254)}
print("Pillow", __version__, seen)
sys.exit(0 if seen == {1: [0, 1], 9: [0, 9], 10: [0, 255], 11: [0, 11], 254: [0, 254]} else 1)
PY
"$folder/venv/bin/python" alpha.py
