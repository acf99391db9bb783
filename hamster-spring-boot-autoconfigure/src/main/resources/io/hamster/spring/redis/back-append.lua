-- Journals writes: all of them, or none if too many keys would be dirty.
-- A record: sequence, space, 'p' with the value or 'd' for a deletion.
-- KEYS: records, reasons, last sequence.  ARGV: the most dirty keys, then of each write its key and its record's end.
local new = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then
    new = new + 1
  end
end
if new > 0 and redis.call('HLEN', KEYS[1]) + new > tonumber(ARGV[1]) then
  return {}
end
local time = redis.call('TIME')
local first = math.max((tonumber(redis.call('GET', KEYS[3])) or 0) + 1, time[1] * 1000000 + time[2])
local sequence = first
for i = 2, #ARGV, 2 do
  -- Lua would write a number of this size with 14 digits only.
  redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f ', sequence) .. ARGV[i + 1])
  redis.call('HDEL', KEYS[2], ARGV[i])
  sequence = sequence + 1
end
redis.call('SET', KEYS[3], string.format('%.0f', sequence - 1))
return {string.format('%.0f', first), tostring(redis.call('HLEN', KEYS[1]) - redis.call('HLEN', KEYS[2]))}
