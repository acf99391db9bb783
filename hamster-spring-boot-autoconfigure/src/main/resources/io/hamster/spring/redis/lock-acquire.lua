-- Grants a lock to a token, or says what is left of its present grant.
-- A lock's value: '1' once somebody was refused, else '0'; token, fence, ms since 1970, owner, with spaces between.
-- KEYS: lock, fence counter of its bucket, tombstone of the token.  ARGV: token, lease in ms, fence floor, owner.
local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
local held = found[1]
if found[3] then
  return {2, 0, 0}
end
if held then
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = 86400000
  end
  if string.sub(held, 2, #ARGV[1] + 2) == ARGV[1] .. ' ' then
    return {1, tonumber(string.match(held, '^%S+ (%d+)')), left}
  end
  if string.sub(held, 1, 1) == '0' then
    redis.call('SETRANGE', KEYS[1], 0, '1')
  end
  return {0, 0, left}
end
local time = redis.call('TIME')
local fence = math.max((tonumber(found[2]) or 0) + 1, time[1] * 1000000 + time[2], tonumber(ARGV[3]) + 1)
-- Lua would write a number of this size with 14 digits only.
local digits = string.format('%.0f', fence)
local millis = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', KEYS[2], digits)
redis.call('SET', KEYS[1], '0' .. ARGV[1] .. ' ' .. digits .. ' ' .. millis .. ' ' .. ARGV[4], 'PX', ARGV[2])
return {1, fence, tonumber(ARGV[2])}
