"""How every request and every write goes; knows no feature."""
