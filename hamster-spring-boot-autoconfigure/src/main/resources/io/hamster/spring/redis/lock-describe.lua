-- For each lock its value, or an empty one, and what is left of it in ms.
-- KEYS: locks of one bucket.
local answers = {}
for i, key in ipairs(KEYS) do
  answers[2 * i - 1] = redis.call('GET', key) or ''
  answers[2 * i] = redis.call('PTTL', key)
end
return answers
