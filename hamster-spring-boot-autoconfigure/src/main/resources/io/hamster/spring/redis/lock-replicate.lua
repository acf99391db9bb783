-- Writes the bucket's fence counter once more, so that waiting for this connection's writes waits for the grant too.
-- 1: done, 0: the token doesn't hold the lock here.
-- KEYS: fence counter, lock.  ARGV: token.
local held = redis.call('GET', KEYS[2])
if not held or string.sub(held, 2, #ARGV[1] + 2) ~= ARGV[1] .. ' ' then
  return 0
end
redis.call('SET', KEYS[1], redis.call('GET', KEYS[1]))
return 1
