#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house: floors, who may include what, sizes, heads of files, top level of the tree. Prints TAP."""
import glob
import re
import statistics
import subprocess
import sys

FLOOR = [('gateway/base/', 0), ('gateway/bearer/', 1), ('menus/', 1), ('storage/', 1), ('handlers/', 2), ('gateway/engine/', 3),
         ('gateway/io/', 4), ('gateway/cli/', 4), ('gateway/', 4)]
ONLY = {'gammu.h': r'gateway/bearer/gsm_worker\.c', 'sqlite3.h': r'storage/db_(sqlite|backup)\.c', 'sodium.h': r'gateway/base/secret\.c',
        'microhttpd.h': r'gateway/bearer/ussd_http_server\.c', 'uv.h': r'gateway/(io/.*|gateway\.[ch]|bearer/.*)|sim/.*', 'libpq-fe.h': r'storage/db_pg\.c'}
TOP = {'gateway', 'handlers', 'menus', 'storage', 'sim', 'tests', 'docs', '.ci', 'Makefile', 'gateway.conf', 'README.md', 'ARCHITECTURE.md',
       'CONTRIBUTING.md', 'CHANGELOG.md', 'COPYING', 'DEPENDENCIES', '.clang-format', '.gitignore'}
bad = 0


def tell(name, faults):
    global bad
    print(('not ok ' if faults else 'ok ') + name)
    for fault in faults[:20]:
        print('#   ' + fault)
    bad += bool(faults)


def floor(path):
    return next((n for prefix, n in FLOOR if path.startswith(prefix)), None)


def folder(path):
    return next((prefix for prefix, _ in FLOOR if path.startswith(prefix)), None)


def includes(path):
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def functions(path):
    """Lengths of functions: from `{` to `}` at column 0."""
    start = None
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start:
            yield start, number - start
            start = None


tree = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard'], capture_output=True, text=True).stdout.split('\n')
if not any(tree):
    tree = [p for p in glob.glob('**/*', recursive=True)]
source = [p for p in tree if re.search(r'\.[ch]$', p)]
product = [p for p in source if not p.startswith('tests/')]

up, strangers, private, who = [], [], [], []
for path in source:
    here = floor(path)
    for line, name in includes(path):
        there = floor(name)
        base = name.split('/')[-1]
        if base in ONLY and not re.fullmatch(ONLY[base], path) and not path.startswith('tests/'):
            who.append(f'{path}:{line} includes {base}')
        if here is None or there is None:
            if path.startswith('sim/') and there not in (None, 0):
                private.append(f'{path}:{line} includes {name}')
            continue
        if there > here:
            up.append(f'{path}:{line} includes {name}, which is above it')
        elif there == here == 1 and folder(path) != folder(name):
            strangers.append(f'{path}:{line} includes {name}')
tell('includes point down only', up)
tell('the folders of floor 1 are strangers to each other', strangers)
tell('the simulator knows only the base', private)
tell('each library header is included where it belongs', who)
tell('C holds no clock and no chance below floor 4', [
    f'{p}:{n}' for p in product if (floor(p) in (2, 3) or p.startswith(('storage/', 'menus/')))
    for n, line in enumerate(open(p, encoding='utf-8'), 1) if re.search(r'\b(time|gettimeofday|clock_gettime|rand|random|getrandom|secret_random)\s*\(', line)
    and not line.lstrip().startswith(('*', '/'))])

size = [(p, sum(1 for _ in open(p, encoding='utf-8'))) for p in source]
tell('no file above 500 lines, no header above 160', [
    f'{p} has {n} lines' for p, n in size if n > (160 if p.endswith('.h') and not p.startswith('tests/') else 500)])
lengths = [(n, f'{p}:{at}') for p in product if p.endswith('.c') for at, n in functions(p)]
tell('no function above 80 lines', [f'{where} has {n} lines' for n, where in lengths if n > 80])
numbers = sorted(n for n, _ in lengths)
shape = (statistics.median(numbers), numbers[int(len(numbers) * .9)]) if numbers else (0, 0)
tell(f'functions: median {shape[0]} <= 15, 90 % {shape[1]} <= 50', [] if shape[0] <= 15 and shape[1] <= 50 else [f'{len(numbers)} functions'])

text = [p for p in tree if re.search(r'(\.(c|h|sh|py|sql|menu|keywords|words)|/run|Makefile)$', p) and not p.endswith(('.tsv',))]
tell('every source file names the licence', [p for p in text if 'SPDX-License-Identifier: GPL-2.0-or-later' not in open(p, encoding='utf-8').read(600)])
tell('every C file has a head that says what it is', [
    p for p in source if not re.search(r'/\*.*\b' + re.escape(p.split('/')[-1]) + r' - ', open(p, encoding='utf-8').read(900), re.S)])
tell('headers use #pragma once', [p for p in source if p.endswith('.h') and '#pragma once' not in open(p, encoding='utf-8').read()])
tell('nothing is left to be done later in the code', [
    f'{p}:{n}' for p in source for n, line in enumerate(open(p, encoding='utf-8'), 1) if re.search(r'\b(TODO|FIXME|XXX)\b', line)])
tell('the top of the tree holds what it may', sorted({p.split('/')[0] for p in tree if p} - TOP))
tell('the project knows no path of a machine', [
    p for p in tree if p and not p.startswith('tests/rules/') and re.search(r'\.(c|h|py|sh|md|conf|sql)$|/run$', p)
    and re.search(r'(/work/|/home/[a-z]|\.\./shared)', open(p, encoding='utf-8', errors='replace').read())])
tell('every Indonesian word for citizens is in menus/', [
    f'{p}:{n}' for p in product if p.startswith(('handlers/', 'gateway/engine/')) and p.endswith('.c')
    for n, line in enumerate(open(p, encoding='utf-8'), 1)
    if not line.lstrip().startswith(('/*', '*')) and re.search(r'"[^"]*\b(Anda|Balas|Maaf|Ketik|Terima kasih|petugas|Sedang)\b[^"]*"', line)])
sys.exit(1 if bad else 0)
