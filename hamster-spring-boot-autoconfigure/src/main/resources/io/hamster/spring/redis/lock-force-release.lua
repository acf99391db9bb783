-- Ends a grant, whoever holds it. 0: there was none, 1: ended, 2: ended, but nobody may be told.
-- KEYS: lock.  ARGV: channel, the lock's name.
if redis.call('DEL', KEYS[1]) == 0 then
  return 0
end
local told = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
if type(told) == 'table' then
  return 2
end
return 1
