const marker = Symbol.for('@qwenvl/sessions/error');

/** Codes of the errors of this library; they stay as they are between versions. */
export type SessionErrorCode =
  | 'CURSOR_MALFORMED'
  | 'CURSOR_IN_FUTURE'
  | 'CURSOR_EVICTED'
  | 'SESSION_GONE'
  | 'LEASE_LOST'
  | 'STORE_BUSY'
  | 'STORE_FULL'
  | 'STORE_CLOSED'
  | 'STORE_FAILED';

/** Every error of this library. Tell them apart by `code`; `isInstance` works across copies of the package. */
export class SessionError extends Error {
  readonly [marker] = true;
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }

  /** Whether a value is an error of this library, from whichever copy of it, and has this code where one is given. */
  static isInstance(value: unknown, code?: SessionErrorCode): value is SessionError {
    return (
      value instanceof Error &&
      marker in value &&
      (code === undefined || (value as SessionError).code === code)
    );
  }
}

/** A cursor that is not `session_id:index` of the session it was sent to. */
export class CursorMalformedError extends SessionError {
  constructor(sessionId: string) {
    super('CURSOR_MALFORMED', `The last event id must have the form "${sessionId}:<index>".`);
  }
}

/** A cursor behind the end of the log: its event was never sent. */
export class CursorInFutureError extends SessionError {
  constructor(index: number, nextIndex: number) {
    super(
      'CURSOR_IN_FUTURE',
      `The last event id names event ${index}, but only ${nextIndex} events exist so far.`,
    );
  }
}

/** The events after the cursor are no longer kept. */
export class CursorEvictedError extends SessionError {
  /** Index of the earliest event still kept; read again with the cursor before it to skip what is lost. */
  readonly firstIndex: number;

  constructor(firstIndex: number) {
    super(
      'CURSOR_EVICTED',
      `Events before ${firstIndex} are no longer kept. The earliest event is ${firstIndex}.`,
    );
    this.firstIndex = firstIndex;
  }
}

/** There is no such session: it never existed, expired, or was deleted. */
export class SessionGoneError extends SessionError {
  constructor() {
    super('SESSION_GONE', 'The session does not exist or has expired.');
  }
}

/** The producer may write no more: another has taken over, or the session has ended or is gone. Stop producing. */
export class LeaseLostError extends SessionError {
  constructor() {
    super('LEASE_LOST', 'The lease was lost: another producer has the session, or it has ended.');
  }
}

/**
 * The store was locked for longer than its busy time-out, or cannot be reached. Try again: repeating an append that
 * was not answered never writes it twice.
 */
export class SessionStoreBusyError extends SessionError {
  constructor(options?: ErrorOptions) {
    super('STORE_BUSY', 'The session store is locked or cannot be reached. Try again.', options);
  }
}

/** The disk or the database's size limit is full. Nothing was written; free space, then try again. */
export class SessionStoreFullError extends SessionError {
  constructor(options?: ErrorOptions) {
    super('STORE_FULL', 'The session store is full. Free disk space or lower its size limits.', options);
  }
}

/** The store was closed. */
export class SessionStoreClosedError extends SessionError {
  constructor() {
    super('STORE_CLOSED', 'The session store is closed.');
  }
}

/** Anything else that the backend reported; see `cause`. */
export class SessionStoreFailedError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_FAILED', `The session store failed: ${message}`, options);
  }
}
