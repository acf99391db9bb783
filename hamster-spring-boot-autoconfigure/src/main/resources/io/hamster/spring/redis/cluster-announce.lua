-- Announces a process under its node's name, or takes its announcement back. Answers with the time in ms since 1970, what
-- was announced under that name before, and all names with their announcements.
-- An announcement: until when it counts, in ms since 1970; token, description, with spaces between. It is remembered for a
-- while after that, unless there are too many, so that everybody knows who is missing.
-- KEYS: announcements, a hash by name.  ARGV: name, token, description, ms that it counts; 0: it has left, -1: and is to be
-- forgotten; ms to remember it, most to remember, channel.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counts, memory = tonumber(ARGV[4]), tonumber(ARGV[5])

local function part(announcement, pattern)
  return announcement and string.match(announcement, pattern)
end

local before = redis.call('HGET', KEYS[1], ARGV[1])
local mine = part(before, '^%d+ (%S+) ') == ARGV[2]
local alive = mine and (tonumber(part(before, '^(%d+) ')) or 0) > now
if counts > 0 or mine then
  if counts < 0 then
    redis.call('HDEL', KEYS[1], ARGV[1])
  else
    local entry = string.format('%.0f', now + counts) .. ' ' .. ARGV[2] .. ' ' .. ARGV[3]
    redis.call('HSET', KEYS[1], ARGV[1], entry)
    -- No longer than the most forgotten of them.
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', memory + math.max(counts, 0)))
  end
  if not alive or counts <= 0 then
    redis.pcall('PUBLISH', ARGV[7], 'members')
  end
end

if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[6]) then
  memory = 0
end
local answer = {string.format('%.0f', now), before or ''}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local ended = tonumber(part(all[i + 1], '^(%d+) ')) or 0
  if ended + memory <= now then
    redis.call('HDEL', KEYS[1], all[i])
  else
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = all[i + 1]
  end
end
return answer
