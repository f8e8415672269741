#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the code says, the table of said screens, and words/id.words agree. Prints TAP.

A screen that is missing when it is said stops the gateway (it is our bug), so words without it are refused at the start, by the table handler_screens of
handlers/handlers.c; this holds the table to the code.
"""
import glob
import re
import sys

SAYING = r'(?:turn_say|turn_say_values|turn_ask|turn_notify|ask_values|list_item|words_of|alert_words|refuse_by|ask)\s*\('
bad = 0


def tell(name, faults):
    global bad
    print(('not ok ' if faults else 'ok ') + name)
    for fault in faults:
        print('#   ' + fault)
    bad += bool(faults)


words = set(re.findall(r'^(\w+) = ', open('menus/words/id.words', encoding='utf-8').read(), re.M))
table = open('handlers/handlers.c', encoding='utf-8').read()
table = set(re.findall(r'"(\w+)"', re.search(r'handler_screens\[\] = \{(.*?)\};', table, re.S).group(1)))
said, named = {}, {}
for path in sorted(glob.glob('handlers/*.c') + glob.glob('gateway/engine/*.[ch]')):
    text = open(path, encoding='utf-8').read()
    if path == 'handlers/handlers.c':
        continue
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    text = re.sub(r'\.(questions|keywords|dues) = .*?NULL\}', '', text, flags=re.S)
    for call in re.finditer(SAYING, text):
        statement = text[call.end():text.find(';', call.end())]
        for literal in re.findall(r'"(\w+)"', statement):
            said.setdefault(literal, path)
    for literal in re.findall(r'"(\w+)"', text):
        if literal in words:
            named.setdefault(literal, path)

# Screens of nodes are refused without words when the trees are read: they need no table, but a table may name them.
in_trees = set()
for path in glob.glob('menus/trees/*.menu'):
    in_trees.update(*re.findall(r'^(\w+) = \{|(?:screen|text) = "(\w+)"', open(path, encoding='utf-8').read(), re.M))

tell('every screen of the table stands in id.words', sorted(table - words))
tell('every screen that the code names stands in the table', [f'{named[s]}: {s}' for s in sorted(set(named) - table)])
tell('the code or a tree names every screen of the table', sorted(table - set(named) - in_trees))
looks = re.compile(r'[A-Z]{1,3}[0-9]{1,2}[a-z]*$')
tell('no screen is said that id.words does not know', [f'{path}: {s}' for s, path in sorted(said.items()) if looks.match(s) and s not in words])
sys.exit(1 if bad else 0)
