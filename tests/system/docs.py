#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of the documentation are real: each subcommand and option exists, and what does no harm is typed against a gateway. The page for the night names every state of a
link and every alarm that there is."""
import os
import re
import shlex
import subprocess

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test

NIGHT = f'{TOP}/docs/jam-2-pagi.md'
OURS = '+6281100000001'


def text_of(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def commands(path):
    """Every `kabar ..` between backticks or in an indented block."""
    text = text_of(path)
    found = re.findall(r'`((?:build/)?kabar [^`]+)`', text)
    found += [line.strip() for line in text.split('\n') if re.match(r'    (build/)?kabar ', line)]
    return [re.sub(r'\s+(#|\().*', '', re.sub(r'^build/', '', c)) for c in found]


def usage(name):
    done = subprocess.run([KABAR, 'help', name], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def exist(path):
    found = commands(path)
    assert len(found) >= 5, f'{path}: only {found}'
    for command in found:
        words = shlex.split(command)
        said = usage(words[1])
        assert said, f'{path}: {command}: no such subcommand'
        for word in words[2:]:
            if word.startswith('--') and word != '--json':
                assert word in said, f'{path}: {command}: no such option'


def run_here(net, gateway, command):
    """The command with what stands for something replaced; its exit code and words."""
    command = command.replace('/media/usb', net.dir).replace('out:ID', 'out:1').replace(' ID', ' 1').replace(' N ', ' 1 ').replace('BERKAS', gateway.config)
    words = shlex.split(command)[1:]
    done = subprocess.run([KABAR, words[0], '-c', gateway.config, *words[1:]], capture_output=True, text=True, timeout=60 * SLOW)
    return done.returncode, done.stdout + done.stderr


def typed():
    """All of the page for the night, in its order; what changes something comes last."""
    late = ('kabar restore', 'kabar queue cancel', 'kabar clock confirm')
    found = list(dict.fromkeys(commands(NIGHT)))
    with Network() as net:
        gateway = Gateway(net, config='operators = ( { number = "+6281255509999"; } );').start()
        try:
            net.ask('+6281255500001', OURS, 'INFO DOKUMEN')
            net.ask('+6281255500001', OURS, 'TOLONG')
            backups = [c for c in found if c.startswith('kabar backup')]
            for command in [c for c in found if not c.startswith(late + ('kabar backup',))] + sorted(backups, key=lambda c: '--verify' in c):
                code, said = run_here(net, gateway, command)
                assert code == 0, f'{command}: exit {code}: {said}'
            for command in [c for c in found if c.startswith(late[1:])]:  # nothing waits, no clock is doubted: they say so
                code, said = run_here(net, gateway, command)
                assert code == 1 and 'usage' not in said, f'{command}: exit {code}: {said}'
        finally:
            gateway.stop()
        restores = [c for c in found if c.startswith('kabar restore')]
        assert restores
        for command in restores:
            code, said = run_here(net, gateway, command)
            assert code == 0, f'{command}: exit {code}: {said}'


def writable():
    """Where the documentation puts backups the service may write: its unit says so."""
    unit = text_of(f'{TOP}/docs/kabar.service.in')
    folders = re.search(r'^ReadWritePaths=(.*)$', unit, re.M).group(1).replace('-/', '/').split()
    named = re.findall(r'dir = "(/[^"]+)"', text_of(f'{TOP}/README.md') + text_of(NIGHT))
    named = [n for n in named if n != '/var/lib/kabar']
    assert named and all(any(n.startswith(f + '/') or n == f for f in folders) for n in named), (named, folders)


def words_of(path, macro):
    text = text_of(f'{TOP}/{path}')
    return re.findall(r'^\tX\(\w+, "(\w+)"', text[text.index(f'#define {macro}'):], re.M)


def complete():
    text = text_of(NIGHT)
    states = [w for w in words_of('gateway/base/condition.h', 'LINK_CONDITION_MAP') if w != 'ok']
    alarms = words_of('gateway/engine/alarm.h', 'ALARM_KIND_MAP')
    assert len(states) > 10 and len(alarms) > 10
    assert not [w for w in states if f'`[{w}]`' not in text], [w for w in states if f'`[{w}]`' not in text]
    assert not [w for w in alarms if f'`{w}`' not in text and f'`[{w}]`' not in text], [w for w in alarms if f'`{w}`' not in text]


for name in ('README.md', 'docs/jam-2-pagi.md'):
    test(f'the commands of {name} exist', exist, os.path.join(TOP, name))
test('the commands of the page for the night do what it says', typed)
test('the service may write where backups go', writable)
test('the page for the night names every state of a link and every alarm', complete)
finish()
