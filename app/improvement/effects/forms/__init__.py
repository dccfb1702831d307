"""Forms of evaluations, closure requests and rechecks; each fills the dataclass that its operation takes."""
