-- Reads records: of one key, or of all; with why those were given up that were.
-- KEYS: records, reasons.  ARGV: the key, or nothing.
if ARGV[1] then
  local record = redis.call('HGET', KEYS[1], ARGV[1])
  if not record then
    return {{}, {}}
  end
  local reason = redis.call('HGET', KEYS[2], ARGV[1])
  return {{ARGV[1], record}, reason and {ARGV[1], reason} or {}}
end
return {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
