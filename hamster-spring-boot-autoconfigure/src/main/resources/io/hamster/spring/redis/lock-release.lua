-- Ends a token's grant and tells those who were refused. 0: it had none, 1: ended, 2: ended, but nobody may be told.
-- KEYS: lock, tombstone of the token.  ARGV: token, tombstone in ms or 0, channel, the lock's name.
local held = redis.call('GET', KEYS[1])
local mine = held and string.sub(held, 2, #ARGV[1] + 2) == ARGV[1] .. ' '
if mine then
  redis.call('DEL', KEYS[1])
end
-- Not before: out of memory, Redis refuses to write in a script that hasn't freed anything.
if ARGV[2] ~= '0' then
  redis.call('SET', KEYS[2], '', 'PX', ARGV[2])
end
if not mine then
  return 0
end
if string.sub(held, 1, 1) == '1' then
  local told = redis.pcall('PUBLISH', ARGV[3], ARGV[4])
  if type(told) == 'table' then
    return 2
  end
end
return 1
