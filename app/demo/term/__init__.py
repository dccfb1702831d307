"""The demo's screening term: a county asks, answers, computes and begins to decide; some students' stories in full."""
