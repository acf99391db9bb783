-- Ends a token's grant and tells those who were refused. 0: it had none, 1: ended, 2: ended, but nobody may be told.
-- KEYS: lock, tombstone of the token.  ARGV: token, tombstone in ms or 0, channel, the lock's name.
if ARGV[2] ~= '0' then
  redis.call('SET', KEYS[2], '', 'PX', ARGV[2])
end
local held = redis.call('GET', KEYS[1])
if not held or string.sub(held, 2, #ARGV[1] + 2) ~= ARGV[1] .. ' ' then
  return 0
end
redis.call('DEL', KEYS[1])
if string.sub(held, 1, 1) == '1' then
  local told = redis.pcall('PUBLISH', ARGV[3], ARGV[4])
  if type(told) == 'table' then
    return 2
  end
end
return 1
