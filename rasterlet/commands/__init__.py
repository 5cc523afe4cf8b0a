"""The command ``rasterlet``: a module for each of its subcommands."""
