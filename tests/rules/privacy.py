#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/privacy.md: every file and test that a row names is there, each article that the law page must answer has a row, and every purpose of the store is in it."""
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARTICLES = ['4(2)', '5-13', '14', '20(2)', '21(1)', '22', '24', '25', '30', '31', '32', '34', '35-39', '40', '41', '43', '44', '45', '46', '56', '84']

with open(f'{TOP}/docs/privacy.md', encoding='utf-8') as f:
    page = f.read()
with open(f'{TOP}/storage/schema/sqlite/005_people.sql', encoding='utf-8') as f:
    purposes = re.findall(r"^\t\('(\w+)', \d+,", f.read(), re.M)
rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in page.split('\n') if re.match(r'\| (\d|UU)', line)]
bad = []
for row in rows:
    named = re.findall(r'`([^`]+)`', row[3] + row[4])
    bad += [f'{row[0]}: {name} is not there' for name in named if not os.path.exists(f'{TOP}/{name}')]
    bad += [f'{row[0]}: no file is named'] if not named else []
articles = ', '.join(row[0] for row in rows)
bad += [f'article {a} has no row' for a in ARTICLES if not re.search(rf'(^|[ ,]){re.escape(a)}($|,|g)', articles)]
bad += [f'the purpose {p} is not named' for p in purposes if f'`{p}`' not in page]
bad += [] if len(rows) > 15 and len(purposes) >= 5 else ['the page or the table of purposes cannot be read']
print('\n'.join(f'# {b}' for b in bad))
print('not ok privacy: articles, code and tests' if bad else 'ok privacy: articles, code and tests')
sys.exit(1 if bad else 0)
