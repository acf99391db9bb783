-- Writes the bucket's fence counter once more, so that waiting for this connection's writes waits for the grant too.
-- KEYS: fence counter.
redis.call('SET', KEYS[1], redis.call('GET', KEYS[1]) or '0')
return 1
