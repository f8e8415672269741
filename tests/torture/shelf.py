# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks into the gateway's store from outside, read only: what states its messages were in at a kill, and which it lists as doubtful."""
import collections
import contextlib

STATES = ('QUEUED', 'SUBMITTING', 'SENT', 'DELIVERED', 'UNDELIVERED', 'EXPIRED', 'FAILED', 'CANCELLED', 'UNKNOWN')
OPEN = ('QUEUED', 'SUBMITTING', 'SENT', 'UNKNOWN')  # an UNKNOWN may still be settled by a late report
WATCHED_MAX = 400  # what waits for a report that never comes is not watched for ever


class States:
    """At each kill: the states that messages were in then, or had come to since the last kill. One that waits to be sent again because a submit of it is
    UNKNOWN counts as that."""

    def __init__(self):
        self.newest, self.watched = 0, {}

    def look(self, db):
        """(states, submits that are OUT)"""
        if not db.execute("select 1 from sqlite_master where name = 'outbox'").fetchone():
            return set(), 0  # killed before there was a store
        marks = ','.join('?' * len(self.watched))
        rows = db.execute("select id, state, state = 'QUEUED' and exists (select 1 from submit s where s.outbox = o.id and s.state = 'UNKNOWN') "
                          f'from outbox o where id > ? or id in ({marks})', [self.newest, *self.watched]).fetchall()
        seen = set()
        for number, state, again in rows:
            if state in ('QUEUED', 'SUBMITTING') or self.watched.get(number) != state:
                seen.add(state)
            if again:
                seen.add('UNKNOWN')
            self.newest = max(self.newest, number)
        self.watched = dict([(n, s) for n, s, _ in rows if s in OPEN][-WATCHED_MAX:])
        out = db.execute("select count(*) from submit where state = 'OUT'").fetchone()[0]
        return seen, out


class Shelf:
    """The store at rest."""

    def __init__(self, life):
        self.life = life

    def rows(self, statement, *args):
        with contextlib.closing(self.life.look()) as db:
            return db.execute(statement, args).fetchall()

    def waiting(self):
        return self.rows("select count(*) from outbox where state in ('QUEUED', 'SUBMITTING')")[0][0]

    def by_state(self):
        return collections.Counter(dict(self.rows('select state, count(*) from outbox group by state')))

    def is_unknown(self, number):
        return bool(self.rows("select 1 from outbox where peer = ? and state = 'UNKNOWN'", number))

    def is_expired(self, number):
        return bool(self.rows("select 1 from outbox where peer = ? and state = 'EXPIRED'", number))

    def messages(self, number, about=''):
        """How many messages the gateway has written to a number."""
        return self.rows('select count(*) from outbox where peer = ? and instr(text, ?)', number, about)[0][0]

    def doubts(self, number, about=''):
        """Submits to this number that are listed UNKNOWN, or that sent a part again."""
        return self.rows("select count(*) from outbox o join submit s on s.outbox = o.id where peer = ? and instr(text, ?) and (s.state = 'UNKNOWN' or s.attempt > 1)",
                         number, about)[0][0]

    def story(self, number, about=''):
        return (self.rows('select id, outcome, why from inbox where peer = ?', number),
                self.rows('select o.id, o.state, o.why, s.part, s.attempt, s.state, s.at_ms from outbox o left join submit s on s.outbox = o.id where peer = ? and '
                          'instr(o.text, ?)', number, about),
                self.rows('select d.reason from dead_letter d join inbox i on i.id = d.inbox where i.peer = ?', number))

    def integrity(self):
        return self.rows('pragma integrity_check') == [('ok',)]
