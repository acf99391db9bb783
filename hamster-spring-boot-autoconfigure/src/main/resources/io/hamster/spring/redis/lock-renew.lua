-- Sets what is left of each lock that its token still holds. 1: set, 0: not its token's.
-- KEYS: locks of one bucket.  ARGV: channel, then for each lock: token, lease in ms, the lock's name.
local answers = {}
for i, key in ipairs(KEYS) do
  local token, lease, name = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
  local held = redis.call('GET', key)
  if held and string.sub(held, 2, #token + 2) == token .. ' ' then
    -- Who was refused waits for an end that comes earlier now.
    local sooner = string.sub(held, 1, 1) == '1' and redis.call('PTTL', key) > tonumber(lease)
    redis.call('PEXPIRE', key, lease)
    if sooner then
      redis.pcall('PUBLISH', ARGV[1], name)
    end
    answers[i] = 1
  else
    answers[i] = 0
  end
end
return answers
