/** The wire form of every error: OpenAI's body, before a stream and inside one. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** What an {@link ApiError} is made of. */
export interface ApiErrorOptions {
  /** HTTP status, 400-599. */
  readonly status: number;
  /** What went wrong and what to do about it, for the person who reads it. */
  readonly message: string;
  /** Stable name for programs, such as `unsupported_parameter`. */
  readonly code: string;
  /** The request field at fault, such as `messages[0].content`. */
  readonly param?: string | undefined;
  /** OpenAI's error class; by default derived from the status. */
  readonly type?: string | undefined;
  /** When a retry may succeed, in seconds; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const marker = Symbol.for('qwenvl.openai.ApiError');

/** An error that has an HTTP status and OpenAI's error body. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly param: string | undefined;
  readonly type: string;
  readonly retryAfterSeconds: number | undefined;
  readonly [marker] = true;

  constructor(options: ApiErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.param = options.param;
    this.type = options.type ?? errorTypeOf(options.status);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** True for every `ApiError`, also one from another copy of this package. */
  static isInstance(value: unknown): value is ApiError {
    return typeof value === 'object' && value !== null && marker in value;
  }

  /** The body to send. */
  toBody(): ErrorBody {
    return {
      error: { message: this.message, type: this.type, param: this.param ?? null, code: this.code },
    };
  }
}

/** A 400 that names the field at fault. */
export function invalidRequest(message: string, param?: string, code = 'invalid_value'): ApiError {
  return new ApiError({ status: 400, message, code, param });
}

/** A 400 for a parameter that is understood but cannot be honoured; nothing is ever ignored. */
export function unsupportedParameter(param: string, reason: string): ApiError {
  return invalidRequest(`Unsupported parameter '${param}': ${reason}`, param, 'unsupported_parameter');
}

function errorTypeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
