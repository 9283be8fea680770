"""The least that a full-screen program with a line to write in can be: prompt_toolkit and nothing else.

usage: python bare.py
"""

from prompt_toolkit import Application
from prompt_toolkit.layout import Layout
from prompt_toolkit.widgets import TextArea

Application(layout=Layout(TextArea()), full_screen=True).run()
