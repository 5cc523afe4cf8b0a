"""Blocks that are images by themselves, as they are stored."""
