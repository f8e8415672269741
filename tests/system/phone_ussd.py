#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone dials. Over a small server of the form that we wrote here: what it posts, how it shows a screen, and what it makes of a bad answer. Over the
real gateway: a registration that is dialled, and SMS that come meanwhile."""
import http.server
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.parse

from libkabar import KABAR, SLOW, Gateway, Network, finish, test, until

A, B = '+6281255500001', '+6281255500002'
OURS = '+6281100000001'
MENU = 'Kabar\n1 Daftar\n2 Cek status yang panjang sekali sampai tidak muat di satu baris\n7 Lainnya'
BOX = re.compile('^(┌.*┐|│.*│|└.*┘)$')


class Form:
    """A server of Africa's Talking's form that keeps what was posted and answers what it is told to; with the configuration of a gateway that would listen there."""

    def __init__(self, *answers, listen='127.0.0.1', more=''):
        self.answers = list(answers) or ['CON ' + MENU]
        self.posts, self.heads, self.ends = [], [], []
        form = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                fields = dict(urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True))
                form.heads.append((self.path, dict(self.headers)))
                form.answer(self, fields)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.dir = tempfile.mkdtemp(prefix='kabar-test-')
        self.config = f'{self.dir}/gateway.conf'
        self.listen = f'{listen}:{self.server.server_port}'
        with open(self.config, 'w') as f:
            f.write(f'bearers = ( {{ name = "umb"; kind = "ussd-http"; listen = "{self.listen}"; path = "/dial"; code = "*123#"; {more} }} );\n')

    def answer(self, handler, fields):
        if 'status' in fields:
            self.ends.append(fields)
            said, status = '', 200
        else:
            self.posts.append(fields)
            said, status = self.answers[min(len(self.posts), len(self.answers)) - 1], 200
        if isinstance(said, tuple):
            status, said = said
        if status == 0:  # no HTTP
            handler.wfile.write(said.encode())
            return
        handler.send_response(status)
        handler.send_header('Content-Length', str(len(said.encode())))
        handler.end_headers()
        handler.wfile.write(said.encode())

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.dir)

    def phone(self, *words, code=0, stdin=None):
        done = subprocess.run([KABAR, 'phone', '-c', self.config, A, *words], input=stdin, capture_output=True, text=True, timeout=60 * SLOW)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done.stdout, done.stderr


def posts():
    answers = ('1', 'Siti & Demo', '50% + 1=*2#', 'Ålesund é')
    with Form('CON ' + MENU, 'CON b', 'CON c', 'CON d', 'END Terima kasih') as form:
        said, _ = form.phone('--dial', '*123#', *answers)
        assert [p['text'] for p in form.posts] == ['', '1', '1*Siti & Demo', '1*Siti & Demo*50% + 1=*2#', '*'.join(answers)], form.posts
        assert {p['sessionId'] for p in form.posts + form.ends} == {form.posts[0]['sessionId']} and len(form.posts[0]['sessionId']) > 20
        for p in form.posts:
            assert p['phoneNumber'] == A and p['serviceCode'] == '*123#' and p['networkCode'], p
        assert {path for path, _ in form.heads} == {'/dial'}
        assert all(h['Content-Type'] == 'application/x-www-form-urlencoded' and 'Authorization' not in h for _, h in form.heads), form.heads
        assert len(form.ends) == 1 and form.ends[0]['status'] == 'Success' and form.ends[0]['hopsCount'] == '5', form.ends
        assert 'answer: Siti & Demo\n' in said and 'Terima kasih' in said and 'ended' in said, said
        form.phone('--dial', '*123#')
        assert form.posts[-1]['sessionId'] != form.posts[0]['sessionId']


def straight():
    with Form('CON b', 'END c') as form:
        form.phone('--dial', '*123*4*2#', '1')
        assert [(p['serviceCode'], p['text']) for p in form.posts] == [('*123*4*2#', ''), ('*123*4*2#', '1')], form.posts


def hangs_up():
    for words in (['/end'], [''], []):
        with Form() as form:
            form.phone('--dial', '*123#', '1', *words)
            assert [p['text'] for p in form.posts] == ['', '1'] and [e['status'] for e in form.ends] == ['Incomplete'], (form.posts, form.ends)
    with Form('END b') as form:
        _, err = form.phone('--dial', '*123#', '1', code=1)
        assert 'ended before this answer: 1' in err, err


def boxes():
    long = 'x' * 100
    with Form('CON ' + MENU + f'\né{long}\n\nbaris\x1b[2Jjahat', 'END ' + 'satu dua tiga ' * 9) as form:
        said, _ = form.phone('--dial', '*123#', '1')
    rows = [r for r in said.split('\n') if r and not r.startswith(('dial: ', 'answer: '))]
    assert all(BOX.match(r) for r in rows) and {len(r) for r in rows} == {40}, rows
    inside = [r[2:-2].rstrip() for r in rows if r[0] == '│']
    assert '\x1b' not in said, said
    assert inside[0] == 'Kabar' and inside[1] == '1 Daftar' and '' in inside, inside
    assert inside[2] == '2 Cek status yang panjang sekali' and inside[3] == 'sampai tidak muat di satu baris', inside
    assert ''.join(r for r in inside if set(r) <= {'x', 'é'}) == 'é' + long, inside
    assert re.search(r'└─ 126 septets, ended ', said) and '┌─ *123# ' in said, said


def bad_answers():
    for answer, words in (((400, 'sessionId is missing'), 'answers 400: sessionId is missing'), ((200, 'HALO x'), 'answers 200: HALO x'), ((503, ''), 'answers 503'),
                          ((0, 'what\r\n\r\n'), 'no HTTP'), ((0, ''), 'no HTTP')):
        with Form(answer) as form:
            said, err = form.phone('--dial', '*123#', '1', code=1)
            assert 'Connection problem' in said and words in err and len(form.posts) == 1, (answer, said, err)
    with Form() as form:
        form.server.server_close()
        said, err = form.phone('--dial', '*123#', code=1)
        assert form.listen in err and 'nobody listens' in err, err


def not_dialled():
    with Form() as form:
        for code, status in (('*124#', 1), ('*1234#', 1), ('*12#', 1), ('*123', 2), ('123#', 2), ('*12a#', 2)):
            _, err = form.phone('--dial', code, code=status)
            assert code in err, err
        form.phone('1', code=2)  # answers to nothing
        form.phone('--dial', '*' + '1' * 200 + '#', code=1)
        assert form.posts == [] and form.ends == []


def reached():
    for listen in ('0.0.0.0', '127.0.0.1'):
        with Form('END b', listen=listen, more='token = "sandi-gerbang-0123456789abcdef";') as form:
            form.phone('--dial', '*123#')
            assert all(h['Authorization'] == 'Bearer sandi-gerbang-0123456789abcdef' for _, h in form.heads) and len(form.heads) == 2, form.heads


class Terminal:
    """The phone at a terminal, over a simulated network."""

    def __init__(self, over, net):
        self.master, slave = pty.openpty()
        self.phone = subprocess.Popen([KABAR, 'phone', '-c', over.config, A, '--to', OURS, '--network', f'{net.dir}/net/control'],
                                      stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.said = ''

    def type(self, text):
        os.write(self.master, text.encode())

    def shows(self, words):
        """Waits until the words have been shown, and forgets what was until then."""
        def look():
            if select.select([self.master], [], [], 0.1)[0]:
                self.said += os.read(self.master, 4096).decode(errors='replace').replace('\r\n', '\n')
            return words in self.said
        until(look, 20, lambda: f'{words!r} in {self.said!r}')
        before, self.said = self.said.split(words, 1)
        return before

    def ends(self):
        self.type('\x04')
        code = self.phone.wait(10 * SLOW)
        os.close(self.master)
        return code


def at_a_terminal():
    with Form('CON ' + MENU, 'CON Nama?', 'END Selesai') as form, Network() as net:
        phone = Terminal(form, net)
        phone.shows('Dial: *123#')
        phone.shows('-> ')
        phone.type('*123#\n')
        assert '┌─ *123# ' in phone.shows('answer: ')
        phone.type('1\n')
        phone.shows('│ Nama?')
        phone.shows('answer: ')
        phone.type('SITI\n')
        phone.shows('Selesai')
        phone.shows('ended ')
        phone.shows('-> ')  # an SMS is written again
        phone.type('*123#\n')
        phone.shows('-> ')
        form.answers = ['CON ' + MENU]
        phone.type('*123#\n')
        phone.shows('answer: ')
        phone.type('\n')
        phone.shows('hung up')
        phone.shows('-> ')
        phone.type('*123#\n')
        phone.shows('answer: ')
        assert phone.ends() == 0
        assert [e['status'] for e in form.ends] == ['Success', 'Success', 'Incomplete', 'Incomplete'], form.ends


def from_a_pipe():
    """Lines that come at once, and lines one by one while the pipe stays open."""
    with Form('CON ' + MENU, 'CON Nama?', 'END Selesai') as form, Network() as net:
        words = ['--to', OURS, '--network', f'{net.dir}/net/control']
        said, _ = form.phone(*words, stdin='*123#\n1\nSITI DEMO')
        assert [p['text'] for p in form.posts] == ['', '1', '1*SITI DEMO'] and 'Selesai' in said, (form.posts, said)
        form.phone(*words, stdin='*124#\n', code=1)
        phone = subprocess.Popen([KABAR, 'phone', '-c', form.config, A, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        form.answers = ['CON ' + MENU]
        phone.stdin.write(b'*123#\n1\n2\n')  # in one write
        phone.stdin.flush()
        until(lambda: form.posts[-1]['text'] == '1*2', 20, lambda: form.posts)
        phone.stdin.close()
        assert phone.wait(20 * SLOW) == 0 and form.ends[-1]['status'] == 'Incomplete', form.ends


def script():
    with Form('CON ' + MENU, 'END Selesai') as form, Network() as net:
        words = ['--to', OURS, '--network', f'{net.dir}/net/control', '--script', f'{form.dir}/talk.txt']
        for talk, code in (('> *123#\n< Daftar\n> 1\n< Selesai\n', 0), ('> *123#\n< Selesai\n', 1), ('> *124#\n', 1)):
            form.posts.clear()
            with open(f'{form.dir}/talk.txt', 'w') as f:
                f.write(talk)
            form.phone(*words, code=code)
        assert [e['status'] for e in form.ends] == ['Success', 'Incomplete'], form.ends


def served(net):
    """The real gateway over a modem, to be dialled by *123#."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    return Gateway(net, bearers=f'{{ name = "m1"; kind = "gsm"; device = "net/m1"; number = "{OURS}"; per_minute = 6000; }}, '
                                f'{{ name = "umb"; kind = "ussd-http"; listen = "127.0.0.1:{port}"; code = "*123#"; }}')


