"""How every request and every write goes: pipes to the outside and the rules that all features share."""
