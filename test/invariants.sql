-- What must be true of the tables after anything that can go wrong has gone wrong (docs/reliability.md, I1–I7 and I10).
-- Every statement answers the rows that break one: (invariant, item, detail). No rows at all = everything holds.
-- Seconds without faults after which due work must be done: SET lockstep.quiet_seconds = '10'; then run the file.
-- The hashes themselves are computed again by invariants.ts; here only their chaining is seen.

-- I1: what was accepted is on record once, together with what it did.
SELECT 'I1' AS invariant, h.item_id::text AS item, 'history of request ' || h.request_id || ' without its inbox row' AS detail
  FROM stage_history h LEFT JOIN inbox b ON b.id = h.request_id AND b.item_id = h.item_id
  WHERE h.request_id IS NOT NULL AND b.id IS NULL;
SELECT 'I1', b.item_id::text, 'request ' || b.id || ' was ' || b.outcome || ' and still changed the item'
  FROM inbox b JOIN stage_history h ON h.request_id = b.id WHERE b.outcome <> 'recorded';
-- A webhook only wakes what watches the world: its work is the effect's, not a history row.
SELECT 'I1', b.item_id::text, 'request ' || b.id || ' is recorded without what it did'
  FROM inbox b WHERE b.outcome = 'recorded' AND b.item_id IS NOT NULL AND b.kind NOT LIKE 'github%'
    AND NOT EXISTS (SELECT FROM stage_history h WHERE h.request_id = b.id);
SELECT 'I1', min(item_id)::text, 'request ' || request_id || ' changed something ' || count(*) || ' times'
  FROM stage_history WHERE request_id IS NOT NULL GROUP BY request_id HAVING count(*) > 1;

-- I2: history has no gap, each row begins where the one before ended, and the item stands where the last one says.
SELECT 'I2', i.id::text, 'versions ' || coalesce(string_agg(h.version::text, ',' ORDER BY h.version), 'none') || ' instead of 1..' || i.version
  FROM items i LEFT JOIN stage_history h ON h.item_id = i.id
  GROUP BY i.id HAVING array_agg(h.version ORDER BY h.version) IS DISTINCT FROM ARRAY(SELECT generate_series(1, i.version));
SELECT 'I2', item_id::text, 'version ' || version || ' leaves ' || coalesce(from_stage, 'nowhere') || ', the one before came to ' || before
  FROM (SELECT *, lag(to_stage) OVER w AS before FROM stage_history WINDOW w AS (PARTITION BY item_id ORDER BY version)) h
  WHERE before IS NOT NULL AND from_stage IS DISTINCT FROM before;
SELECT 'I2', item_id::text, 'version ' || version || ' is of visit ' || visit || ' after visit ' || before
  FROM (SELECT *, lag(visit) OVER w AS before, lag(to_stage <> from_stage) OVER w AS left_stage FROM stage_history
        WINDOW w AS (PARTITION BY item_id ORDER BY version)) h
  WHERE before IS NOT NULL AND (visit NOT IN (before, before + 1) OR (left_stage AND visit = before));
SELECT 'I2', i.id::text, 'the item is in ' || i.stage || ' (' || i.column_name || ', visit ' || i.visit || '), its history in ' || h.to_stage || ' (' || h.column_name || ', visit ' || h.visit || ')'
  FROM items i JOIN stage_history h ON h.item_id = i.id AND h.version = i.version
  WHERE i.stage <> h.to_stage OR i.column_name <> h.column_name OR i.visit NOT IN (h.visit, h.visit + 1);
SELECT 'I2', item_id::text, 'history does not begin with its creation'
  FROM stage_history WHERE version = 1 AND (type <> 'created' OR from_stage IS NOT NULL OR visit <> 1);

-- I3: no item is forgotten: it has ended, or somebody is waited for, or work of this visit is on its way.
SELECT 'I3', i.id::text, i.status || ' in ' || i.stage || ': nobody is waited for and nothing is under way'
  FROM items i WHERE i.status IN ('active', 'blocked')
    AND NOT EXISTS (SELECT FROM waits w WHERE w.item_id = i.id)
    AND NOT EXISTS (
      SELECT FROM outbox o WHERE o.item_id = i.id AND o.visit = i.visit AND o.done_at IS NULL
        AND o.run_at > now() - current_setting('lockstep.quiet_seconds')::float * interval '1 second');
SELECT 'I3', i.id::text, 'blocked in ' || i.stage || ' without ' || CASE WHEN i.reason = '' THEN 'a reason' ELSE 'anybody being told' END
  FROM items i WHERE i.status = 'blocked'
    AND (i.reason = '' OR NOT EXISTS (SELECT FROM waits w WHERE w.item_id = i.id AND w.kind = 'blocked'));
