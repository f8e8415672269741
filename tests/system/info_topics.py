#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every information topic is reached by its name, by its other names and by the menu, by SMS and by USSD (tests/data/info_texts.tsv): the ways are written as
conversations and played by the program chat. Prints TAP."""
import collections
import os
import re
import subprocess
import tempfile

from libkabar import KABAR, SLOW, TOP, finish, test

SHOWN = 50  # characters of a text by which it is known: it may go on in another part, or on another page
Topic = collections.namedtuple('Topic', 'name texts others menu')


def lines(path):
    with open(f'{TOP}/{path}', encoding='utf-8') as f:
        return [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]


def shipped():
    """The texts of each topic, in order."""
    found = collections.defaultdict(list)
    for topic, _, text, _ in lines('storage/demo/info.tsv')[1:]:
        found[topic].append(text)
    return found


def agreed():
    topics = {}
    for keyword, _, text, others, menu in lines('tests/data/info_texts.tsv'):
        name, part = re.fullmatch(r'(.+?)(?: ([2-9]|1))?', keyword).groups()
        if part in (None, '1'):
            topics[name] = Topic(name, [text], others.split(', '), menu)
        else:
            topics[name].texts.append(text)
    return topics.values()


def play(title, said):
    """said: what is written, and whether the topic's text must come (else a screen on the way)."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/topic.chat', 'w', encoding='utf-8') as f:
            f.write(f'# {title} / ussd\n')
            for written, wanted in said:
                f.write(f'> {written}\n< {wanted}\n')
        done = subprocess.run([f'{os.path.dirname(KABAR)}/tests/chat', f'{folder}/topic.chat'], cwd=TOP, capture_output=True, text=True, timeout=120 * SLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def reached(topic):
    text = shipped()[topic.name][0][:SHOWN] + '..'
    name = topic.name if topic.name.startswith('KONTAK ') else f'INFO {topic.name}'
    said = [(words, text) for words in [name] + topic.others]
    *way, last = re.findall(r'\d|[a-z].*', topic.menu)
    play(topic.name, said + [('menu', '..')] + [(words, '..') for words in way] + [(last, text)])


def by_name_alone(topic):
    assert topic.others == ['-'], topic
    play(topic.name, [(f'INFO {topic.name}', shipped()[topic.name][0][:SHOWN] + '..')])
    with open(f'{TOP}/menus/trees/info.menu', encoding='utf-8') as f:
        assert f'"INFO {topic.name}"' not in f.read()


def as_agreed():
    ours, theirs = shipped(), {topic.name: topic.texts for topic in agreed()}
    assert set(ours) == set(theirs), set(ours) ^ set(theirs)  # a new topic needs its ways
    assert not [name for name, texts in theirs.items() if texts != ['*'] and texts != ours[name]]


test('the drafts that ship are the agreed words, and each topic has its ways', as_agreed)
for one in agreed():
    if one.menu == '-':
        test(f'{one.name} is a notice: by its name, on no menu', by_name_alone, one)
    else:
        test(f'{one.name} by name, by other names, by the menu', reached, one)
finish()
