-- Takes or keeps the lease of who flushes, or with 0 ms ends it. Each new one has a higher fence.
-- KEYS: lease, fence.  ARGV: owner, ms.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return {}
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return {}
end
if not owner then
  redis.call('INCR', KEYS[2])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {redis.call('GET', KEYS[2])}
