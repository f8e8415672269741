#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""USSD gateways that ask by HTTP: the real daemon, spoken to over plain sockets as they do, as broken ones do, and as nobody should."""
import concurrent.futures
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time
from urllib.parse import quote, urlencode

from libkabar import KABAR, SLOW, Gateway, finish, test, until

LIMIT_S = 20 * SLOW
NUMBER = '+6281255500001'
TOKEN = 'a-token-of-24-characters'
NULL = '{ name = "n1"; kind = "null"; number = "+6281100000001"; }'
DOWN = 'END Layanan sedang terganggu.'
LATE = 'END Sedang diproses.'


class Folder:
    """Where a gateway without modems lives."""
    modems = {'u1': ''}

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix='kabar-test-')
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Served:
    """A gateway with a listener on a port of its own; more keys of the bearer as text."""

    def __init__(self, keys='', config='', **more):
        self.port = free_port()
        self.folder = Folder()
        self.keys, self.config, self.more = keys, config, more

    def __enter__(self):
        self.folder.__enter__()
        bearer = f'{{ name = "u1"; kind = "ussd-http"; listen = "127.0.0.1:{self.port}"; code = "*123#"; {self.keys} }}'
        self.kabar = Gateway(self.folder, bearers=f'{bearer}, {NULL}', config=self.config, **self.more).start()
        return self

    def __exit__(self, kind, *_):
        try:
            self.kabar.__exit__(kind)
        finally:
            self.folder.__exit__()

    def connect(self):
        return Line(self.port)

    def ask(self, *a, **k):
        with self.connect() as line:
            return line.ask(*a, **k)

    def sessions(self):
        return self.kabar.sql('select session, peer, owed, ended from ussd order by session')


def form(session='s1', phone=NUMBER, code='*123#', text='', **more):
    fields = dict(sessionId=session, phoneNumber=phone, networkCode='51001', serviceCode=code, text=text, **more)
    return urlencode({k: v for k, v in fields.items() if v is not None}).encode()


def request(body, method='POST', path='/ussd', **headers):
    head = {'Host': 'kabar', 'Content_Type': 'application/x-www-form-urlencoded', 'Content_Length': str(len(body)), **headers}
    lines = [f'{method} {path} HTTP/1.1'] + [f'{k.replace("_", "-")}: {v}' for k, v in head.items() if v is not None]
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    def __repr__(self):
        return f'{self.status} {self.text!r}'


class Line:
    """One connection."""

    def __init__(self, port):
        self.s = socket.create_connection(('127.0.0.1', port), timeout=LIMIT_S)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.s.makefile('rb')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.s.close()

    def send(self, data):
        self.s.sendall(data)

    def answer(self):
        """The next one; None at the end."""
        first = self.file.readline()
        if not first:
            return None
        headers = {}
        while (line := self.file.readline()) not in (b'\r\n', b''):
            name, value = line.decode().split(':', 1)
            headers[name.lower()] = value.strip()
        body = self.file.read(int(headers.get('content-length', 0)))
        return Answer(int(first.split()[1]), headers, body.decode('utf-8'))

    def ask(self, *a, **k):
        self.send(request(form(*a, **k)))
        return self.answer()


def is_screen(answer, begins):
    assert answer and answer.status == 200 and answer.text.startswith(begins), f'{answer}, not {begins!r}'
    assert answer.headers['content-type'] == 'text/plain; charset=utf-8', answer.headers
    return answer.text


# ---- what a USSD gateway does ----

def steps(served):
    with served.connect() as line:
        menu = is_screen(line.ask('steps'), 'CON ')
        info = is_screen(line.ask('steps', text='4'), 'CON ')
        assert info != menu
        assert is_screen(line.ask('steps', text='4'), 'CON ') == info, 'a repetition is answered as before'
    assert is_screen(served.ask('steps', text='4*0'), 'CON ') != info, 'another connection goes on with the session'


