"""``python -m rasterlet`` is the command ``rasterlet``."""

from rasterlet.commands.main import run

if __name__ == "__main__":
    run()
