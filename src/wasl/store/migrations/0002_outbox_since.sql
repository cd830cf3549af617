-- When a row's due time and lease were counted from, by the database's clock: what a clock has dated that was put back
-- since would otherwise wait until it is that late again.
ALTER TABLE outbox ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0;
