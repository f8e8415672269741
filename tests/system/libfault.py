# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of faults share: a small gateway over one modem, people who ask, and what must be true when a fault is over.

    with Fault() as f:
        f.at('accepted', 'unplug', arg=500)
        f.ask()
        f.answered_once()
"""
import subprocess
import time

from libkabar import KABAR, Gateway, Network, recovery, until

OURS = '+6281100000001'
ANI, BUDI, CITRA, DEWI = (f'+628125550000{i}' for i in range(1, 5))
KEYS = {'per_minute': 6000, 'sweep_s': 5, 'submit_timeout': '"10s"', 'init_timeout': '"20s"', 'job_timeout': '"10s"',
        'device': '"net/m1"', 'number': f'"{OURS}"'}


class Fault:
    """A network with modem m1, a gateway on it, and one fault."""

    def __init__(self, options=(), gateway='unknown_retry = "2s";', environment=None, start=True, before=None, **keys):
        self.net = Network(options=list(options))
        self.arguments = dict(gateway=f'demo = true; {gateway}', environment=environment,
                              bearers='{ name = "m1"; kind = "gsm"; ' + ' '.join(f'{k} = {v};' for k, v in {**KEYS, **keys}.items()) + ' }')
        self.starts, self.before = start, before
        self.began = None

    def __enter__(self):
        self.net.__enter__()
        try:
            if self.before:
                self.before(self)
            self.kabar = Gateway(self.net, **self.arguments)
            if self.starts:
                self.kabar.start()
        except BaseException:
            self.leave()
            raise
        return self

    def leave(self):
        kabar = getattr(self, 'kabar', None)
        try:
            return kabar.stop() if kabar and kabar.process else 0
        finally:
            self.net.__exit__()

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.kabar.stop() == 0, self.kabar.log()
            self.kabar.check_store()
        self.leave()

    # what goes wrong

    def now(self, name, **more):
        self.began = time.monotonic()
        return self.net.tell(do='fault', modem='m1', name=name, **more)

    def at(self, moment, name, **more):
        return self.now(name, at=moment, **more)

    def script(self, *steps):
        self.began = time.monotonic()
        return self.net.tell(do='script', modem='m1', steps=list(steps))

    def happened(self, limit_s=20):
        until(lambda: self.modem()['script_left'] == 0, limit_s, lambda: f'the moment of the fault: {self.modem()}')
        self.began = time.monotonic()

    def well(self):
        self.net.tell(do='fault', modem='m1', name='none')

    # who asks, what is seen

    def ask(self, person=ANI, text='INFO DOKUMEN', **more):
        self.net.send(person, OURS, text, **more)

    def modem(self):
        return self.net.modem('m1')

    def submits(self):
        """What the network took, and what it refused (cms > 0)."""
        return self.net.tell(do='ledger')['submits']

    def outbox(self, peer=ANI):
        """(state, why) of the answers to a number, the oldest first."""
        return self.kabar.sql('select state, why from outbox where peer = ? order by id', peer)

    def state(self, word, limit_s=30):
        """The words of `kabar status` about the modem, once `word` is among them."""
        def told():
            return subprocess.run([KABAR, 'status', '-c', self.kabar.config], capture_output=True, text=True).stdout
        return until(lambda: (lambda now: now if word in now else None)(told()), limit_s, lambda: f'{word!r} in: {told()}')

    def up(self, limit_s=30):
        self.kabar.wait_up(limit_s=limit_s)

    # what must be true

    def at_rest(self, limit_s=30):
        """Nothing waits in the outbox, nothing lies on the SIM."""
        until(lambda: self.kabar.sql("select count(*) from outbox where state in ('QUEUED', 'SUBMITTING')") == [(0,)], limit_s,
              lambda: f'no message waits: {self.kabar.sql("select * from outbox")} {self.kabar.log()}')
        until(lambda: self.modem()['sim_used'] == 0, limit_s, lambda: f'an empty SIM: {self.modem()}')

    def answered_once(self, *people, limit_s=30):
        people = people or (ANI,)
        for person in people:
            until(lambda: self.net.inbox(person), limit_s, lambda: f'an answer to {person}: {self.kabar.sql("select * from submit")} {self.kabar.log()}')
        self.at_rest(limit_s)
        if self.began:
            recovery(self.name, self.began)
        got = {p: len(self.net.inbox(p)) for p in people}
        assert set(got.values()) == {1}, f'each is answered exactly once: {got}; {self.kabar.sql("select * from submit")} {self.kabar.log()}'

    name = 'fault'


def named(name):
    """A Fault whose recovery line carries this name."""
    return type('Fault', (Fault,), {'name': name})
