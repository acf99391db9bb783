-- For each lock its value, or an empty one, and what is left of it in ms.
-- KEYS: locks of one bucket.
local answers = {}
for i, key in ipairs(KEYS) do
  answers[2 * i - 1] = redis.call('GET', key) or ''
  local left = redis.call('PTTL', key)
  -- One that somebody made permanent is held all the same.
  answers[2 * i] = left == -1 and 86400000 or left
end
return answers
