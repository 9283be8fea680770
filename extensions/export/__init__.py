"""Sessions written out to be read without csm: as Markdown, as a page of HTML, as JSON.

Does not: read logs; the store does.
"""
