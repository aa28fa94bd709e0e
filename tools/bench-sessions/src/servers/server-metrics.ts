/** What a server says of itself. */
export interface ServerMetrics {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly readers: number;
  readonly running: number;
  /** Since the last look; milliseconds. */
  readonly loopDelayMsMean: number;
  readonly loopDelayMsP99: number;
  readonly loopDelayMsMax: number;
}

/** Reads a server's `/metrics`; the event loop's figures begin anew with each look. */
export async function serverMetrics(url: string): Promise<ServerMetrics> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const milliseconds = (name: string) => value(`nodejs_eventloop_lag_${name}_seconds`) * 1000;
  return {
    residentBytes: value('process_resident_memory_bytes'),
    cpuSeconds: value('process_cpu_seconds_total'),
    readers: value('qwenvl_session_readers'),
    running: value('qwenvl_sessions_running'),
    loopDelayMsMean: milliseconds('mean'),
    loopDelayMsP99: milliseconds('p99'),
    loopDelayMsMax: milliseconds('max'),
  };
}
