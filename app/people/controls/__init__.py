"""等保证据: what the system itself can prove about its protection, measured from the live settings (security 88).

Words: a *control* is one line of config/protection/controls.yaml; its *measure* looks at what runs and finds it ok, not ok,
or not measurable here; a *report* keeps what was found at one moment, under a digest, and is never changed.
"""
