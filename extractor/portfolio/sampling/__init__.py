"""Values drawn at random, shown beside their pages to a person, and the accuracy that the answers prove.

frame.py    what is drawn from: how many values each bill has, and which
choice.py   chance: how many of each group, and which
values.py   a value of a record: its place, its text, its name
draw.py     a sample drawn
crops.py    the marked pieces of pages
page.py     the page and the table of answers
kept.py     samples and answers in the store
answers.py  what a person filled in
measure.py  intervals of accuracy
results.py  what the answers come to
"""
