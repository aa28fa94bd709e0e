/** A stream cannot be continued; its session is closed as interrupted, with this message for its readers. */
export class NotResumableError extends Error {
  override readonly name: string = 'NotResumableError';
}

/** A generation that was taken up again did not give the events that clients have already. */
export class ReplayDivergedError extends NotResumableError {
  override readonly name = 'ReplayDivergedError';

  constructor(index: number) {
    super(`The answer cannot be continued: event ${index} came out differently after the restart.`);
  }
}

/** A stream can be continued, but not now: the server is full or still loading. Its session stays open. */
export class TryLaterError extends Error {
  override readonly name = 'TryLaterError';
}
