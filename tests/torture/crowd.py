# SPDX-License-Identifier: GPL-2.0-or-later
"""Who writes, what must come of it, and what came: the ledger that is kept outside of the gateway.

Each question comes from a number of its own, so an answer belongs to exactly one. Some numbers have a fate in the network (sim/fate.h), so that every
state of a message is met. `judge` compares what was asked with what the phones and the service centre saw; of the gateway's store it only asks whether
the gateway itself has listed a message as doubtful.
"""
import collections
import random

from world import OPERATORS, now_ms

BEFORE_MS, AFTER_MS = 1500, 100  # a submit stamped so near to a kill was in flight
TALE = ('LAPOR gaji saya tidak dibayar sejak bulan Maret oleh pemilik kebun. Kami berlima tinggal di barak dan makan sekali sehari. '
        'Surat kami dipegang mandor yang bernama Contoh, katanya baru kembali kalau utang lunas, padahal tidak ada yang pernah berutang. '
        'Tempatnya di belakang gudang lama dekat jembatan, kami takut pulang sendiri dan tidak tahu harus berbicara kepada siapa di sini.')

Kind = collections.namedtuple('Kind', 'name weight texts answers fate early', defaults=(1, None, False))
# texts: said one after the other, each after the answer to the one before. early: takes minutes to settle, so not asked near the end.
KINDS = [
    Kind('help', 20, ['BANTUAN']),
    Kind('info', 14, ['INFO DOKUMEN']),
    Kind('schedule', 10, ['JADWAL 1203']),
    Kind('near', 8, ['halo semua apa kabar']),
    Kind('cry', 12, ['TOLONG saya dipukul']),
    Kind('report', 10, ['LAPOR petugas minta uang', '1'], 2),
    Kind('tale', 10, [TALE]),
    Kind('no such number', 2, ['BANTUAN'], 0, {'name': 'refused', 'arg': 1}),
    Kind('refused once', 2, ['BANTUAN'], 1, {'name': 'refused', 'arg': 42, 'count': 1}, True),
    Kind('refused always', 2, ['BANTUAN'], 0, {'name': 'refused', 'arg': 42}, True),
    Kind('switched off', 3, ['BANTUAN'], 0, {'name': 'undelivered', 'arg': 67}),
    Kind('away too long', 2, ['INFO DOKUMEN'], 0, {'name': 'undelivered', 'arg': 70}),
    Kind('no report', 3, ['BANTUAN'], 1, {'name': 'unreported'}),
    Kind('taken, not answered', 1, ['BANTUAN'], 1, {'name': 'taken_silently', 'count': 1}),
    Kind('lost, not answered', 1, ['BANTUAN'], 1, {'name': 'lost_silently', 'count': 1}),
]
UNWANTED = Kind('cancelled', 0, ['BANTUAN'], 0, {'name': 'refused', 'arg': 42})  # its answer is cancelled by the command line while it waits
NEVER_TAKEN = ('refused',)


def same(a, b):
    """Is it the same part of the same message? Whichever modem sent it, whatever its reference."""
    return all(a.get(key) == b.get(key) for key in ('to', 'text', 'part', 'total'))


def repeated(rows):
    """What the network took once more."""
    accepted = [r for r in rows if r['accepted']]
    return [r for i, r in enumerate(accepted) if any(same(r, before) for before in accepted[:i])]


class Question:
    def __init__(self, kind, number, ours):
        self.kind, self.number, self.ours = kind, number, ours
        self.said_ms = []
        self.got = []                                       # (when, text)
        self.alerts = collections.Counter()                 # operator -> alerts of this cry

    def is_cry(self):
        return self.kind.name == 'cry'

    def is_answered(self):
        return len(self.got) >= self.kind.answers and (not self.is_cry() or all(self.alerts[o] for o in OPERATORS))

    def says_next(self):
        """The text that is to be said now, or None."""
        said = len(self.said_ms)
        return self.kind.texts[said] if said < len(self.kind.texts) and len(self.got) >= said else None


