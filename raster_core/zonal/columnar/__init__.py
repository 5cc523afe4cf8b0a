"""Statistics of many zones as columns: one array for each, no object per zone."""
