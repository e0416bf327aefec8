"""The outside judge of generated tests: makes suites with several tools and measures them alike.

It shares no code with the program it judges. Generating and judging are apart: a tool only ever
sees a private copy of a subject's source, a suite is judged as the files it left behind, by plain
pytest, coverage.py and mutants that somebody else's tool made. README.md says how to use it.
"""
