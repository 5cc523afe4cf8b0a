"""Where pixels come from: catalogue, reading plan, projections, COG."""
