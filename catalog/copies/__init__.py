"""Finding what is written twice: equal and nearly equal paragraphs, and the fragments that could say them once.

`paragraphs` and `alike` are pure; `reading` takes the texts out of the database, `groups` and `planning`
say which belong together and what can be done about it. What is done is in catalog.operations.uniting.
"""
