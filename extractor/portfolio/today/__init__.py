"""The work list of a day: what arrived, what needs a person, what is late, due, odd; each with what to do.

`asked.today` makes it; each section is a module of its own.
"""
