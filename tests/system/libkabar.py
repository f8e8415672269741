# SPDX-License-Identifier: GPL-2.0-or-later
"""What system tests share: a simulated network, the real gateway over it, phones, and TAP. Everything lives in one temporary folder.

    with Network(modems={'m1': '+6281100000001'}) as net, Gateway(net) as kabar:
        net.send('+6281255500001', '+6281100000001', 'INFO DOKUMEN')
        text = net.wait_for('+6281255500001')[0]['text']
"""
import concurrent.futures
import contextlib
import glob
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KABAR = os.environ.get('KABAR', os.path.join(TOP, 'build/test/kabar'))
SIM = os.environ.get('SIM', os.path.join(TOP, 'build/test/kabar-sim'))
SLEEPCAP = os.environ.get('SLEEPCAP', os.path.join(TOP, 'build/test/sleepcap.so'))
CLOCKSHIFT = os.path.join(os.path.dirname(SLEEPCAP), 'clockshift.so')
SLOW = float(os.environ.get('KABAR_SLOW', '1'))

RED = os.environ.get('KABAR_RED') == '1'
SHOWN = threading.Lock()  # tests of a pool print one after the other
_local = threading.local()
_failed = 0


def test(name, function, *args, without=None):
    """Runs one test; prints its TAP line. An assertion or any exception fails it.

    `without` names the defence (gateway/base/defence.h) that the test leans on. With KABAR_RED=1 only such tests run, each with its
    defence taken away from every Gateway of its thread: it must fail, or it proves nothing."""
    if RED:
        if without:
            _red(name, function, args, without)
        return
    global _failed
    try:
        function(*args)
        with SHOWN:
            print(f'ok {name}', flush=True)
    except Exception:
        with SHOWN:
            _failed += 1
            print(f'not ok {name}', flush=True)
            print('# ' + traceback.format_exc().replace('\n', '\n# '), flush=True)


def _red(name, function, args, without):
    global _failed
    _local.without = without
    try:
        function(*args)
    except Exception as seen:
        with SHOWN:
            print(f'ok {name}: red without {without}: {str(seen)[:120]!r}', flush=True)
    else:
        with SHOWN:
            _failed += 1
            print(f'not ok {name}: still passes without {without}', flush=True)
    finally:
        _local.without = None


def defence_taken_away():
    """That of the test which runs in this thread; None."""
    return getattr(_local, 'without', None)


def pool(rows, workers=8):
    """Runs tests side by side, since most of them wait: rows of (name, function, arguments.., {'without': ..} or nothing). One that is {'long': True} waits for
    half a minute or more, and runs with KABAR_LONG=1 (make faults) and in red only."""
    def one(row):
        name, function, *args = row
        more = args.pop() if args and isinstance(args[-1], dict) else {}
        if more.pop('long', False) and not (RED or os.environ.get('KABAR_LONG') == '1'):
            return
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:]):
            test(name, function, *args, **more)
    with concurrent.futures.ThreadPoolExecutor(workers) as threads:
        list(threads.map(one, rows))


def recovery(name, began):
    """Says how long it took from a fault (monotonic seconds) until all was well again; the bench collects these lines."""
    with SHOWN:
        print(f'# recovery {name} {time.monotonic() - began:.2f} s', flush=True)


def finish():
    sys.exit(1 if _failed else 0)


def until(condition, limit_s, what):
    """Waits until condition() is true; its value is returned. Fails with `what` (or what it returns) after limit_s (longer in sanitizer builds)."""
    end = time.monotonic() + limit_s * SLOW
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f'not within {limit_s} s: {what() if callable(what) else what}')


class Network:
    """build/kabar-sim and its control socket."""

    def __init__(self, modems=None, options=()):
        self.modems = modems or {'m1': '+6281100000001'}
        self.dir = tempfile.mkdtemp(prefix='kabar-test-')
        self.options = list(options)
        self.process = None

    def __enter__(self):
        command = [SIM, '--dir', f'{self.dir}/net', '--seed', '1', '--latency-ms', '5']
        os.makedirs(f'{self.dir}/net')
        for name, number in self.modems.items():
            command += ['--modem', f'{name}={number}']
        self.log = open(f'{self.dir}/sim.log', 'wb')
        self.process = subprocess.Popen(command + self.options, stdout=subprocess.PIPE, stderr=self.log)
        assert b'ready' in self.process.stdout.readline(), open(f'{self.dir}/sim.log').read()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def tell(self, **request):
        """One request to the simulator; the answer, which must be ok."""
        s = socket.socket(socket.AF_UNIX)
        s.connect(f'{self.dir}/net/control')
        s.sendall(json.dumps(request).encode() + b'\n')
        line = s.makefile().readline()
        s.close()
        answer = json.loads(line)
        assert answer.get('ok'), answer
        return answer

    def send(self, sender, to, text, **more):
        return self.tell(do='send', **{'from': sender}, to=to, text=text, **more)

    def inbox(self, number):
        return self.tell(do='inbox', number=number)['messages']

    def wait_for(self, number, n=1, limit_s=20):
        """The messages of a phone, once there are n."""
        return until(lambda: (lambda got: got if len(got) >= n else None)(self.inbox(number)), limit_s,
                     f'{n} messages at {number}; it has {self.inbox(number)}')

    def ask(self, sender, to, text, limit_s=20):
        """Sends and waits for the next message to the sender: its text."""
        before = len(self.inbox(sender))
        self.send(sender, to, text)
        return self.wait_for(sender, before + 1, limit_s)[before]['text']

    def modem(self, name):
        return next(m for m in self.tell(do='state')['modems'] if m['name'] == name)

    def holders(self, name):
        """The processes that have the modem open, but the simulator."""
        line = os.path.realpath(self.modem(name)['tty'])
        found = set()
        for link in glob.glob('/proc/[0-9]*/fd/*'):
            try:
                if os.readlink(link) == line:
                    found.add(int(link.split('/')[2]))
            except OSError:
                pass  # gone meanwhile
        return found - {self.process.pid}

    @contextlib.contextmanager
    def held(self, name='m1'):
        """+CMGS is answered not before another process has the modem open than those that have it now: however slow the machine is."""
        before = self.holders(name)
        self.tell(do='fault', modem=name, name='held_cmgs')
        yield
        until(lambda: self.holders(name) - before, 30, 'another process that has the modem open')
        self.tell(do='fault', modem=name, name='none')


