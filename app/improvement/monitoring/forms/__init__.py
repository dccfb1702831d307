"""Forms of monitoring: shape only; each fills the frozen input of its operation."""
