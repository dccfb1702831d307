"""Each role's first page: what waits for me, until when; then where everything stands. Reads only."""
