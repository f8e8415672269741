-- SPDX-License-Identifier: GPL-2.0-or-later
-- inbox.part is 0 where the row is a whole text of `parts` parts; seen.inbox is 0 where the copy is a part that waits or was joined.
-- What delivery needs to be proven: parts of long messages that wait for each other, alarms, silences counted, links that say how they are, rows that failed once.

CREATE TABLE part_set (                    -- a long message of which parts have come: one row until it is handled and old
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	self TEXT NOT NULL,                    -- our number: parts may come by two modems of one number
	peer TEXT NOT NULL,
	ref INTEGER NOT NULL, wide INTEGER NOT NULL, total INTEGER NOT NULL, -- 3GPP TS 23.040, 9.2.3.24.1 and .8
	link TEXT NOT NULL,                    -- that brought its first part
	first_ms INTEGER NOT NULL,
	have INTEGER NOT NULL DEFAULT 0,       -- parts that came
	inbox INTEGER,                         -- a cry in one of its parts was handled at once, as this message
	done INTEGER NOT NULL DEFAULT 0        -- 1: handled; kept to recognise what comes late
) STRICT;
CREATE INDEX part_set_by_key ON part_set (peer, ref, total);
CREATE INDEX part_set_by_time ON part_set (done, first_ms);

CREATE TABLE part (
	part_set INTEGER NOT NULL REFERENCES part_set (id),
	no INTEGER NOT NULL,                   -- from 1
	text_hash BLOB NOT NULL,               -- keyed: the same part again, or another one?
	text_sealed BLOB,                      -- NULL once the message is handled
	coding INTEGER NOT NULL, smsc_s INTEGER NOT NULL,
	PRIMARY KEY (part_set, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (                       -- what operators should know; open while ended_ms is NULL
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL DEFAULT '',      -- a link, an id; '' the gateway itself
	words TEXT NOT NULL DEFAULT '',        -- what, for `kabar alarm`; nothing personal
	since_ms INTEGER NOT NULL,
	told_ms INTEGER,                       -- last SMS about it
	ended_ms INTEGER
) STRICT;
CREATE INDEX alarm_open ON alarm (kind, subject) WHERE ended_ms IS NULL;
CREATE INDEX alarm_by_time ON alarm (since_ms);
CREATE INDEX alarm_told ON alarm (kind, told_ms) WHERE told_ms IS NOT NULL;

CREATE TABLE silence (                     -- messages that got no answer, counted by hour and reason, for `kabar status`
	hour_ms INTEGER NOT NULL, why TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (hour_ms, why)
) STRICT, WITHOUT ROWID;

ALTER TABLE link ADD COLUMN condition TEXT NOT NULL DEFAULT '';          -- a name: 'ok', 'no_network', 'puk' ..
ALTER TABLE link ADD COLUMN pin_offered INTEGER NOT NULL DEFAULT 0;      -- the PIN is being offered: stored before it is
ALTER TABLE link ADD COLUMN sim_used INTEGER;
ALTER TABLE link ADD COLUMN sim_size INTEGER;
ALTER TABLE link ADD COLUMN me_used INTEGER;
ALTER TABLE link ADD COLUMN me_size INTEGER;

-- Those that failed once and wait again: few. A later message to the same number waits behind them.
CREATE INDEX outbox_again ON outbox (peer, lane, id) WHERE state = 'QUEUED' AND attempt > 0;
