"""Jipsa: a Korean-speaking butler for the home. The hub hears, understands and speaks."""
