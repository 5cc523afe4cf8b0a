"""Zonal statistics: geometry, exact coverage, block plan, mergeable partials."""