class Crowd:
    def __init__(self, line, ears, ledger, ours, seed, number, kinds=KINDS):
        self.kinds = kinds
        self.line, self.ears, self.ledger, self.ours = line, ears, ledger, ours
        self.chance = random.Random(seed)
        self.number = number                                # the next one
        self.open = {}                                      # number -> Question
        self.talking = set()                                # numbers that have more to say
        self.kills_ms = []                                  # (just before, just after, is one of the kills that are counted)
        self.last_heard_ms = 0
        self.heard_n = 0

    def ask(self, early=True):
        """Somebody new writes; `early`: also what takes minutes to settle."""
        kinds = [k for k in self.kinds if early or not k.early]
        return self.ask_kind(self.chance.choices(kinds, [k.weight for k in kinds])[0])

    def ask_kind(self, kind):
        q = Question(kind, f'+62812{self.number:08d}', self.chance.choice(self.ours))
        self.number += 1
        self.open[q.number] = q
        if kind.fate:
            self.line.tell(do='fate', number=q.number, **kind.fate)
        self._say(q)
        return q

    def _say(self, q):
        text = q.says_next()
        q.said_ms.append(now_ms())
        self.line.tell(do='send', **{'from': q.number}, to=q.ours, text=text, ref_bits=self.chance.choice((8, 16)))
        if len(q.said_ms) < len(q.kind.texts):
            self.talking.add(q.number)
        else:
            self.talking.discard(q.number)

    def hear(self):
        for sms in self.ears.heard():
            self.heard_n += 1
            self.last_heard_ms = now_ms()
            if sms['to'] in OPERATORS:
                self._alerted(sms)
            elif sms['to'] in self.open:
                self.open[sms['to']].got.append((now_ms(), sms['text']))
        for number in list(self.talking):
            if self.open[number].says_next() is not None:
                self._say(self.open[number])

    def _alerted(self, sms):
        if not sms['text'].startswith('SOS '):
            return
        q = next((self.open[word] for word in sms['text'].replace(',', ' ').split() if word in self.open), None)
        if q:
            q.alerts[sms['to']] += 1

    def unanswered(self):
        """Who waits for something that can come."""
        return [q for q in self.open.values() if q.kind.answers and not q.is_answered()]

    # ---- the judgement, when all is quiet ----

    def in_flight_at_a_kill(self, rows):
        return any(began - BEFORE_MS <= r['time_ms'] <= ended + AFTER_MS for r in rows for began, ended, _ in self.kills_ms)

    def struck(self):
        """Kills between the arrival of a fresh question and its +CMGS."""
        n = 0
        first = {q.number: min((r['time_ms'] for r in self.ledger.to(q.number)), default=1 << 62) for q in self.open.values()}
        for k, _, counts in self.kills_ms:
            n += counts and any(k - 1000 <= q.said_ms[0] <= k < first[q.number] for q in self.open.values())
        return n

    def judge(self, store):
        """Counts; `faults` holds a line for everything that must not be."""
        self.ledger.read()
        c = collections.Counter(asked=len(self.open), said=sum(len(q.said_ms) for q in self.open.values()), struck=self.struck())
        faults = []
        for q in self.open.values():
            self._judge_answers(q, store, c, faults)
            self._judge_repeated(self.ledger.to(q.number), f'{q.number} ({q.kind.name})', q.kind, lambda: store.doubts(q.number), c, faults)
            if q.is_cry():
                self._judge_alerts(q, store, c, faults)
        return c, faults

    def _judge_answers(self, q, store, c, faults):
        rows = self.ledger.to(q.number)
        c['answers'] += len(q.got)
        c['parts'] += sum(r['accepted'] for r in rows)
        if q.kind.fate and q.kind.answers == 0:
            if q.got or (not rows and not store.doubts(q.number)) or (q.kind.fate['name'] in NEVER_TAKEN and any(r['accepted'] for r in rows)):
                faults.append(f'{q.number} ({q.kind.name}): {len(q.got)} answers, {len(rows)} submits, though the network takes none')
            c['never to be reached'] += 1
        elif len(q.got) >= q.kind.answers:
            c['answered'] += 1
            if len(q.got) > q.kind.answers + len(repeated(rows)) or store.messages(q.number) > q.kind.answers:
                c['twice'] += 1
                faults.append(f'TWICE {q.number} ({q.kind.name}): {len(q.got)} answers of {q.kind.answers}; the store says {store.story(q.number)}')
        elif store.is_unknown(q.number):
            c['given up, listed UNKNOWN'] += 1
        elif q.kind.name == 'refused once' and store.is_expired(q.number) and any(not r['accepted'] for r in rows):
            c['refused, and too old after a kill'] += 1
        else:
            c['lost'] += 1
            faults.append(f'LOST {q.number} ({q.kind.name}) asked at {q.said_ms}: {len(q.got)} of {q.kind.answers} answers; '
                          f'the store says {store.story(q.number)}')

    def _judge_alerts(self, q, store, c, faults):
        for operator in OPERATORS:
            rows = [r for r in self.ledger.to(operator) if q.number in r.get('text', '')]
            c['alerts'] += q.alerts[operator]
            if not q.alerts[operator]:
                c['lost'] += 1
                faults.append(f'LOST alert of {q.number} to {operator}; the store says {store.story(operator, q.number)}; the network saw {rows}')
            if store.messages(operator, q.number) > 1:
                c['twice'] += 1
                faults.append(f'TWICE alert of {q.number} to {operator}: the store says {store.story(operator, q.number)}')
            self._judge_repeated(rows, f'alert of {q.number} to {operator}', q.kind, lambda: store.doubts(operator, q.number), c, faults)

    def _judge_repeated(self, rows, who, kind, doubts, c, faults):
        """Each part that the network took more than once: as often as the gateway lists a doubt, and if it was in flight at a kill."""
        silent = kind.fate and kind.fate['name'] == 'taken_silently'
        for i, r in enumerate(repeated(rows)):
            first = [f for f in rows if f['accepted'] and f['n'] < r['n'] and same(f, r)]
            if doubts() > i and (silent or self.in_flight_at_a_kill(first)):
                c['again, UNKNOWN and in flight at a kill'] += 1
            else:
                c['twice'] += 1
                near = [k for k, _, _ in self.kills_ms if any(abs(k - f['time_ms']) < 5000 for f in first)]
                faults.append(f'TWICE {who}: {[(f["time_ms"], f["mr"], f["part"]) for f in (*first, r)]}, kills {near}, doubts {doubts()}')

    def forget(self):
        for number in self.open:
            self.line.tell(do='clear', number=number)
        for operator in OPERATORS:
            self.line.tell(do='clear', number=operator)
        self.open.clear()
        self.talking.clear()
        self.kills_ms.clear()
        self.ledger.forget()
