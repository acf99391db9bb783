-- Counts the dirty keys, and those of them that were given up.
-- KEYS: records, reasons.
return {tostring(redis.call('HLEN', KEYS[1])), tostring(redis.call('HLEN', KEYS[2]))}