def straight(served):
    step = is_screen(served.ask('straight-1', phone='+6281255500010', text='4'), 'CON ')
    assert is_screen(served.ask('straight-2', phone='+6281255500011', code='*123*4#'), 'CON ') == step
    one = is_screen(served.ask('straight-1', phone='+6281255500010', text='4*1'), 'CON ')
    assert is_screen(served.ask('straight-3', phone='+6281255500012', code='*123*4*1#'), 'CON ') == one
    assert is_screen(served.ask('straight-2', phone='+6281255500011', code='*123*4#', text='1'), 'CON ') == one


def ends(served):
    """The notice at the end is answered by nothing, and closes the session."""
    is_screen(served.ask('ends', phone='+6281255500020'), 'CON ')
    for more in ({'status': 'Incomplete', 'errorMessage': 'User cancelled'}, {'status': 'Success', 'durationInMillis': '9', 'hopsCount': '2'}):
        answer = served.ask('ends', phone='+6281255500020', text=None, **more)
        assert answer.status == 200 and answer.text == '', answer
    until(lambda: ('ends', '+6281255500020', 0, 'aborted') in served.sessions(), 20, served.sessions)
    is_screen(served.ask('ends-2', phone='+6281255500021'), 'CON ')
    served.ask('ends-2', phone='+6281255500021', status='Incomplete', errorMessage='Session timed out')
    until(lambda: ('ends-2', '+6281255500021', 0, 'timeout') in served.sessions(), 20, served.sessions)


def another_number(served):
    first = is_screen(served.ask('mine', phone='+6281255500030', text=''), 'CON ')
    answer = served.ask('mine', phone='+6281255500031', text='1')
    assert answer.status == 409 and 'another phoneNumber' in answer.text, answer
    assert is_screen(served.ask('mine', phone='+6281255500030', text=''), 'CON ') == first


def pipelined(served):
    """Twenty requests in one piece: twenty answers, in their order."""
    phones = [f'+62812555001{i:02d}' for i in range(20)]
    with served.connect() as line:
        line.send(b''.join(request(form(f'pipe-{i}', phone=p, text='4' if i % 2 else '')) for i, p in enumerate(phones)))
        got = [is_screen(line.answer(), 'CON ') for _ in phones]
    assert len(set(got[::2])) == 1 and len(set(got[1::2])) == 1 and got[0] != got[1], got


def in_pieces(served):
    with served.connect() as line:
        for byte in request(form('pieces', phone='+6281255500040')):
            line.send(bytes([byte]))
        is_screen(line.answer(), 'CON ')
        body = form('pieces', phone='+6281255500040', text='4')
        line.send(request(b'', Content_Length=None, Transfer_Encoding='chunked'))
        for byte in body:
            line.send(b'1\r\n' + bytes([byte]) + b'\r\n')
        line.send(b'0\r\n\r\n')
        is_screen(line.answer(), 'CON ')
        line.send(request(form('pieces', phone='+6281255500040', text='4'), Expect='100-continue'))
        assert line.answer().status == 100
        is_screen(line.answer(), 'CON ')


def parallel(served):
    """200 phones on 200 connections that are all open at once: each reads what it would read alone."""
    paths = ['', '4', '4*1', '3', '6', '7']
    alone = {p: [served.ask(f'alone-{i}-{k}', phone=f'+6281255501{i:03d}', text='*'.join(p.split('*')[:k])).text
                 for k in range(len(p.split('*')) + 1)] for i, p in enumerate(paths)}
    together = threading.Barrier(200)

    def phone(i):
        path = paths[i % len(paths)]
        with served.connect() as line:
            together.wait(LIMIT_S * 3)
            got = [line.ask(f'together-{i}', phone=f'+6281255502{i:03d}', text='*'.join(path.split('*')[:k])).text
                   for k in range(len(path.split('*')) + 1)]
        assert got == alone[path], f'{path}: {got}, not {alone[path]}'
        return 1
    with concurrent.futures.ThreadPoolExecutor(200) as threads:
        assert sum(threads.map(phone, range(200))) == 200


# ---- what is refused ----

