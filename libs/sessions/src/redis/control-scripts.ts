/** Answers the hash, empty where there is no such session. */
export const requestCancelScript = `
if running() and field('cancelRequested') == '0' then
  redis.call('HSET', session, 'cancelRequested', 1)
  redis.call('ZREM', prefix .. 'unattended', id)
  bump()
end
return info()
`;

/** Arguments: session id, 1 where readers are there, else 0, and time of cancel of each. Answers 0 for each. */
export const setPresenceScript = `
local answers = {}
for i = 4, #ARGV, 3 do
  local of, time = ARGV[i], tonumber(ARGV[i + 2])
  local had = redis.call('HMGET', key('session', of), 'state', 'cancelAt', 'cancelRequested')
  if had[1] == 'running' then
    local cancelAt = math.max(tonumber(had[2]) or 0, time)
    redis.call('HSET', key('session', of), 'attended', ARGV[i + 1], 'cancelAt', cancelAt)
    if had[3] == '0' then redis.call('ZADD', prefix .. 'unattended', cancelAt, of) end
  end
  answers[#answers + 1] = 0
end
return answers
`;

/** Arguments: session id and until when of each. Answers 0 for each. */
export const holdScript = `
local answers = {}
for i = 4, #ARGV, 2 do
  local of = ARGV[i]
  local held = tonumber(redis.call('HGET', key('session', of), 'heldUntil') or '')
  if held and held < tonumber(ARGV[i + 1]) then
    redis.call('HSET', key('session', of), 'heldUntil', ARGV[i + 1])
  end
  answers[#answers + 1] = 0
end
return answers
`;

/** Arguments: age, total bytes, longest hold. Answers how many were deleted; looks at the 1000 that ended first. */
export const expireScript = `
local ttl, maxTotal, maxHold, deleted = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), 0
local ended = redis.call('ZRANGE', prefix .. 'ended', 0, 999, 'WITHSCORES')
for i = 1, #ended, 2 do
  local of = ended[i]
  local held = tonumber(redis.call('HGET', key('session', of), 'heldUntil') or 0)
  local age = now - tonumber(ended[i + 1]) - (held > now and maxHold or 0)
  local needsRoom = tonumber(redis.call('GET', prefix .. 'total') or 0) > maxTotal
  if age >= ttl or (needsRoom and age >= 0) then
    remove(of)
    deleted = deleted + 1
  end
end
return deleted
`;

/** Answers 1 where there was one. */
export const deleteScript = `
if redis.call('EXISTS', session) == 0 then return 0 end
remove(id)
return 1
`;
