"""The sections of the settings; hub/config.py puts them together."""
