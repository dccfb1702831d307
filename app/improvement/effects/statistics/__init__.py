"""Statistics of effects as pure functions: growth, prediction, shrinkage, and intervals that keep their doubt (domain §7)."""
