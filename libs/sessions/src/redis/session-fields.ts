/**
 * Fields of a session's hash in the order in which scripts answer their values. Names stay at home: they would be
 * half of what Redis sends for a token.
 */
export const sessionFields = [
  'id',
  'requestHash',
  'state',
  'version',
  'firstIndex',
  'nextIndex',
  'tokenCount',
  'promptTokens',
  'cancelRequested',
  'cancelAt',
  'attended',
  'createdAt',
  'fence',
  'finishedAt',
  'finishReason',
  'completionTokens',
  'cachedTokens',
] as const;
