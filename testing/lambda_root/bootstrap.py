"""What Lambda's Python runtime does before it calls ``awslambdaric``.

Of the runtime's own start only the order of folders matters here: the function's code,
then the layers, then what the runtime brings.
"""

from __future__ import annotations

import os
import site
import sys

LAYERS = "/opt/python"


def main() -> None:
    """Serve the Runtime API until killed."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = f"{LAYERS}/lib/{version}/site-packages"
    # The program's own folder gives way to the function's.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[1:1] = [packages, LAYERS]
    for folder in (packages, LAYERS):
        site.addsitedir(folder)

    from awslambdaric.__main__ import main as serve  # noqa: PLC0415  found on that path

    serve([sys.argv[0], os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
