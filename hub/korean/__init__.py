"""The Korean language itself, as pure functions."""