class Gateway:
    """The real binary over a network, with the sleeps of libgammu capped unless asked otherwise."""

    def __init__(self, net, config='', gateway='demo = true;', capped=True, environment=None, bearers=None):
        self.net, self.capped = net, capped
        self.environment = environment or {}
        self.without = defence_taken_away()
        self.dir = net.dir
        self.config = f'{net.dir}/gateway.conf'
        if bearers is None:
            bearers = ', '.join(f'{{ name = "{m}"; kind = "gsm"; device = "net/{m}"; number = "{n}"; per_minute = 6000; }}'
                                for m, n in net.modems.items())
        if 'sign_of_life' not in gateway:  # or a test that runs at seven sees one message more
            gateway += ' sign_of_life = "";'
        with open(self.config, 'w') as f:
            f.write(f'gateway: {{ name = "test"; state_dir = "state"; {gateway} }};\n'
                    f'store: {{ path = "state/kabar.db"; }};\nbearers = ( {bearers} );\n{config}\n')
        self.store = f'{net.dir}/state/kabar.db'
        self.process = None
        self.logs = 0

    def start(self, *options, environment=None, wait=True):
        env = dict(os.environ, **self.environment, **(environment or {}))
        if self.without:
            env['KABAR_WITHOUT'] = self.without
        if self.capped:
            env['LD_PRELOAD'] = SLEEPCAP
        if os.path.exists(f'{self.dir}/clock'):
            env['LD_PRELOAD'] = ' '.join([CLOCKSHIFT, env.get('LD_PRELOAD', '')]).strip()
            env['KABAR_CLOCK_FILE'] = f'{self.dir}/clock'
        self.logs += 1
        self.log_path = f'{self.dir}/kabar.{self.logs}.log'
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen([KABAR, 'run', '-c', self.config, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        if wait:  # the row of a link may still say "up" from a life that was killed: the log tells of this one
            until(lambda: self.alive_or_fail() and 'serves as' in self.log(), 30, f'the gateway serves: {self.log()}')
            self.wait_up()
        return self

    def set_clock(self, seconds):
        """The gateway's wall clock is off by so much from now on. To be called once before start()."""
        with open(f'{self.dir}/clock.new', 'w') as f:
            f.write(str(seconds))
        os.rename(f'{self.dir}/clock.new', f'{self.dir}/clock')

    def wait_up(self, links=None, limit_s=30):
        links = links or list(self.net.modems)
        until(lambda: self.alive_or_fail() and all(self.sql("select 1 from link where name = ? and state = 'up'", n) for n in links), limit_s,
              f'links {links} up: {self.sql("select name, state, reason from link")}')

    def alive_or_fail(self):
        code = self.process.poll()
        assert code is None, f'the gateway ended with {code}: {self.log()}'
        return True

    def stop(self, how=signal.SIGTERM, limit_s=10):
        """Ends it; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(limit_s * SLOW)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None:
            assert code == 0, f'exit {code}: {self.log()}'
            self.check_store()

    def log(self):
        with open(self.log_path, errors='replace') as f:
            return f.read()[-6000:]

    def sql(self, statement, *args):
        """Looks into the store from outside; [] while there is none."""
        if not os.path.exists(self.store):
            return []
        db = sqlite3.connect(f'file:{self.store}?mode=ro', uri=True, timeout=5)
        try:
            return db.execute(statement, args).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            db.close()

    def cli(self, *words, code=0, stdin=None):
        """One subcommand; what it printed. Fails if it does not exit with `code`."""
        done = subprocess.run([KABAR, words[0], '-c', self.config, *words[1:]], input=stdin, capture_output=True, text=True, timeout=60 * SLOW)
        assert done.returncode == code, f'kabar {" ".join(words)}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}'
        return done.stdout

    def check_store(self):
        done = subprocess.run([KABAR, 'check', '--store', '-c', self.config], capture_output=True, text=True, timeout=60 * SLOW)
        assert done.returncode == 0, f'store_check: {done.stdout}{done.stderr}'
