"""State machines of the care area (domain §3 B)."""
