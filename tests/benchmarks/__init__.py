"""How fast csm is, as ratios to what runs on the same machine in the same minutes.

    python -m tests.benchmarks                      everything
    python -m tests.benchmarks startup --json       one group, as JSON
    python -m tests.benchmarks --codex PATH         beside the native Codex binary

Does not: pass or fail. Nothing here is a test; machines differ.
"""
