#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`kabar menu`: every node is drawn once, with septets that are counted here by other means; the DOT holds every edge of the JSON; what is no node is told."""
import json
import re
import shutil
import subprocess
import tempfile

from libkabar import KABAR, SLOW, TOP, finish, test

CONF = 'gateway: { menus_dir = "%s/menus"; };\nbearers = ( { name = "n1"; kind = "null"; number = "+628110001"; } );\n' % TOP


def both(*words, code=0, conf=CONF):
    """What it writes to stdout and to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/gateway.conf', 'w') as f:
            f.write(conf)
        done = subprocess.run([KABAR, 'menu', *words, '-c', f'{folder}/gateway.conf'], capture_output=True, text=True, timeout=60 * SLOW)
    assert done.returncode == code, (words, conf, done.returncode, done.stderr)
    return done.stdout, done.stderr


def kabar(*words, code=0):
    return both(*words, code=code)[0 if code == 0 else 1]


def lines(path):
    with open(path, encoding='utf-8') as f:
        return [line.rstrip('\n') for line in f if re.match(r'\w+ .*=|\w+ =', line)]


def longest():
    """Of each language, the septets of each screen: one a sign, as all words are in the default alphabet, and the most that a place may become."""
    places = {line.split()[0]: int(line.split()[1]) for line in lines(f'{TOP}/menus/words/placeholders')}
    found = {}
    for lang in ('id', 'en'):
        words = dict(line.split(' = ', 1) for line in lines(f'{TOP}/menus/words/{lang}.words'))
        found[lang] = {name: len(re.sub(r'\{\w+\}', '', text)) + sum(places[p] for p in re.findall(r'\{(\w+)\}', text)) for name, text in words.items()}
    return found


def counted():
    septets, nodes = longest(), json.loads(kabar('--json'))
    assert len(nodes) > 40, len(nodes)
    for node in nodes:
        if node['screen']:
            assert node['septets']['id'] == septets['id'][node['screen']], (node, septets['id'][node['screen']])
            for lang in node['septets'].keys() & septets.keys():
                assert node['septets'][lang] == septets[lang][node['screen']], (node['id'], lang)


def drawn():
    nodes, text = {node['id']: node for node in json.loads(kabar('--json'))}, kabar()
    for name, node in nodes.items():
        assert len(re.findall(rf'(?:^|: ){name} \[{node["kind"]}', text, re.M)) == 1, name
    assert text.startswith('MENU: M0 [choice]  id '), text[:40]
    assert f'{len(nodes)} nodes' in text
    assert '  7: M7 [choice]' in text and '    1: DATA' in text


def one_node():
    text = kabar('M7', '--lang', 'id')
    assert text.startswith('M7 [choice]  id ') and '  | 1 Data saya' in text and 'M0' not in text, text
    assert 'there is no node X9' in kabar('X9', code=2)
    assert 'zz.words' in kabar('--lang', 'zz', code=2)


def faulty_configuration():
    folder = 'gateway: { menus_dir = "%s/menus"; };\n' % TOP
    for conf, fault in ((folder, r'bearers: none is configured.*'), (CONF + 'nothing: { };\nroutez: { };\n', r'\d+: .* \(and 1 more: kabar check -c \S+\)')):
        out, err = both(conf=conf)
        assert out == kabar(), conf
        assert re.fullmatch(rf'\S+/gateway\.conf: ?{fault}\n', err), (conf, err)
    assert 'syntax error' in both(code=2, conf='gateway: {')[1]
    assert '/nowhere/trees' in both(code=2, conf='gateway: { menus_dir = "/nowhere"; };')[1]


def dot():
    nodes, text = json.loads(kabar('--json')), kabar('--dot')
    assert text.startswith('digraph menus {') and text.rstrip().endswith('}')
    for node in nodes:
        assert re.search(rf'^\t"{node["id"]}" \[shape=', text, re.M), node['id']
        for edge in node['edges']:
            end = edge['target'][1:] if edge['target'][0] == '#' else (node['id'] if edge['target'][0] == '=' else '/') + edge['target']
            assert f'"{node["id"]}" -> "{end}" [' in text, (node['id'], edge)
    assert all(len(re.findall('"', line)) % 2 == 0 for line in text.split('\n'))


def broken():
    """`kabar check` with one node more in a copy of the menus: file, line and exit code."""
    cases = [
        ('ZZ = { choice = [ "#Q9" ]; screen = "M7"; from = [ "*" ]; };', 'there is no node Q9'),
        ('ZZ = { input = "register.nothing"; next = "#M0"; screen = "AK"; from = [ "*" ]; };', 'no service has the validator "register.nothing"'),
        ('ZZ = { action = "register.nothing"; outcomes = { done = "#M0"; }; from = [ "*" ]; };', 'no service has the action "register.nothing"'),
        ('ZZ = { branch = ( { fact = "nothing"; go = "#M0"; } ); else = "#M7"; from = [ "*" ]; };', 'no service knows the fact "nothing"'),
        ('ZZ = { end = true; screen = "BTL"; };', 'nothing leads here'),
        ('ZZ = { end = true; };', 'screen ZZ has no words'),
        ('ZZ = { choice = [ ', 'syntax error'),
    ]
    for tree, words in cases:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(f'{TOP}/menus', f'{folder}/menus')
            with open(f'{folder}/menus/trees/zz.menu', 'w') as f:
                f.write('# one line\n' + tree + '\n')
            with open(f'{folder}/gateway.conf', 'w') as f:
                f.write(CONF.replace(f'{TOP}/menus', f'{folder}/menus'))
            done = subprocess.run([KABAR, 'check', '-c', f'{folder}/gateway.conf'], capture_output=True, text=True, timeout=60 * SLOW)
        assert done.returncode in (1, 2), (tree, done.returncode, done.stderr)
        assert re.search(rf'trees/zz\.menu:[23]: .*{re.escape(words)}', done.stderr), (tree, done.stderr)


test('a broken node is told by kabar check, with file and line', broken)
test('the septets of every screen of a node are those that another program counts', counted)
test('every node is drawn once, the first menu first', drawn)
test('a node alone, with its words; what is none is told', one_node)
test('the DOT holds every node and every edge', dot)
test('a fault of the configuration is one line, and the menus are drawn all the same', faulty_configuration)
finish()
