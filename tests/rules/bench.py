#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benches of the engine still run: a moment of each, so that they do not rot between two measurements."""
import os
import subprocess
import tempfile

BUILD = os.environ.get('BUILD', 'build/test')
failed = 0
for command in (['bench_engine', '--runs', '1', '--seconds', '0.1', '--people', '300'],):
    with tempfile.TemporaryDirectory(prefix='kabar-test-') as folder:
        run = subprocess.run([f'{BUILD}/{command[0]}', *command[1:], '--dir', folder], capture_output=True, text=True, timeout=120)
    ok = run.returncode == 0 and '"per_s"' in run.stdout
    failed += not ok
    print(f'{"ok" if ok else "not ok"} {command[0]} runs', flush=True)
    if not ok:
        print('# ' + (run.stdout + run.stderr)[-600:].replace('\n', '\n# '), flush=True)
raise SystemExit(1 if failed else 0)
