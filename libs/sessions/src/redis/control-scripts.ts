/** Answers the hash, empty where there is no such session. */
export const requestCancelScript = `
if running() and field('cancelRequested') == '0' then
  redis.call('HSET', session, 'cancelRequested', 1)
  redis.call('ZREM', prefix .. 'unattended', id)
  bump()
end
return info()
`;

/** Arguments: 1 where readers are there, else 0; time of cancel. */
export const setPresenceScript = `
if not running() then return 0 end
local cancelAt = math.max(tonumber(field('cancelAt')) or 0, tonumber(ARGV[5]))
redis.call('HSET', session, 'attended', ARGV[4], 'cancelAt', cancelAt)
if field('cancelRequested') == '0' then redis.call('ZADD', prefix .. 'unattended', cancelAt, id) end
return 0
`;

/** Argument: until when. */
export const holdScript = `
local held = tonumber(field('heldUntil'))
if held and held < tonumber(ARGV[4]) then redis.call('HSET', session, 'heldUntil', ARGV[4]) end
return 0
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