def screens_of(said):
    """The texts of all boxes, each on one line."""
    found = [[]]
    for row in said.split('\n'):
        if row.startswith('┌'):
            found.append([])
        elif row.startswith('│'):
            found[-1].append(row[2:-2].strip())
    return [' '.join(rows) for rows in found[1:]]


def registers():
    with Network() as net, served(net) as gateway:
        gateway.wait_up(['m1', 'umb'])
        said = screens_of(gateway.cli('phone', A, '--dial', '*123#', '1', '1', 'Siti Demo', '5203075708909901', '1203', '3', '1'))
        wanted = ('Kabar Desmigratif', 'Setuju?', 'Nama lengkap', 'NIK di KTP', 'Desa asal?', 'Negara kerja', 'SITI DEMO', 'Terdaftar.')
        assert len(said) == len(wanted) and all(w in s for w, s in zip(wanted, said)), said
        assert 'SITI D.' in net.ask(A, OURS, 'CEK')
        said = screens_of(gateway.cli('phone', B, '--dial', '*123*4#', '1'))  # straight to a screen
        assert 'Info kerja aman' in said[0] and 'Syarat' in said[1], said


def goes_on():
    """A line that drops, and the same question when the phone dials again."""
    with Network() as net, served(net) as gateway:
        gateway.wait_up(['m1', 'umb'])
        first = screens_of(gateway.cli('phone', A, '--dial', '*123#', '1', '1', 'Siti Demo', '/end'))
        second = screens_of(gateway.cli('phone', A, '--dial', '*123#'))
        assert 'NIK di KTP' in first[-1] and second == first[-1:], (first, second)


