-- Has a dead letter tried again, or gives a dirty write up; only if it is still the latest of its key.
-- KEYS: records, reasons.  ARGV: key, sequence, 'redrive' or 'discard'.
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record or string.match(record, '^%d+') ~= ARGV[2] then
  return {'0'}
end
if ARGV[3] == 'redrive' then
  return {tostring(redis.call('HDEL', KEYS[2], ARGV[1]))}
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return {'1'}
