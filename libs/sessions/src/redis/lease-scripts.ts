/** Arguments: request hash, request, lease in milliseconds, time of cancel (empty: never). Answers 1 or 0, and the session. */
export const createScript = `
if redis.call('EXISTS', session) == 1 then return {0, info()} end
redis.call('HSET', session, 'id', id, 'requestHash', ARGV[4], 'state', 'running', 'version', 0, 'firstIndex', 0,
  'nextIndex', 0, 'eventBytes', 0, 'tokenCount', 0, 'promptTokens', 0, 'cancelRequested', 0, 'cancelAt', ARGV[7],
  'attended', 1, 'createdAt', now, 'fence', 1, 'heldUntil', 0)
redis.call('SET', key('request'), ARGV[5])
redis.call('ZADD', prefix .. 'leases', now + ARGV[6], id)
if ARGV[7] ~= '' then redis.call('ZADD', prefix .. 'unattended', ARGV[7], id) end
grow(#ARGV[5])
bump()
return {1, info()}
`;

/** Argument: lease in milliseconds. Answers 0, or session, request and tokens. */
export const acquireScript = `
local untilTime = redis.call('ZSCORE', prefix .. 'leases', id)
if not running() or not untilTime or tonumber(untilTime) > now then return 0 end
redis.call('HINCRBY', session, 'fence', 1)
redis.call('ZADD', prefix .. 'leases', now + ARGV[4], id)
return {info(), redis.call('GET', key('request')) or '', redis.call('GET', key('tokens')) or ''}
`;

/** Arguments: session id, fence and lease in milliseconds of each. Answers for each: 0 where it is lost, else the session. */
export const renewScript = `
local answers = {}
for i = 4, #ARGV, 3 do
  local of = ARGV[i]
  local had = redis.call('HMGET', key('session', of), 'state', 'fence')
  local held = had[1] == 'running' and had[2] == ARGV[i + 1]
  if held then redis.call('ZADD', prefix .. 'leases', now + ARGV[i + 2], of) end
  answers[#answers + 1] = held and info(of) or 0
end
return answers
`;

/** Argument: fence. */
export const releaseScript = `
if running() and field('fence') == ARGV[4] then redis.call('ZADD', prefix .. 'leases', 0, id) end
return 0
`;
