"""A catalogue of STAC Items, and the datasets that they describe."""
