"""Where pixels come from: files, warping, extents, CRSs."""
