"""The home from outside (docs/remote.md): signed commands come in, and what may be seen goes out."""