SELECT 'I3', w.item_id::text, w.who || ' is waited for although the item is ' || i.status
  FROM waits w JOIN items i ON i.id = w.item_id WHERE i.status IN ('done', 'cancelled');

-- I4: one object in the world for each order: one card, one run, one deployment, one revision, one message.
SELECT 'I4', item_id::text, count(*) || ' cards' FROM posts WHERE kind = 'card' GROUP BY item_id HAVING count(*) > 1;
SELECT 'I4', item_id::text, count(*) || ' runs were started in visit ' || visit
  FROM agent_runs GROUP BY item_id, visit HAVING count(*) > 1;
SELECT 'I4', min(item_id)::text, count(*) || ' records of deployment ' || external_id
  FROM deployments WHERE external_id IS NOT NULL GROUP BY repo, external_id HAVING count(*) > 1;
SELECT 'I4', item_id::text, document || ' has the revisions ' || string_agg(number::text, ',' ORDER BY number)
  FROM revisions GROUP BY item_id, document HAVING min(number) <> 1 OR max(number) <> count(*);
SELECT 'I4', p.item_id::text, 'effect ' || o.id || ' is done, its message was never posted'
  FROM posts p JOIN outbox o ON o.id = p.effect_id WHERE p.ts = '' AND o.done_at IS NOT NULL AND o.result NOT LIKE 'failed%';

-- I5: nothing is done that no committed change ordered, and nothing is reported that was not ordered.
SELECT 'I5', o.item_id::text, 'effect ' || o.id || ' (' || o.job || ') was ordered by version ' || o.version || ', which does not exist'
  FROM outbox o WHERE o.item_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_history h WHERE h.item_id = o.item_id AND h.version = o.version);
SELECT 'I5', h.item_id::text, 'version ' || h.version || ' reports ' || h.job || ', which was not ordered in visit ' || h.visit
  FROM stage_history h WHERE h.type IN ('finished', 'failed')
    AND NOT EXISTS (SELECT FROM outbox o WHERE o.item_id = h.item_id AND o.job = h.job AND o.visit = h.visit AND o.done_at IS NOT NULL);
SELECT 'I5', r.item_id::text, r.document || ' ' || r.number || ' was written for ' || r.order_key || ', which nobody ordered'
  FROM revisions r WHERE r.order_key IS NOT NULL
    AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = r.order_key) AND NOT EXISTS (SELECT FROM inbox b WHERE b.id = r.order_key);

-- I6: each person decides once, with a role that they held, and one decision ends a visit.
SELECT 'I6', item_id::text, actor_name || ' approved ' || of || ' ' || subject || ' ' || count(*) || ' times in visit ' || visit
  FROM stage_history WHERE type = 'approved' GROUP BY item_id, visit, of, subject, actor_id, actor_name HAVING count(*) > 1;
SELECT 'I6', item_id::text, 'visit ' || visit || ' was sent back ' || count(*) || ' times'
  FROM stage_history WHERE type = 'changes_requested' GROUP BY item_id, visit HAVING count(*) > 1;
SELECT 'I6', item_id::text, actor_name || ' decided as ' || coalesce(role, 'nobody') || ' and held ' || actor_roles::text
  FROM stage_history WHERE type IN ('approved', 'changes_requested') AND (role IS NULL OR role <> ALL (actor_roles));
SELECT 'I6', item_id::text, 'version ' || version || ' decides in visit ' || visit || ', which version ' || moved || ' had ended'
  FROM (SELECT *, (SELECT min(e.version) FROM stage_history e WHERE e.item_id = d.item_id AND e.visit = d.visit
                     AND e.version < d.version AND e.from_stage <> e.to_stage) AS moved FROM stage_history d) d
  WHERE type IN ('approved', 'changes_requested') AND moved IS NOT NULL;

-- I7: every row carries the hash of the one before it, and the item the hash of the last.
SELECT 'I7', item_id::text, 'version ' || version || ' does not follow the row before it'
  FROM (SELECT *, lag(hash, 1, repeat('0', 64)) OVER (PARTITION BY item_id ORDER BY version) AS before FROM stage_history) h
  WHERE prev_hash <> before;
SELECT 'I7', i.id::text, 'the chain does not end with the hash that the item remembers'
  FROM items i WHERE i.last_hash IS DISTINCT FROM (SELECT h.hash FROM stage_history h WHERE h.item_id = i.id ORDER BY h.version DESC LIMIT 1);

-- I10: when faults have stopped, what is due gets done without anybody's help.
SELECT 'I10', o.item_id::text, 'effect ' || o.id || ' (' || o.job || ') is due for ' || round(extract(epoch FROM now() - o.run_at)) || ' s: ' || coalesce(o.error, 'no error')
  FROM outbox o WHERE o.done_at IS NULL AND o.run_at < now() - current_setting('lockstep.quiet_seconds')::float * interval '1 second';
