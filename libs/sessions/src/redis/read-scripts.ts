/** A session. */
export const getScript = `return info()`;

/**
 * Arguments: cursor, most events, most bytes. Answers 0, or the session and stream ids and data in turn; events are
 * fetched a few at a time, so that a page of large ones costs no more than itself.
 */
export const readScript = `
local after, maxEvents, maxBytes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local hash = info()
if not hash[1] then return 0 end
local found, bytes, from = {}, 0, after + 2
while #found < 2 * maxEvents do
  local wanted = math.min(32, maxEvents - #found / 2)
  local part = redis.call('XRANGE', key('events'), string.format('%d-0', from), '+', 'COUNT', wanted)
  for _, entry in ipairs(part) do
    bytes = bytes + #entry[2][2]
    if bytes > maxBytes and #found > 0 then return {hash, found} end
    found[#found + 1] = entry[1]
    found[#found + 1] = entry[2][2]
    from = tonumber(string.match(entry[1], '^%d+')) + 1
  end
  if #part < wanted then break end
end
return {hash, found}
`;

/** Argument: most of each kind. Answers unattended and orphaned ids. */
export const dueScript = `
local function upToNow(set)
  return redis.call('ZRANGE', prefix .. set, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[4])
end
return {upToNow('unattended'), upToNow('leases')}
`;
