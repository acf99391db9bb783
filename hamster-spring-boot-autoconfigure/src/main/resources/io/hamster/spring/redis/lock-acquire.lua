-- Grants a lock to a token: its fence. Or says what is left of the present grant, or why there is none: 0: held, 1: the
-- token's own, 2: refused; fence; ms left.
-- With a token that hands the lock over, its grant ends in the same step, and a 4th number says whether it had one, as
-- lock-release does. Those who were refused stay marked in the value, and are told now only if the lock is free or would
-- end sooner than they were told.
-- A lock's value: '1' once somebody was refused, else '0'; token, fence, seconds since 1970 and further microseconds,
-- owner, with spaces between.
-- KEYS: lock, fence counter of its bucket, tombstone of the token.
-- ARGV: token, lease in ms, fence floor, owner; to hand over: the holder's token.
local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
local held = found[1]
local refused = '0'
local ended = 0
if ARGV[5] and held and string.sub(held, 2, #ARGV[5] + 2) == ARGV[5] .. ' ' then
  refused = string.sub(held, 1, 1)
  ended = 1
  if refused == '1' and (found[3] or redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2])) then
    local namespace, name = string.match(KEYS[1], '^(.-):{%d+}:lock:(.*)$')
    local told = redis.pcall('PUBLISH', namespace .. ':released', name)
    if type(told) == 'table' then
      ended = 2
    end
  end
  if found[3] then
    redis.call('DEL', KEYS[1])
  end
  held = false
end
if found[3] then
  return {2, 0, 0, ended}
end
if held then
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = 86400000
  end
  if string.sub(held, 2, #ARGV[1] + 2) == ARGV[1] .. ' ' then
    return {1, tonumber(string.match(held, '^%S+ (%d+)')), left, 0}
  end
  if string.sub(held, 1, 1) == '0' then
    redis.call('SETRANGE', KEYS[1], 0, '1')
  end
  return {0, 0, left, 0}
end
local time = redis.call('TIME')
local fence = math.max((tonumber(found[2]) or 0) + 1, time[1] * 1000000 + time[2], tonumber(ARGV[3]) + 1)
-- Lua would write a number of this size with 14 digits only.
local digits = string.format('%.0f', fence)
redis.call('SET', KEYS[2], digits)
redis.call(
  'SET', KEYS[1],
  refused .. ARGV[1] .. ' ' .. digits .. ' ' .. time[1] .. ' ' .. time[2] .. ' ' .. ARGV[4],
  'PX', ARGV[2])
if ARGV[5] then
  return {1, fence, tonumber(ARGV[2]), ended}
end
return fence
