-- 0x436F7070 is "Copp": it lets `file` and a later Coppice tell this database from another program's.
PRAGMA application_id = 1131376752;

-- Which database this is, so that a high-water mark beside it is never held against another one.
CREATE TABLE identity (
    id TEXT NOT NULL
) STRICT;
INSERT INTO identity (id) VALUES (lower(hex(randomblob(16))));

-- What happened. The engine numbers the events; the table refuses a gap, a double and any change.
CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    project TEXT,
    plan    TEXT,
    type    TEXT NOT NULL,
    body    TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX events_by_plan ON events (plan, seq) WHERE plan IS NOT NULL;

CREATE TRIGGER events_have_no_gap BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
BEGIN
    SELECT RAISE(ABORT, 'events are numbered without gaps');
END;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

-- What is true now: the fold of the events, one row for each thing that the engine remembers.
CREATE TABLE entities (
    kind TEXT    NOT NULL,
    key  TEXT    NOT NULL,
    body TEXT    NOT NULL CHECK (json_valid(body)),
    seq  INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key  TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
