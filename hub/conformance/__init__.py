"""`jipsa bridge check`: whether a bridge by anybody keeps the contract (docs/bridge-check.md)."""