def sms_meanwhile():
    with Network() as net, served(net) as gateway:
        gateway.wait_up(['m1', 'umb'])
        phone = Terminal(gateway, net)
        phone.shows('-> ')
        phone.type('*123#\n')
        phone.shows('Balas angkanya')
        phone.shows('answer: ')
        net.send(A, OURS, 'INFO BIAYA')  # as if by another hand
        phone.shows('<- (DRAF) PMI tidak')
        phone.shows('answer: ')
        phone.type('/end\n')
        phone.shows('hung up')
        assert phone.ends() == 0


test('dialling posts all answers so far, and the end', posts)
test('straight dialling names all that was dialled', straight)
test('/end, an empty answer and the end of input hang up', hangs_up)
test('a screen stands in a box, cut at word ends', boxes)
test('an answer that is no screen is told', bad_answers)
test('what is no code of the gateway is not dialled', not_dialled)
test('a listener on all addresses is reached over loopback, with its token', reached)
test('a person at a terminal dials, answers and hangs up', at_a_terminal)
test('lines of a pipe dial and answer', from_a_pipe)
test('a script dials, answers and looks at screens', script)
test('a registration is dialled', registers)
test('a dropped line is taken up by dialling again', goes_on)
test('an SMS that comes in the middle of a session is shown', sms_meanwhile)
finish()
