"""Forms of problem lists and items: shape only; each fills the frozen dataclass of its operation."""