def refused(served):
    """Each is told what is wrong, and nothing of it reaches the engine."""
    def of(body, **k):
        return request(body, **k)
    rows = [
        ('GET', of(b'', method='GET', Content_Length=None), 405, 'POST'),
        ('PUT', of(form(), method='PUT'), 405, 'POST'),
        ('another path', of(form(), path='/'), 404, '/ussd'),
        ('a path behind ours', of(form(), path='/ussd/x'), 404, '/ussd'),
        ('JSON', of(b'{"text":""}', Content_Type='application/json'), 415, 'form'),
        ('nothing', of(b''), 400, 'sessionId, phoneNumber, serviceCode, text are missing'),
        ('no session', of(form(session=None)), 400, 'sessionId is missing'),
        ('no number', of(form(phone=None)), 400, 'phoneNumber is missing'),
        ('no text', of(form(text=None)), 400, 'text is missing'),
        ('text twice', of(form() + b'&text=1'), 400, 'twice'),
        ('another code', of(form(code='*124#')), 400, 'only *123#'),
        ('a session id of 300 characters', of(form(session='x' * 300)), 400, 'sessionId'),
        ('an empty session id', of(form(session='')), 400, 'sessionId'),
        ('a word as number', of(form(phone='halo')), 400, 'phoneNumber'),
        ('a short code as number', of(form(phone='4444')), 400, 'phoneNumber'),
        ('a broken %', of(form() + b'%4'), 400, '%25'),
        ('NUL', of(form() + b'%00'), 400, 'UTF-8'),
        ('Latin-1', of(form() + b'%e9'), 400, 'UTF-8'),
        ('a body above the limit', of(form(text='x' * 9000)), 413, '8192'),
        ('a body of 1 MB', of(form(text='x' * 1000000)), 413, '8192'),
        ('a body of 1 MB in chunks', of(b'', Content_Length=None, Transfer_Encoding='chunked')
         + b''.join(b'10000\r\n' + b'x' * 65536 + b'\r\n' for _ in range(16)) + b'0\r\n\r\n', 413, '8192'),
        ('a body of 100 GB to come', of(b'', Content_Length='100000000000'), 413, '8192'),
        ('a large body that asks first', of(b'', Content_Length='1000000', Expect='100-continue'), 413, '8192'),
        ('a header of 64 KB', of(form(), X_Long='x' * 65536), 431, ''),
        ('a header without a colon', b'POST /ussd HTTP/1.1\r\nHost: kabar\r\nnonsense\r\n\r\n', 400, ''),
        ('two lengths', of(form(), Content_length='3'), 400, 'Content-Length'),
        ('a length beside chunks', of(b'', Transfer_Encoding='chunked') + b'0\r\n\r\n', 400, 'Content-Length'),
        ('no length that is a number', of(form(), Content_Length='-3'), 400, ''),
    ]
    witness = ('witness', '+6281255500049')
    counts = 'select count(*), (select count(*) from inbox where peer <> ?2), (select count(*) from outbox where peer <> ?2) from ussd where session <> ?1'
    before = served.kabar.sql(counts, *witness)
    for name, data, status, words in rows:
        with served.connect() as line:
            try:
                line.send(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # what was answered before the end lies there still
            answer = line.answer()
            assert answer and answer.status == status and words in answer.text, f'{name}: {answer}'
            assert 10 < len(answer.text) < 800, f'{name}: {answer}'
    for noise in (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', b'\r\n\r\n\x00\xff\r\n\r\n', b'SSH-2.0-x\r\n\r\n'):
        with served.connect() as line:
            line.send(noise)
            answer = line.answer()
            assert answer is None or answer.status in (400, 408), f'{noise}: {answer}'
    with served.connect() as line:
        line.send(request(b'', method='GET', Content_Length=None))
        assert line.answer().headers['allow'] == 'POST'
        is_screen(line.ask(*witness), 'CON ')  # the connection still serves, and all before it is committed
    after = served.kabar.sql(counts, *witness)
    assert after == before, f'{before} became {after}'


def odd_answers(served):
    """What people type: no number, a sentence, nothing, 500 characters: a screen each time."""
    texts, all_typed = ['9', 'saya mau kerja di hongkong tolong bantu', '', 'x' * 500, '*', '**1', 'é ñ 😀', '4'], ''
    is_screen(served.ask('odd', phone='+6281255500050'), 'CON ')
    for text in texts:
        all_typed = f'{all_typed}*{text}' if all_typed else text
        answer = served.ask('odd', phone='+6281255500050', text=all_typed)
        assert answer.status == 200 and answer.text[:4] in ('CON ', 'END '), f'{text!r}: {answer}'
        assert len(answer.text) <= 4 + 182, f'{text!r}: {len(answer.text)}'


def nothing_personal_is_logged(served):
    log = open(served.kabar.log_path, errors='replace').read()
    assert 'u1: listening on' in log and 'was refused' in log, log
    for word in ('81255', 'hongkong', 'xxxx', TOKEN):
        assert word not in log, word


def state(served):
    assert f'listening on 127.0.0.1:{served.port}' in served.kabar.cli('status')


def limits(served):
    for i in range(5):
        is_screen(served.ask('often', phone='+6281255500060'), 'CON ')
    answer = served.ask('often', phone='+6281255500060')
    assert answer.status == 429 and 'wait a minute' in answer.text and answer.headers['retry-after'] == '60', answer
    is_screen(served.ask('often-2', phone='+6281255500061'), 'CON ')


def slow(served):
    """Who sends a byte now and then is cut off, in its head or in its body; others are served meanwhile."""
    def crawl(data, at):
        with served.connect() as line:
            began = time.monotonic()
            line.send(data[:at])
            for byte in data[at:]:
                try:
                    line.send(bytes([byte]))
                except OSError:
                    break
                time.sleep(0.2)
                assert time.monotonic() - began < LIMIT_S, 'never cut off'
            try:
                answer = line.answer()
            except ConnectionResetError:
                return  # cut off while it sent
            assert answer is None or (answer.status == 408 and answer.text.endswith('in one piece.\n')), answer
    data = request(form('slow', phone='+6281255500070', text='x' * 1000))
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        crawling = [threads.submit(crawl, data, at) for at in (0, 10, 60, len(data) - 1000)]
        for i in range(5):
            is_screen(served.ask(f'quick-{i}', phone=f'+628125550008{i}'), 'CON ')
        for one in crawling:
            one.result()
    assert not [s for s in served.sessions() if s[0] == 'slow']


def crowded(served):
    """More connections than are allowed: told so, and served when there is room again."""
    lines = [served.connect() for _ in range(4)]
    try:
        for i, line in enumerate(lines):
            is_screen(line.ask(f'crowd-{i}', phone=f'+628125550009{i}'), 'CON ')
        with served.connect() as line:
            answer = line.ask('crowd-5', phone='+6281255500095')
            assert answer.status == 503 and 'max_connections' in answer.text, answer
            assert line.answer() is None, 'it stays open'
    finally:
        for line in lines:
            line.__exit__()
    until(lambda: served.ask('crowd-6', phone='+6281255500096').status == 200, 20, 'there is room again')


def token():
    with Served(keys=f'token = "{TOKEN}";') as served:
        def status(path='/ussd', **headers):
            with served.connect() as line:
                line.send(request(form('token'), path=path, **headers))
                return line.answer()
        assert status().status == 401 and 'Authorization: Bearer' in status().text
        for wrong in ('Bearer', 'Bearer ', f'Bearer {TOKEN}x', f'Bearer {TOKEN[:-1]}', f'Bearer {TOKEN[:-1]}x', f'Basic {TOKEN}'):
            assert status(Authorization=wrong).status == 401, wrong
        assert status('/ussd?token=' + TOKEN[:-1]).status == 401
        assert served.sessions() == []
        is_screen(status(Authorization=f'Bearer {TOKEN}'), 'CON ')
        is_screen(status('/ussd?token=' + quote(TOKEN)), 'CON ')
        assert TOKEN not in open(served.kabar.log_path).read()


def refuses_to_start():
    """A listener that others can reach needs a token: said with file and line."""
    rows = [('listen = "0.0.0.0:8090";', 'needs token_file'), ('listen = "[::]:8090";', 'needs token_file'),
            ('listen = "8090";', 'is no address'), ('', 'listen is missing'), ('listen = "127.0.0.1:8090"; path = "ussd";', 'must begin with /'),
            ('listen = "127.0.0.1:8090"; code = "123";', 'is no USSD code'), ('listen = "127.0.0.1:8090"; token = "short";', 'token')]
    with Folder() as folder:
        for keys, words in rows:
            with open(f'{folder.dir}/k.conf', 'w') as f:
                f.write(f'gateway: {{ state_dir = "state"; }};\nbearers = (\n{NULL},\n{{ name = "u1"; kind = "ussd-http";\n{keys} }} );\n')
            done = subprocess.run([KABAR, 'run', '-c', f'{folder.dir}/k.conf'], capture_output=True, text=True, timeout=60 * SLOW)
            line = 4 if words == 'listen is missing' else 5
            assert done.returncode == 2 and f'k.conf:{line}: ' in done.stderr and words in done.stderr, f'{keys}: {done}'
        with open(f'{folder.dir}/k.conf', 'w') as f:
            f.write(f'gateway: {{ state_dir = "state"; }};\nbearers = ( {NULL}, {{ name = "u1"; kind = "ussd-http"; listen = "127.0.0.1:8090"; }} );\n'
                    'routes = ( { prefix = ""; bearer = "u1"; } );\n')
        done = subprocess.run([KABAR, 'check', '-c', f'{folder.dir}/k.conf'], capture_output=True, text=True, timeout=60 * SLOW)
        assert done.returncode == 2 and 'k.conf:3: ' in done.stderr and 'carries no SMS' in done.stderr, done


def port_taken():
    """Somebody else has the port: said in the status, and served as soon as it is free."""
    served = Served()
    with socket.socket() as other:
        other.bind(('127.0.0.1', served.port))
        other.listen()
        with served.folder:
            bearer = f'{{ name = "u1"; kind = "ussd-http"; listen = "127.0.0.1:{served.port}"; }}'
            kabar = Gateway(served.folder, bearers=bearer)
            kabar.start(wait=False)
            try:
                until(lambda: kabar.sql("select 1 from link where condition = 'locked' and state = 'down'"), 30, kabar.log)
                assert 'another program listens there' in kabar.cli('status')
                assert 'ss -ltnp; then free 127.0.0.1' in kabar.cli('doctor', code=1)
                other.close()
                kabar.wait_up(['u1'])
                is_screen(served.ask('taken'), 'CON ')
                assert 'u1 can be reached at 127.0.0.1' in kabar.cli('doctor', code=1)  # other findings fail in a bare folder
                assert kabar.stop() == 0
            except BaseException:
                kabar.stop()
                raise
            assert 'u1 can listen on 127.0.0.1' in kabar.cli('doctor', code=1)


# ---- when the engine cannot answer ----

def locked(served):
    """Another program writes into the store, and takes its time."""
    lock = sqlite3.connect(served.kabar.store, isolation_level=None, timeout=20)
    lock.execute('begin immediate')
    return lock


def unlock(lock):
    lock.execute('rollback')
    lock.close()


def sick_store():
    """The store is locked by another program. Who waits reads after 2 s that the answer follows, who comes now that he shall come again; then the answer does follow, once."""
    with Served() as served:
        is_screen(served.ask('sick'), 'CON ')
        lock = locked(served)
        began = time.monotonic()
        is_screen(served.ask('sick', text='4'), LATE)
        assert 1.9 < time.monotonic() - began, 'before its time'
        is_screen(served.ask('sick-2', phone='+6281255500002'), DOWN)
        assert time.monotonic() - began < 2 + LIMIT_S
        unlock(lock)
        until(lambda: ('sick', NUMBER, 0, 'late') in served.sessions(), 20, served.sessions)
        until(lambda: len(served.kabar.sql('select 1 from outbox where peer = ?', NUMBER)) == 1, 20, 'the answer by SMS')
        until(lambda: served.ask('sick-3', phone='+6281255500003').text.startswith('CON '), 20, 'it serves again')
        assert not served.kabar.sql("select 1 from ussd where session = 'sick-2'")


def not_shown():
    """The line breaks before the last screen can be handed over: it is owed, and goes by SMS when the end of the session is told."""
    with Served(keys='late = "10s";') as served:
        is_screen(served.ask('broken'), 'CON ')
        lock = locked(served)
        line = served.connect()
        line.send(request(form('broken', text='BATAL')))
        until(lambda: 'SICK' in served.kabar.log(), 20, served.kabar.log)
        line.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        line.__exit__()  # with a reset
        unlock(lock)
        until(lambda: ('broken', NUMBER, 1, '') in served.sessions(), 20, served.sessions)
        is_down = lambda: served.ask('probe', phone='+6281255500004').text.startswith('END')
        until(lambda: not is_down(), 20, 'it serves again')
        assert served.sessions()[0] == ('broken', NUMBER, 1, ''), served.sessions()
        served.ask('broken', text=None, status='Incomplete')
        until(lambda: served.kabar.sql('select 1 from outbox where peer = ?', NUMBER), 20, 'the last screen by SMS')


def stop_with_open_lines():
    """A stop ends lines that rest, and lets nobody wait for an answer that will not come."""
    with Served() as served:
        lines = [served.connect() for _ in range(10)]
        for i, line in enumerate(lines):
            is_screen(line.ask(f'open-{i}', phone=f'+62812555000{i:02d}'), 'CON ')
        half = served.connect()
        half.send(request(form('half'))[:-5])
        assert served.kabar.stop() == 0
        assert all(line.answer() is None for line in lines + [half])
        for line in lines + [half]:
            line.__exit__()


def second_signal():
    """Stopped at once while the store is locked: who waits gets an answer still."""
    with Served(keys='late = "10s";') as served:
        is_screen(served.ask('stop'), 'CON ')
        lock = locked(served)
        with served.connect() as line:
            line.send(request(form('stop', text='4')))
            until(lambda: 'SICK' in served.kabar.log(), 20, served.kabar.log)
            served.kabar.process.terminate()
            until(lambda: 'SIGTERM' in served.kabar.log(), 20, served.kabar.log)
            served.kabar.process.terminate()
            is_screen(line.answer(), DOWN)
        unlock(lock)
        assert served.kabar.process.wait(LIMIT_S) == 0


def shown(served):
    """A last screen counts as shown when it was handed over; then nothing is owed by SMS."""
    phone = '+6281255500100'
    is_screen(served.ask('shown', phone=phone), 'CON ')
    is_screen(served.ask('shown', phone=phone, text='BATAL'), 'END ')
    until(lambda: ('shown', phone, 0, 'done') in served.sessions(), 20, served.sessions)
    assert not served.kabar.sql('select 1 from outbox where peer = ?', phone)


with Served(keys='max_connections = 400;') as world:
    for name, function in [('a session of steps, repeated and on another connection', steps), ('straight dialling', straight),
                           ('the end of a session is told', ends), ('another number in mid-session is refused', another_number),
                           ('requests in one piece are answered in their order', pipelined), ('a request in pieces of one byte', in_pieces),
                           ('200 phones at once never mix', parallel), ('whatever people type, a screen', odd_answers),
                           ('a last screen that was handed over is not owed', shown), ('status says where it listens', state),
                           ('what is no request is refused in plain words, and stores nothing', refused),
                           ('nothing personal is logged', nothing_personal_is_logged)]:
        test(name, function, world)
with Served(keys='per_minute = 5; max_connections = 4;') as world:
    test('more connections than are allowed are told so', crowded, world)
with Served(keys='per_minute = 5; request_timeout = "1s";') as world:
    test('one number may ask so often', limits, world)
    test('slow clients are cut off', slow, world)
for name, function in [('a token is wanted', token), ('faults of its keys are told with file and line', refuses_to_start),
                       ('a port that is taken is tried again', port_taken), ('a locked store: late, down, and the answer by SMS', sick_store),
                       ('a last screen that was not handed over goes by SMS', not_shown), ('a stop ends open lines', stop_with_open_lines), ('a stop at once still answers', second_signal)]:
    test(name, function)
finish()
