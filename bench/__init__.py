"""How fast it is, measured against partners in the same run: `make bench` prints one JSON object per figure."""
