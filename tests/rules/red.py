#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Unit tests that lean on a defence must fail without it (gateway/base/defence.h): a test that cannot fail proves nothing. System tests do the same by `make red`."""
import os
import subprocess

BUILD = os.environ.get('BUILD', 'build/test')
PROGRAMS = {
    'test_engine_sms': ['seen', 'guard_same'],
    'test_joiner': ['joiner_sender', 'joiner_place'],
    'test_engine_order': ['recipient_order', 'lane_turns', 'report_twice'],
    'test_engine_doubt': ['unknown_policy', 'reply_again', 'report_late'],
    'test_engine_out': ['report_early'],
    'test_engine_walk': ['unknown_policy', 'report_twice'],
}
failed = 0
for program, defences in PROGRAMS.items():
    for defence in defences:
        env = dict(os.environ, KABAR_WITHOUT=defence, ASAN_OPTIONS='detect_leaks=0')
        run = subprocess.run([f'{BUILD}/tests/{program}'], env=env, capture_output=True, text=True, timeout=200)
        red = run.returncode != 0 and 'not ok' in run.stdout  # an unknown name ends the program before it prints that
        failed += not red
        print(f'{"ok" if red else "not ok"} {program} is red without {defence}', flush=True)
raise SystemExit(1 if failed else 0)
