-- Forgets records that the source has, or says why they were given up; only under the newest lease, and only if they
-- are still the latest of their keys.
-- KEYS: records, reasons, fence.  ARGV: fence, 'w' or 'p' with a reason, then keys and sequences.
if redis.call('GET', KEYS[3]) ~= ARGV[1] then
  return {'0'}
end
local written = ARGV[2] == 'w'
for i = 3, #ARGV, 2 do
  local record = redis.call('HGET', KEYS[1], ARGV[i])
  if record and string.match(record, '^%d+') == ARGV[i + 1] then
    if written then
      redis.call('HDEL', KEYS[1], ARGV[i])
      redis.call('HDEL', KEYS[2], ARGV[i])
    else
      redis.call('HSET', KEYS[2], ARGV[i], string.sub(ARGV[2], 2))
    end
  end
end
return {'1'}
