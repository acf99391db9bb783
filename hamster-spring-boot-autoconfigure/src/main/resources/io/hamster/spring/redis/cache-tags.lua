-- Invalidates stripes of tags.
-- KEYS: state, epoch.  ARGV: epoch, stripe, stripe, ...
local now = redis.call('HINCRBY', state, 'clock', 1)
for i = 2, #ARGV do
  redis.call('HSET', state, ARGV[i], now)
end
return {1}
