import type { z } from 'zod';
import { type ApiError, invalidRequest, unsupportedParameter } from '../api-error.js';
import { type ChatRequest, chatRequestSchema } from './chat-request.js';
import { type CompletionRequest, completionRequestSchema } from './completion-request.js';

/**
 * Checks a value from outside against a request schema.
 *
 * @throws ApiError 400 that names the first field at fault.
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw toApiError(parsed.error.issues[0]);
}

/**
 * Checks the body of a chat completion request and brings it into normal form.
 *
 * @throws ApiError 400 that names the first field at fault.
 */
export function parseChatRequest(body: unknown): ChatRequest {
  return parseRequest(chatRequestSchema, body);
}

/**
 * Checks the body of a plain completion request and brings it into normal form.
 *
 * @throws ApiError 400 that names the first field at fault.
 */
export function parseCompletionRequest(body: unknown): CompletionRequest {
  return parseRequest(completionRequestSchema, body);
}

function toApiError(issue: z.core.$ZodIssue | undefined): ApiError {
  if (issue === undefined) return invalidRequest('The request is not valid.');
  const branch = closestBranch(issue);
  if (branch !== undefined) return toApiError({ ...branch, path: [...issue.path, ...branch.path] });
  if (issue.code === 'unrecognized_keys') {
    const param = toParam([...issue.path, ...issue.keys.slice(0, 1)]);
    return invalidRequest(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
  }
  const param = toParam(issue.path);
  if (param === '') return invalidRequest('The request body must be a JSON object.');
  if (issue.code === 'custom' && issue.params?.['unsupported'] === true) {
    return unsupportedParameter(param, issue.message);
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  if (isMissing) {
    return invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
  }
  return invalidRequest(`Invalid value for '${param}': ${issue.message}.`, param, codeOf(issue));
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return 'invalid_type';
  return 'invalid_value';
}

/** Of a union's failed branches the one that got furthest: its complaint is the useful one. */
function closestBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const firsts = issue.errors.map((branch) => branch[0]).filter((first) => first !== undefined);
  const deepest = firsts.reduce<z.core.$ZodIssue | undefined>(
    (best, next) => (best === undefined || next.path.length > best.path.length ? next : best),
    undefined,
  );
  return deepest !== undefined && deepest.path.length > 0 ? deepest : undefined;
}

function toParam(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
